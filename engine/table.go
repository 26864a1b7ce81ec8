package engine

import (
	"io/fs"
	"math/rand/v2"
)

// Spec is a kernel without its parameter type: a row of a table. Parameters travel as any
// and must be of the kernel's own type. *Kernel[P] is the only implementation.
type Spec interface {
	Info() Info
	// TestCases and BenchCases give parameters to test and to time.
	TestCases() []any
	BenchCases() []any
	// TuneCases are the parameters for which variants are compared on a device: none where a
	// kernel is not tuned. BucketOf is where a launch stands in a table of measurements.
	TuneCases(c *Caps) []any
	BucketOf(p any) string
	// Describe writes parameters in words: "m=5 n=3 k=1".
	Describe(p any) string
	SizeOf(p any) []int
	CostOf(p any) Cost
	// Define runs the float64 definition on buffers of the lengths that SizeOf gives.
	Define(p any, b [][]float64)
	// Allowed is the error allowed per element of each written buffer; nil: bit-equal.
	Allowed(p any, e MathErrors, b [][]float64) [][]float64
	// Fill makes inputs.
	Fill(p any, r *rand.Rand, b [][]float64)
	// CanRun says whether a variant can run p on a device of these capabilities.
	CanRun(variant string, p any, c *Caps) bool
	// Prefers says whether a variant is the one to take for p, as far as it knows itself.
	Prefers(variant string, p any, c *Caps) bool
	// Cut says how a launch may be cut into independent rows; ok is false where it may not.
	Cut(p any) (s Split[any], ok bool)
	// Launch queues the kernel, as Kernel.Run does.
	Launch(p any, ts ...*Tensor)
}

// Info is what a table prints of a kernel.
type Info struct {
	Name, Doc string
	Bufs      []Buf
	Variants  []VariantInfo
	Source    fs.FS
	Special   bool
	InPlace   bool
	Splits    bool // can be cut into windows
}

// VariantInfo names a variant and its text.
type VariantInfo struct {
	Name    string
	File    string
	Defines []string
	Texel   []string
	Vec4    []string

	Subgroup bool // only where Caps.Subgroup is not 0
}

var _ Spec = (*Kernel[struct{}])(nil)

// Info describes the kernel.
func (k *Kernel[P]) Info() Info {
	in := Info{Name: k.Name, Doc: k.Doc, Bufs: k.Bufs, Source: k.Source, Special: k.Special, InPlace: k.InPlace, Splits: k.Split != nil}
	for _, v := range k.Variants {
		in.Variants = append(in.Variants, VariantInfo{v.Name, v.File, v.Defines, v.Texel, v.Vec4, v.Subgroup})
	}
	return in
}

// TestCases gives Cases.
func (k *Kernel[P]) TestCases() []any { return anys(k.Cases) }

// BenchCases gives Bench.
func (k *Kernel[P]) BenchCases() []any { return anys(k.Bench) }

// TuneCases gives what Tune does, or Bench, one of every bucket.
func (k *Kernel[P]) TuneCases(c *Caps) []any {
	if k.Bucket == nil {
		return nil
	}
	list := k.Bench
	if k.Tune != nil {
		list = k.Tune(c)
	}
	var out []any
	seen := map[Bucket]bool{}
	for _, p := range list {
		if b := k.Bucket(p); !seen[b] {
			seen[b] = true
			out = append(out, p)
		}
	}
	return out
}

// BucketOf is Bucket in words; "" where the kernel is not tuned.
func (k *Kernel[P]) BucketOf(p any) string {
	if k.Bucket == nil {
		return ""
	}
	return k.Bucket(p.(P)).String()
}

func anys[P any](list []P) []any {
	out := make([]any, len(list))
	for i, p := range list {
		out[i] = p
	}
	return out
}

// Describe writes parameters in words.
func (k *Kernel[P]) Describe(p any) string { return describe(p) }

// SizeOf is Size.
func (k *Kernel[P]) SizeOf(p any) []int { return k.Size(p.(P)) }

// CostOf is Cost.
func (k *Kernel[P]) CostOf(p any) Cost { return k.Cost(p.(P)) }

// Define is Ref.
func (k *Kernel[P]) Define(p any, b [][]float64) { k.Ref(p.(P), b) }

// Allowed is Bound.
func (k *Kernel[P]) Allowed(p any, e MathErrors, b [][]float64) [][]float64 {
	if k.Bound == nil {
		return nil
	}
	return k.Bound(p.(P), e, b)
}

// Fill is Inputs, or its default.
func (k *Kernel[P]) Fill(p any, r *rand.Rand, b [][]float64) {
	if k.Inputs != nil {
		k.Inputs(p.(P), r, b)
		return
	}
	for i, buf := range k.Bufs {
		if !buf.Access.Reads() {
			continue
		}
		for j := range b[i] {
			if buf.Type == Float32 {
				b[i][j] = float64(float32(r.NormFloat64()))
			} else {
				b[i][j] = float64(r.IntN(8))
			}
		}
	}
}

// CanRun asks the variant.
func (k *Kernel[P]) CanRun(variant string, p any, c *Caps) bool {
	for i := range k.Variants {
		v := &k.Variants[i]
		if v.Name == variant {
			return v.suits(p.(P), c) && (c.LoopBudget == 0 || v.Loops(p.(P)) <= c.LoopBudget)
		}
	}
	return false
}

// Prefers asks the variant.
func (k *Kernel[P]) Prefers(variant string, p any, c *Caps) bool {
	for i := range k.Variants {
		if v := &k.Variants[i]; v.Name == variant {
			return v.Prefer == nil || v.Prefer(p.(P), c)
		}
	}
	return false
}

// Cut is Split.
func (k *Kernel[P]) Cut(p any) (s Split[any], ok bool) {
	if k.Split == nil {
		return s, false
	}
	own := k.Split(p.(P))
	return Split[any]{
		Rows: own.Rows, Quantum: own.Quantum, Step: own.Step,
		Part: func(lo, hi int) any { return own.Part(lo, hi) },
	}, true
}

// Launch is Run.
func (k *Kernel[P]) Launch(p any, ts ...*Tensor) { k.Run(p.(P), ts...) }
