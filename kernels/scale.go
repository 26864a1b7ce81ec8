package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// ScaleParams describes y = alpha x, or y += alpha x, over a matrix of rows x cols with row
// strides.
type ScaleParams struct {
	Rows, Cols, LdY, LdX int32
	Alpha                float32
}

func scaled(name, doc string, plus int32, access engine.Access) *engine.Kernel[ScaleParams] {
	return elementwise[ScaleParams]{
		name: name, doc: doc, file: "scale.comp.glsl", defines: []string{fmt.Sprintf("ADD=%d", plus)},
		bufs: []engine.Buf{{Name: "y", Access: access}, {Name: "x", Access: engine.In}},
		layout: func(p ScaleParams) (rows, cols int32, o []operand) {
			return p.Rows, p.Cols, []operand{{ld: p.LdY, add: plus}, {ld: p.LdX}}
		},
		part:  func(p ScaleParams, rows int32) ScaleParams { p.Rows = rows; return p },
		flops: float64(1 + plus),
		ref: func(p ScaleParams, v [][]float64) {
			for i, x := range v[1] {
				put(v[0], i, float64(p.Alpha)*x, plus)
			}
		},
		host: func(p ScaleParams, v [][]float32) {
			y := v[0]
			for i, x := range v[1] {
				put(y, i, p.Alpha*x, plus)
			}
		},
		bound: func(p ScaleParams, e engine.MathErrors, v, out [][]float64) {
			alpha := math.Abs(float64(p.Alpha))
			for i, x := range v[1] {
				out[0][i] = scaleError(alpha, x, v[0][i], plus, e)
			}
		},
		cases: []ScaleParams{
			{0, 5, 5, 5, 1}, {1, 1, 1, 1, -2.5}, {3, 7, 9, 8, 0}, {7, 64, 64, 68, 100}, {5, 1024, 1024, 1024, 0.1},
		},
		bench: []ScaleParams{{4096, 4096, 4096, 4096, 0.5}},
	}.kernel()
}

// scaleError is the rounding of the product and, where plus is 1, of the sum y; a flushed
// denormal x counts alpha times.
func scaleError(alpha, x, y float64, plus int32, e engine.MathErrors) float64 {
	return 1.01*u*(alpha*math.Abs(x)+float64(plus)*math.Abs(y)) + e.Tiny*(1+alpha)
}

var (
	scale = scaled("scale", "y = alpha x", 0, engine.Out)
	axpy  = scaled("axpy", "y += alpha x", 1, engine.InOut)
)

func runScale(k *engine.Kernel[ScaleParams], y *engine.Tensor, alpha float32, x *engine.Tensor) {
	sameShape(k.Name, y, x)
	k.Run(ScaleParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD()), alpha}, y, x)
}

// Scale is y = alpha x for tensors of one shape; y may be x. For a factor that changes while
// work is queued see [ScaleBy].
func Scale(y *engine.Tensor, alpha float32, x *engine.Tensor) { runScale(scale, y, alpha, x) }

// Axpy is y += alpha x for tensors of one shape.
func Axpy(y *engine.Tensor, alpha float32, x *engine.Tensor) { runScale(axpy, y, alpha, x) }
