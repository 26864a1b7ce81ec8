package engine

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
)

// Kernel is one operation on tensors: what it means (Ref), how the host runs it (Host), how
// OpenGL devices run it (Variants), what it needs (Size), costs (Cost) and may err (Bound).
//
// P is its parameter block: a struct of int32, uint32 and float32 fields only, whose GLSL
// names are the Go names in snake case. Buffers hold rows of elements; strides ("ld") are
// parameters, in elements.
type Kernel[P any] struct {
	Name string // snake case; unique in a table
	Doc  string // one line: the formula
	Bufs []Buf  // in binding order, at most 8

	// Source holds the shader files of Variants, and their includes under include/.
	Source   fs.FS
	Variants []Variant[P] // in the order of preference; the last one must run anywhere

	// Size gives the elements that each buffer must have at least. Run checks it at every
	// launch; the suite and the benchmark make inputs by it. It panics with *Error (see
	// Check) on parameters that mean nothing, such as a negative size.
	Size func(p P) []int
	// Cost counts the work, as a lower bound, for rooflines.
	Cost func(p P) Cost
	// Split says how a launch is cut when a buffer is larger than the device binds at once;
	// nil: it cannot be cut. (Cutting for time needs nothing: groups are numbered.)
	Split func(p P) Split[P]

	// Ref is the definition, in float64, on gonum where gonum has it. Buffers come with the
	// length that Size gives; integers are held as float64. It is the oracle of every device
	// and runs on none.
	Ref func(p P, b [][]float64)
	// Host is the host device's float32 form.
	Host func(h *Host, p P, b []View)
	// Bound gives, for each written buffer, the error allowed per element (other buffers
	// nil): derived from the length of sums, the size of the operands and the measured errors
	// of exp, log and so on. b holds the inputs and Ref's outputs. Where inputs are NaN or
	// Inf an element whose bound is not finite is not compared. A nil Bound means: equal to
	// the bit.
	Bound func(p P, e MathErrors, b [][]float64) [][]float64
	// Inputs fills the buffers that the kernel reads; nil: normal random numbers (small
	// non-negative integers in integer buffers).
	Inputs func(p P, r *rand.Rand, b [][]float64)
	// Cases are the parameters that the suite tests, odd sizes, 0 and 1 among them.
	Cases []P
	// Bench are the parameters that the benchmark times; nil: none.
	Bench []P
	// Bucket gives the sizes by which variants are chosen from a table of measurements
	// (WithTuning); nil: they are chosen by Prefer alone. Tune gives the parameters that
	// `mindgap tune` measures on a device, the most useful first; nil: Bench.
	Bucket func(p P) Bucket
	Tune   func(c *Caps) []P
	// Special declares that NaN and Inf in inputs give what IEEE 754 says on gl as well (on
	// host they always do); the suite then injects them on every device.
	Special bool
	// InPlace allows an output to be the same view as an input.
	InPlace bool
}

// Variant is one GLSL text for a kernel.
type Variant[P any] struct {
	Name    string
	File    string   // in Kernel.Source
	Defines []string // "TILE=16"
	Texel   []string // names of float inputs that it reads as RGBA32F texel buffers
	Vec4    []string // names of buffers that it reads or writes as vec4 (or dvec2, as large): their offset must be a multiple of 4 elements
	// Subgroup says that its text reduces over subgroups (GL_KHR_shader_subgroup, basic and
	// arithmetic): it runs only on devices whose self-test saw that work (Caps.Subgroup).
	Subgroup bool
	// Groups is the number of work groups; shaders decode group_id() into tiles.
	Groups func(p P) int
	// Loops is an upper bound on the loop iterations of one invocation, all loops together:
	// one driver silently stops at 65535 (Caps.LoopBudget), so every launch asserts it.
	Loops func(p P) int
	// Fits says whether the variant can run p at all on such a device (strides, shared
	// memory, sizes); nil: always.
	Fits func(p P, c *Caps) bool
	// Prefer says whether the variant is the one to take for p on such a device, where it
	// fits; nil: it is. The last variant is taken whatever Prefer says.
	Prefer func(p P, c *Caps) bool
}

// Never is a Prefer for variants that stand in a kernel for study, tests and benchmarks.
func Never[P any](P, *Caps) bool { return false }

// Software is a Prefer for variants that are made for shaders on a processor.
func Software[P any](_ P, c *Caps) bool { return c.Software }

// Hardware is a Prefer for variants that are made for GPUs.
func Hardware[P any](_ P, c *Caps) bool { return !c.Software }

// Cost counts operations and bytes of one launch: lower bounds.
type Cost struct{ Flops, Bytes float64 }

// Split cuts a launch into launches over ranges of rows, so that buffers that follow the
// rows are bound by windows.
type Split[P any] struct {
	Rows    int                // independent rows
	Quantum int                // cuts fall on multiples of it
	Step    []int              // elements of each buffer per row; 0: the buffer stays whole
	Part    func(lo, hi int) P // parameters for rows lo..hi, with buffers beginning at row lo
}

// Check is how a Size function refuses parameters: it panics with an *Error when ok is false.
func Check(kernel string, ok bool, format string, args ...any) {
	if !ok {
		misuse(kernel, format, args...)
	}
}

