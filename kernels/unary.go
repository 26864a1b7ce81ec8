package kernels

import (
	"mindgap/engine"
)

// UnaryParams describes y = f(x) over a matrix of rows x cols with row strides.
type UnaryParams struct{ Rows, Cols, LdY, LdX int32 }

// activation is a function of one variable, said three times: as a shader's OP, in
// float64 (the definition), and in float32 (the host). err bounds the absolute error of
// an evaluation at x on a device with such functions.
type activation struct {
	name, doc string
	ref       func(x float64) float64
	host      func(x float32) float32
	err       func(x float64, e engine.MathErrors) float64
}

// unaryGrain is how many elements a core takes at a time.
const unaryGrain = 1 << 14

func unary(a activation) *engine.Kernel[UnaryParams] {
	groups := func(vec int) func(UnaryParams) int {
		return func(p UnaryParams) int { return ceil(int(p.Rows)*(int(p.Cols)/vec), 64) }
	}
	once := func(UnaryParams) int { return 1 }
	return &engine.Kernel[UnaryParams]{
		Name: a.name, Doc: a.doc, Source: shaders, Special: true, InPlace: true,
		Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
		Variants: []engine.Variant[UnaryParams]{
			{
				Name: "vec4", File: "unary.comp.glsl", Defines: []string{"OP=" + a.name, "VEC=4"},
				Vec4: []string{"y", "x"}, Groups: groups(4), Loops: once,
				Fits: func(p UnaryParams, _ *engine.Caps) bool { return p.Cols%4 == 0 && p.LdY%4 == 0 && p.LdX%4 == 0 },
			},
			{Name: "scalar", File: "unary.comp.glsl", Defines: []string{"OP=" + a.name}, Groups: groups(1), Loops: once},
		},
		Size: func(p UnaryParams) []int {
			checkMatrix(a.name, p.Rows, p.Cols, p.LdY, p.LdX)
			return []int{span(p.Rows, p.Cols, p.LdY), span(p.Rows, p.Cols, p.LdX)}
		},
		Cost: func(p UnaryParams) engine.Cost {
			n := float64(p.Rows) * float64(p.Cols)
			return engine.Cost{Flops: n, Bytes: 8 * n}
		},
		Split: func(p UnaryParams) engine.Split[UnaryParams] {
			return engine.Split[UnaryParams]{
				Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdX)},
				Part: func(lo, hi int) UnaryParams { p.Rows = int32(hi - lo); return p },
			}
		},
		Ref: func(p UnaryParams, b [][]float64) {
			eachRow(p.Rows, p.Cols, func(row, col int) {
				b[0][row*int(p.LdY)+col] = a.ref(b[1][row*int(p.LdX)+col])
			})
		},
		Host: func(h *engine.Host, p UnaryParams, v []engine.View) {
			h.Parallel(int(p.Rows), rowGrain(p.Cols, unaryGrain), func(lo, hi int) {
				for r := lo; r < hi; r++ {
					y := v[0].F[r*int(p.LdY):][:p.Cols]
					x := v[1].F[r*int(p.LdX):][:p.Cols]
					for i, xi := range x {
						y[i] = a.host(xi)
					}
				}
			})
		},
		Bound: func(p UnaryParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([]float64, len(b[0]))
			eachRow(p.Rows, p.Cols, func(row, col int) {
				out[row*int(p.LdY)+col] = a.err(b[1][row*int(p.LdX)+col], e)
			})
			return [][]float64{out, nil}
		},
		Cases: []UnaryParams{{0, 5, 5, 5}, {1, 1, 1, 1}, {3, 7, 9, 8}, {17, 64, 64, 68}, {5, 1024, 1024, 1024}},
		Bench: []UnaryParams{{4096, 4096, 4096, 4096}},
	}
}

// run queues y = f(x); x and y have one shape and may be the same view.
func run(k *engine.Kernel[UnaryParams], y, x *engine.Tensor) {
	sameShape(k.Name, y, x)
	k.Run(UnaryParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD())}, y, x)
}
