package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// RowwiseParams describes an element-wise function of one or two matrices (a, b) and of
// numbers that belong to their rows. Accumulate 1 adds to the output.
type RowwiseParams struct{ Rows, Cols, LdY, LdA, LdB, Accumulate int32 }

// rowwise is such a function: mats names its matrices, the output first; vecs its vectors.
type rowwise struct {
	name, doc string
	mats      []string
	vecs      []string
	adds      bool // may accumulate
	flops     float64
	// ref is one element's definition; err its allowed error before any addition to y.
	ref func(m, v []float64) float64
	err func(m, v []float64, y float64, e engine.MathErrors) float64
	// host computes one row.
	host   func(y, a, b []float32, v []float32)
	inputs func(p RowwiseParams, r *rand.Rand, b [][]float64)
}

func (w rowwise) kernel() *engine.Kernel[RowwiseParams] {
	inputs := len(w.mats) - 1
	access := engine.Out
	if w.adds {
		access = engine.InOut
	}
	bufs := []engine.Buf{{Name: w.mats[0], Access: access}}
	for _, n := range append(append([]string{}, w.mats[1:]...), w.vecs...) {
		bufs = append(bufs, engine.Buf{Name: n, Access: engine.In})
	}
	lds := func(p RowwiseParams) []int { return []int{int(p.LdY), int(p.LdA), int(p.LdB)}[:inputs+1] }
	// element gives the inputs of one element from all buffers.
	element := func(p RowwiseParams, b [][]float64, row, col int, m, v []float64) {
		for i, ld := range lds(p)[1:] {
			m[i] = b[1+i][row*ld+col]
		}
		for i := range v {
			v[i] = b[1+inputs+i][row]
		}
	}
	groups := func(vec int) func(RowwiseParams) int {
		return func(p RowwiseParams) int { return ceil(int(p.Rows)*(int(p.Cols)/vec), 64) }
	}
	once := func(RowwiseParams) int { return 1 }
	return &engine.Kernel[RowwiseParams]{
		Name: w.name, Doc: w.doc, Source: shaders, Special: true, InPlace: true, Bufs: bufs,
		Variants: []engine.Variant[RowwiseParams]{
			{
				Name: "vec4", File: w.name + ".comp.glsl", Defines: []string{"VEC=4"}, Vec4: w.mats, Groups: groups(4), Loops: once,
				Fits: func(p RowwiseParams, _ *engine.Caps) bool {
					return p.Cols%4 == 0 && p.LdY%4 == 0 && p.LdA%4 == 0 && p.LdB%4 == 0
				},
			},
			{Name: "scalar", File: w.name + ".comp.glsl", Groups: groups(1), Loops: once},
		},
		Size: func(p RowwiseParams) []int {
			engine.Check(w.name, p.Accumulate == 0 || p.Accumulate == 1 && w.adds, "accumulate %d", p.Accumulate)
			engine.Check(w.name, p.LdB == 0 || inputs == 2, "no second matrix, but a stride of %d", p.LdB)
			var size []int
			for _, ld := range lds(p) {
				checkMatrix(w.name, p.Rows, p.Cols, int32(ld))
				size = append(size, span(p.Rows, p.Cols, int32(ld)))
			}
			for range w.vecs {
				size = append(size, int(p.Rows))
			}
			return size
		},
		Cost: func(p RowwiseParams) engine.Cost {
			n := float64(p.Rows) * float64(p.Cols)
			return engine.Cost{Flops: w.flops * n, Bytes: 4 * (n*float64(inputs+1+int(p.Accumulate)) + float64(len(w.vecs))*float64(p.Rows))}
		},
		Split: func(p RowwiseParams) engine.Split[RowwiseParams] {
			step := lds(p)
			for range w.vecs {
				step = append(step, 1)
			}
			return engine.Split[RowwiseParams]{
				Rows: int(p.Rows), Step: step,
				Part: func(lo, hi int) RowwiseParams { p.Rows = int32(hi - lo); return p },
			}
		},
		Ref: func(p RowwiseParams, b [][]float64) {
			m, v := make([]float64, inputs), make([]float64, len(w.vecs))
			eachRow(p.Rows, p.Cols, func(row, col int) {
				element(p, b, row, col, m, v)
				y := &b[0][row*int(p.LdY)+col]
				old := *y
				if *y = w.ref(m, v); p.Accumulate != 0 {
					*y += old
				}
			})
		},
		Host: func(h *engine.Host, p RowwiseParams, v []engine.View) {
			h.Parallel(int(p.Rows), rowGrain(p.Cols, reduceGrain), func(lo, hi int) {
				sum := make([]float32, p.Cols)
				vec := make([]float32, len(w.vecs))
				for r := lo; r < hi && p.Cols > 0; r++ {
					y, a := v[0].F[r*int(p.LdY):][:p.Cols], v[1].F[r*int(p.LdA):][:p.Cols]
					b := a
					if inputs == 2 {
						b = v[2].F[r*int(p.LdB):][:p.Cols]
					}
					for i := range vec {
						vec[i] = v[1+inputs+i].F[r]
					}
					if p.Accumulate == 0 {
						w.host(y, a, b, vec)
						continue
					}
					w.host(sum, a, b, vec)
					for i, s := range sum {
						y[i] += s
					}
				}
			})
		},
		Bound: func(p RowwiseParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([][]float64, len(b))
			out[0] = make([]float64, len(b[0]))
			m, v := make([]float64, inputs), make([]float64, len(w.vecs))
			eachRow(p.Rows, p.Cols, func(row, col int) {
				element(p, b, row, col, m, v)
				err := w.err(m, v, w.ref(m, v), e)
				if p.Accumulate != 0 {
					err += engine.U * (math.Abs(b[0][row*int(p.LdY)+col]) + err)
				}
				out[0][row*int(p.LdY)+col] = err
			})
			return out
		},
		Inputs: w.inputs,
		Cases:  w.cases(), Bench: w.cases()[3:4],
	}
}

func (w rowwise) cases() []RowwiseParams {
	list := []RowwiseParams{{0, 5, 5, 5, 5, 0}, {1, 1, 1, 1, 1, 0}, {3, 7, 9, 8, 11, 0}, {37, 64, 64, 68, 72, 0}, {2, 5001, 5001, 5001, 5001, 0}}
	if w.adds {
		list = append(list, RowwiseParams{7, 13, 13, 14, 15, 1}, RowwiseParams{9, 68, 72, 68, 68, 1})
	}
	for i := range list {
		if len(w.mats) < 3 {
			list[i].LdB = 0
		}
	}
	return list
}

// run queues y = f(a, b, vecs), all matrices of one shape; b is nil for one matrix.
func (w rowwise) run(k *engine.Kernel[RowwiseParams], accumulate bool, y, a, b *engine.Tensor, vecs ...*engine.Tensor) {
	sameShape(w.name, y, a)
	p := RowwiseParams{Rows: int32(a.Rows()), Cols: int32(a.Cols()), LdY: int32(y.LD()), LdA: int32(a.LD()), Accumulate: flag(accumulate)}
	ts := []*engine.Tensor{y, a}
	if b != nil {
		sameShape(w.name, y, b)
		p.LdB = int32(b.LD())
		ts = append(ts, b)
	}
	for _, v := range vecs {
		engine.Check(w.name, v.Len() == a.Rows() && v.Contiguous(), "%v is no contiguous vector of %d", v, a.Rows())
	}
	k.Run(p, append(ts, vecs...)...)
}
