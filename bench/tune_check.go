package bench

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

// Limits of what a check may cost: the definition is float64 on a processor.
const (
	checkElements = 1 << 17
	checkFlops    = 2e7
)

// check compares a variant with the definition at the kernel's own cases, the largest that are
// affordable: so many. It gives what is wrong, "" when nothing is.
func (g *tuneGroup) check(d *engine.Device, variant string, cases int) string {
	if why, done := g.checked[variant]; done {
		return why
	}
	caps := d.Caps()
	var list []any
	for _, p := range g.spec.TestCases() {
		n := 0
		for _, size := range g.spec.SizeOf(p) {
			n += size
		}
		if g.spec.CanRun(variant, p, &caps) && n <= checkElements && g.spec.CostOf(p).Flops <= checkFlops {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b any) int {
		x, y := g.spec.CostOf(a), g.spec.CostOf(b)
		return cmp.Or(cmp.Compare(y.Flops, x.Flops), cmp.Compare(y.Bytes, x.Bytes))
	})
	why := ""
	for _, p := range list[:min(cases, len(list))] {
		for _, row := range enginetest.VerifyVariant(d, g.spec, variant, p) {
			if !row.OK && why == "" {
				why = row.Case + ": " + row.Why
			}
		}
	}
	g.checked[variant] = why
	return why
}

// tuneData are the buffers of a shape: what they hold before a launch, here and on the device.
type tuneData struct {
	spec    engine.Spec
	p       any
	before  [][]float64
	tensors []*engine.Tensor
	bands   []tuneBand
	first   [][]float64 // what the default left
	seconds float64     // that a launch of it took
}

// tuneBand is a launch's definition on a few of its independent rows.
type tuneBand struct {
	from          []int // where each buffer's part begins
	want, allowed [][]float64
}

func newTuneData(scope *engine.Scope, s engine.Spec, p any) *tuneData {
	x := &tuneData{spec: s, p: p}
	size := s.SizeOf(p)
	for _, n := range size {
		x.before = append(x.before, make([]float64, n))
	}
	s.Fill(p, rand.New(rand.NewPCG(1, 1)), x.before)
	for i, b := range s.Info().Bufs {
		if b.Type == engine.Float32 {
			for j, v := range x.before[i] {
				x.before[i][j] = float64(float32(v))
			}
		}
		t := scope.New(b.Type, max(size[i], 1))
		x.tensors = append(x.tensors, t)
		x.write(i)
	}
	return x
}

// write puts a buffer's first contents on the device.
func (x *tuneData) write(i int) {
	t, v := x.tensors[i], x.before[i]
	switch x.spec.Info().Bufs[i].Type {
	case engine.Float32:
		t.Write(convert[float32](v, len(v)))
	case engine.Int32:
		t.WriteInts(convert[int32](v, len(v)))
	default:
		t.WriteUints(convert[uint32](v, len(v)))
	}
}

func (x *tuneData) launch() { x.spec.Launch(x.p, x.tensors...) }

// reset gives what launches write its first contents again.
func (x *tuneData) reset() {
	for i, b := range x.spec.Info().Bufs {
		if b.Access.Writes() {
			x.write(i)
		}
	}
}

// results reads what a launch has written; other buffers are nil.
func (x *tuneData) results(d *engine.Device) ([][]float64, error) {
	out := make([][]float64, len(x.before))
	for i, b := range x.spec.Info().Bufs {
		if !b.Access.Writes() || len(x.before[i]) == 0 {
			continue
		}
		words := make([]uint32, len(x.before[i]))
		if err := x.tensors[i].ReadBits(words); err != nil {
			return nil, d.TakeErr()
		}
		out[i] = make([]float64, len(words))
		for j, w := range words {
			switch b.Type {
			case engine.Float32:
				out[i][j] = float64(math.Float32frombits(w))
			case engine.Int32:
				out[i][j] = float64(int32(w))
			default:
				out[i][j] = float64(w)
			}
		}
	}
	return out, nil
}

// define computes the definition on bands of rows: the first, some in the middle, the last; none
// where the kernel has no independent rows or they cost too much.
func (x *tuneData) define(c *engine.Caps) {
	cut, ok := x.spec.Cut(x.p)
	if !ok || cut.Rows <= 0 {
		return
	}
	quantum := max(cut.Quantum, 1)
	for _, lo := range slices.Compact([]int{0, cut.Rows / 2 / quantum * quantum, (cut.Rows - 1) / quantum * quantum}) {
		hi := min(lo+4, cut.Rows)
		if lo > cut.Rows-quantum { // the last rows of all, where tiles are not full
			hi = cut.Rows
		}
		for hi > lo+1 && x.spec.CostOf(cut.Part(lo, hi)).Flops > checkFlops {
			hi = lo + (hi-lo)/2
		}
		part := cut.Part(lo, hi)
		if x.spec.CostOf(part).Flops > checkFlops {
			return
		}
		var b tuneBand
		for i, n := range x.spec.SizeOf(part) {
			from := cut.Step[i] * lo
			b.from = append(b.from, from)
			b.want = append(b.want, slices.Clone(x.before[i][from:from+n]))
		}
		x.spec.Define(part, b.want)
		b.allowed = x.spec.Allowed(part, c.Math, b.want)
		x.bands = append(x.bands, b)
	}
}

// agrees says what is wrong with a launch's results: beyond the bound of the definition in one of
// the bands, or, in all elements, further from the default's results than rounding brings any
// kernel. The second finds what goes wrong at large sizes alone and far from the bands, such as a
// loop that a driver ends early.
func (x *tuneData) agrees(got [][]float64, c *engine.Caps) string {
	for i, b := range x.spec.Info().Bufs {
		if got[i] == nil {
			continue
		}
		for _, band := range x.bands {
			want := band.want[i]
			var allowed []float64
			if band.allowed != nil {
				allowed = band.allowed[i]
			}
			part := got[i][band.from[i]:][:len(want)]
			if ok, at := enginetest.Within(part, want, allowed, c.Math.Tiny); !ok {
				return fmt.Sprintf("%s[%d] is %g, want %g", b.Name, band.from[i]+at, part[at], want[at])
			}
		}
		if x.first == nil {
			continue
		}
		if at := farApart(got[i], x.first[i], b.Type != engine.Float32); at >= 0 {
			return fmt.Sprintf("%s[%d] is %g, the default's is %g", b.Name, at, got[i][at], x.first[i][at])
		}
	}
	return ""
}

// farApart finds an element that differs by more than 1/64 of the largest; -1 where there is
// none. Bounds at these sizes are thousands of times smaller, faults as large as the numbers.
// Whole numbers are counts: rounding moves some from one to the next.
func farApart(a, b []float64, counts bool) int {
	largest := 0.0
	for _, v := range b {
		if v = math.Abs(v); v > largest && !math.IsInf(v, 0) {
			largest = v
		}
	}
	slack := largest / 64
	if counts {
		slack = max(4, largest/16)
	}
	for i := range a {
		same := a[i] == b[i] || math.IsNaN(a[i]) && math.IsNaN(b[i])
		if !same && !(math.Abs(a[i]-b[i]) <= slack) {
			return i
		}
	}
	return -1
}
