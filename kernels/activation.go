package kernels

import (
	"math"

	"mindgap/engine"
)

// exact is the error of a function that only picks or negates: none.
func exact(float64, engine.MathErrors) float64 { return 0 }

var relu = unary(activation{
	name: "relu", doc: "y = max(x, 0)",
	ref: func(x float64) float64 { return math.Max(x, 0) },
	host: func(x float32) float32 {
		if x < 0 {
			return 0
		}
		return x
	},
	err: exact,
})

// ReLU is y = max(x, 0); y may be x.
func ReLU(y, x *engine.Tensor) { run(relu, y, x) }
