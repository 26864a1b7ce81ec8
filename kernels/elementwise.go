package kernels

import (
	"math/rand/v2"

	"mindgap/engine"
)

// operand is how a buffer lies beneath a matrix of rows x cols: the distance between its
// rows (0: one row serves all), whether a row has but one number (ld 0: one number in all),
// and whether (add not 0) a buffer that is written is read as well.
type operand struct {
	ld     int32
	scalar bool
	add    int32
}

func (o operand) width(cols int32) int32 {
	if o.scalar {
		return min(cols, 1)
	}
	return cols
}

// elementwise describes a kernel that treats every element of a matrix alike, by what it
// does to one row: ref in float64, host in float32, bound for the error of each element of
// the written buffers. Row i of the slices is buffer i's row.
type elementwise[P any] struct {
	name, doc, file string
	defines         []string
	bufs            []engine.Buf
	single          string   // the name of a buffer of one element, if there is one
	perRow          []string // names of buffers that hold one number for each row
	layout          func(P) (rows, cols int32, operands []operand)
	part            func(p P, rows int32) P // the same with fewer rows
	flops           float64                 // per element
	ref             func(p P, v [][]float64)
	host            func(p P, v [][]float32)
	bound           func(p P, e engine.MathErrors, v, out [][]float64) // nil: exact
	inputs          func(P, *rand.Rand, [][]float64)
	cases, bench    []P

	bucket func(P) engine.Bucket // nil: not tuned
	tune   func(*engine.Caps) []P
}

// elementGrain is how many elements a core takes at a time.
const elementGrain = 1 << 14

func (w elementwise[P]) kernel() *engine.Kernel[P] {
	k := &engine.Kernel[P]{
		Name: w.name, Doc: w.doc, Bufs: w.bufs, Source: shaders, Variants: w.variants(), Special: true, InPlace: true,
		Size: w.size, Cost: w.cost, Split: w.split, Inputs: w.inputs, Cases: w.cases, Bench: w.bench, Bucket: w.bucket, Tune: w.tune,
		Ref: func(p P, b [][]float64) {
			rows, cols, ops := w.layout(p)
			v := make([][]float64, len(b))
			for r := range int(rows) {
				rowOf(v, b, ops, r, cols)
				w.ref(p, v)
			}
		},
		Host: func(h *engine.Host, p P, b []engine.View) {
			rows, cols, ops := w.layout(p)
			all := make([][]float32, len(b))
			for i := range b {
				all[i] = b[i].F
			}
			h.Parallel(int(rows), rowGrain(cols, elementGrain), func(lo, hi int) {
				v := make([][]float32, len(all))
				for r := lo; r < hi; r++ {
					rowOf(v, all, ops, r, cols)
					w.host(p, v)
				}
			})
		},
	}
	if w.bound != nil {
		k.Bound = w.allowed
	}
	return k
}

// rowOf sets v to row r of every buffer.
func rowOf[T any](v, b [][]T, ops []operand, r int, cols int32) {
	for i, o := range ops {
		n := int(o.width(cols))
		v[i] = nil
		if n > 0 && b[i] != nil {
			v[i] = b[i][r*int(o.ld):][:n]
		}
	}
}

func (w elementwise[P]) size(p P) []int {
	rows, cols, ops := w.layout(p)
	checkMatrix(w.name, rows, cols)
	size := make([]int, len(ops))
	for i, o := range ops {
		if o.ld != 0 || w.bufs[i].Access.Writes() { // one row may serve all only where it is read
			checkMatrix(w.name, rows, o.width(cols), o.ld)
		}
		size[i] = span(rows, o.width(cols), o.ld)
	}
	return size
}

func (w elementwise[P]) cost(p P) engine.Cost {
	rows, cols, ops := w.layout(p)
	n := float64(rows) * float64(cols)
	bytes := 0.0
	for _, o := range ops {
		switch {
		case o.ld == 0:
			bytes += 4 * float64(o.width(cols))
		case o.scalar:
			bytes += 4 * float64(rows)
		case o.add != 0:
			bytes += 8 * n
		default:
			bytes += 4 * n
		}
	}
	return engine.Cost{Flops: w.flops * n, Bytes: bytes}
}

func (w elementwise[P]) split(p P) engine.Split[P] {
	rows, cols, ops := w.layout(p)
	s := engine.Split[P]{Rows: int(rows), Part: func(lo, hi int) P { return w.part(p, int32(hi-lo)) }}
	if cols%4 != 0 {
		s.Quantum = 4 // four rows are a multiple of four elements: flat stays aligned
	}
	for _, o := range ops {
		s.Step = append(s.Step, int(o.ld))
	}
	return s
}

func (w elementwise[P]) allowed(p P, e engine.MathErrors, b [][]float64) [][]float64 {
	rows, cols, ops := w.layout(p)
	out := make([][]float64, len(b))
	for i := range b {
		if w.bufs[i].Access.Writes() {
			out[i] = make([]float64, len(b[i]))
		}
	}
	v, o := make([][]float64, len(b)), make([][]float64, len(b))
	for r := range int(rows) {
		rowOf(v, b, ops, r, cols)
		rowOf(o, out, ops, r, cols)
		w.bound(p, e, v, o)
	}
	return out
}