// Run queues the kernel on tensors, in the order of Bufs. It panics with *Error when a
// tensor is missing, of another device, of the wrong type, or too short.
func (k *Kernel[P]) Run(p P, ts ...*Tensor) {
	size := k.Size(p)
	d := k.check(size, ts)
	if d.failed() || !usable(ts) {
		return
	}
	v, err := k.pick(d, p, size, ts, d.forced(k.Name))
	if err == nil {
		err = k.queue(d, v, p, size, ts)
	}
	if err != nil {
		d.stick(&LaunchError{k.Name, v.nameOr(""), err})
	}
}

// Check panics where Run would, and queues nothing: for an operation that takes its tensors apart, or
// copies them, and must refuse what one launch on the whole would.
func (k *Kernel[P]) Check(p P, ts ...*Tensor) { k.check(k.Size(p), ts) }

func (v *Variant[P]) nameOr(s string) string {
	if v == nil {
		return s
	}
	return v.Name
}

func (k *Kernel[P]) check(need []int, ts []*Tensor) *Device {
	if len(ts) != len(k.Bufs) {
		misuse(k.Name, "%d tensors given, want %d", len(ts), len(k.Bufs))
	}
	for i, t := range ts {
		b := k.Bufs[i]
		switch {
		case t == nil:
			misuse(k.Name, "%s is nil", b.Name)
		case t.dtype != b.Type:
			misuse(k.Name, "%s is %v, want %v", b.Name, t.dtype, b.Type)
		case t.dev != ts[0].dev:
			misuse(k.Name, "%s is on another device than %s", b.Name, k.Bufs[0].Name)
		case t.span() < need[i]:
			misuse(k.Name, "%s has %d elements, want %d", b.Name, t.span(), need[i])
		}
		t.alive(k.Name)
	}
	k.checkOverlap(ts, need)
	return ts[0].dev
}

// checkOverlap refuses launches that write what they also read or write by another name,
// but for the same view in a kernel that allows it: of as many elements, since one row, or one
// number, that serves all must not change on the way. Views that interleave without sharing
// an element (columns of one matrix) pass.
func (k *Kernel[P]) checkOverlap(ts []*Tensor, need []int) {
	for i, w := range ts {
		if !k.Bufs[i].Access.Writes() || need[i] == 0 {
			continue
		}
		for j, r := range ts {
			if i == j || need[j] == 0 || w.buf != r.buf {
				continue
			}
			if k.InPlace && !k.Bufs[j].Access.Writes() && w.off == r.off && w.stride() == r.stride() && need[i] == need[j] {
				continue
			}
			if w.overlaps(r) {
				misuse(k.Name, "%s overlaps %s", k.Bufs[i].Name, k.Bufs[j].Name)
			}
		}
	}
}

// pick chooses the variant for a launch: the one that is forced, that of the device's table of
// measurements, or the first that can run it and is preferred. The host device has none to
// choose.
func (k *Kernel[P]) pick(d *Device, p P, size []int, ts []*Tensor, forced string) (*Variant[P], error) {
	if d.host != nil {
		return nil, nil
	}
	if forced == "" {
		if v := k.tunedVariant(d, p, size, ts); v != nil {
			return v, nil
		}
	}
	var last *Variant[P]
	for i := range k.Variants {
		v := &k.Variants[i]
		if forced != "" && v.Name != forced {
			continue
		}
		if !k.fits(d, v, p, size, ts) {
			continue
		}
		if forced != "" || v.Prefer == nil || v.Prefer(p, &d.caps) {
			return v, nil
		}
		last = v
	}
	if last != nil {
		return last, nil
	}
	if forced != "" {
		return nil, fmt.Errorf("variant %q cannot run %s: %w", forced, describe(p), ErrLimit)
	}
	return nil, fmt.Errorf("no variant can run %s on this device: %w", describe(p), ErrLimit)
}

// suits says whether a device has what the variant needs, and p is as it must be.
func (v *Variant[P]) suits(p P, c *Caps) bool {
	return (!v.Subgroup || c.Subgroup > 0) && (v.Fits == nil || v.Fits(p, c))
}

func (k *Kernel[P]) fits(d *Device, v *Variant[P], p P, size []int, ts []*Tensor) bool {
	if !v.suits(p, &d.caps) {
		return false
	}
	if d.caps.LoopBudget > 0 && v.Loops(p) > d.caps.LoopBudget {
		return false
	}
	for i, t := range ts {
		name := k.Bufs[i].Name
		texel := contains(v.Texel, name)
		if (texel || contains(v.Vec4, name)) && t.off%4 != 0 {
			return false
		}
		if texel {
			// The bound range begins up to TexelAlign bytes before the view.
			texels := int64(size[i]+3)/4 + int64(d.caps.TexelAlign)/16
			if texels > d.caps.MaxTexels || d.caps.MaxTexels == 0 {
				return false
			}
			for j, w := range ts { // never written and texel-read in one launch
				if k.Bufs[j].Access.Writes() && w.buf == t.buf {
					return false
				}
			}
		}
	}
	return true
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
