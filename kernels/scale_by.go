package kernels

import (
	"math"

	"mindgap/engine"
)

// ScaleByParams describes y = s x over a matrix of rows x cols with row strides, s being a
// tensor of one element; with Accumulate 1 it is y += s x.
type ScaleByParams struct{ Rows, Cols, LdY, LdX, Accumulate int32 }

var scaleBy = elementwise[ScaleByParams]{
	name: "scale_by", doc: "y = s[0] x, or y += s[0] x", file: "scale_by.comp.glsl", single: "s",
	bufs: []engine.Buf{{Name: "y", Access: engine.InOut}, {Name: "x", Access: engine.In}, {Name: "s", Access: engine.In}},
	layout: func(p ScaleByParams) (rows, cols int32, o []operand) {
		return p.Rows, p.Cols, []operand{{ld: p.LdY, add: p.Accumulate}, {ld: p.LdX}, {scalar: true}}
	},
	part:  func(p ScaleByParams, rows int32) ScaleByParams { p.Rows = rows; return p },
	flops: 1,
	ref: func(p ScaleByParams, v [][]float64) {
		for i, x := range v[1] {
			put(v[0], i, v[2][0]*x, p.Accumulate)
		}
	},
	host: func(p ScaleByParams, v [][]float32) {
		y := v[0]
		for i, x := range v[1] {
			put(y, i, v[2][0]*x, p.Accumulate)
		}
	},
	bound: func(p ScaleByParams, e engine.MathErrors, v, out [][]float64) {
		for i, x := range v[1] {
			out[0][i] = scaleError(math.Abs(v[2][0]), x, v[0][i], p.Accumulate, e) + e.Tiny*math.Abs(x)
		}
	},
	cases: []ScaleByParams{{0, 5, 5, 5, 0}, {1, 1, 1, 1, 1}, {3, 7, 9, 8, 0}, {7, 64, 64, 68, 1}, {5, 1024, 1024, 1024, 0}},
	bench: []ScaleByParams{{4096, 4096, 4096, 4096, 0}},
}.kernel()

// ScaleBy is y = s x, or with accumulate y += s x, for y and x of one shape and s of one
// element; y may be x. The factor is read when the launch runs: nothing waits for it.
func ScaleBy(y, s, x *engine.Tensor, accumulate bool) {
	sameShape(scaleBy.Name, y, x)
	engine.Check(scaleBy.Name, s.Len() == 1, "s has %d elements, want 1", s.Len())
	scaleBy.Run(ScaleByParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD()), flag(accumulate)}, y, x, s)
}
