package bench

import (
	"embed"
	"math"

	"mindgap/engine"
)

//go:embed *.glsl include/*.glsl
var shaders embed.FS

// MultiplyAddParams: n floats, each going through steps multiply-adds; n is a multiple of
// 16, steps of 4.
type MultiplyAddParams struct{ N, Steps int32 }

// The map v = a v + b, whose fixed point is 1.
const (
	mulA = 1 - 1.0/1024
	mulB = 1.0 / 1024
)

var multiplyAdd = &engine.Kernel[MultiplyAddParams]{
	Name: "roofline_multiply_add", Doc: "y = x after steps times v = a v + b", Source: shaders,
	Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[MultiplyAddParams]{{
		Name: "vec4", File: "multiply_add.comp.glsl", Vec4: []string{"y", "x"},
		Groups: func(p MultiplyAddParams) int { return (int(p.N)/16 + 63) / 64 },
		Loops:  func(p MultiplyAddParams) int { return int(p.Steps) / 4 },
	}},
	Size: func(p MultiplyAddParams) []int {
		engine.Check("roofline_multiply_add", p.N >= 0 && p.N%16 == 0 && p.Steps >= 0 && p.Steps%4 == 0, "n=%d must be a multiple of 16, steps=%d of 4", p.N, p.Steps)
		return []int{int(p.N), int(p.N)}
	},
	Cost: func(p MultiplyAddParams) engine.Cost {
		return engine.Cost{Flops: 2 * float64(p.N) * float64(p.Steps), Bytes: 8 * float64(p.N)}
	},
	Ref: func(p MultiplyAddParams, b [][]float64) {
		// In closed form: v_s = a^s v_0 + (1 - a^s).
		as := math.Pow(mulA, float64(p.Steps))
		for i, x := range b[1] {
			b[0][i] = as*x + (1 - as)
		}
	},
	Host: func(h *engine.Host, p MultiplyAddParams, v []engine.View) {
		h.Parallel(int(p.N)/8, 512, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				chains(v[0].F[8*i:8*i+8], v[1].F[8*i:8*i+8], int(p.Steps))
			}
		})
	},
	Bound: func(p MultiplyAddParams, _ engine.MathErrors, b [][]float64) [][]float64 {
		// Each step rounds a product and a sum, whose size is at most max(|x|, 1); a < 1 lets
		// no error grow.
		out := make([]float64, len(b[0]))
		for i, x := range b[1] {
			out[i] = engine.Gamma(2*int(p.Steps)) * max(math.Abs(x), 1)
		}
		return [][]float64{out, nil}
	},
	Cases: []MultiplyAddParams{{0, 4}, {16, 0}, {48, 8}, {4096, 64}, {1 << 16, 256}},
}

// chains runs eight independent chains.
func chains(y, x []float32, steps int) {
	a, b, c, d, e, f, g, h := x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
	for range steps {
		a, b, c, d = a*mulA+mulB, b*mulA+mulB, c*mulA+mulB, d*mulA+mulB
		e, f, g, h = e*mulA+mulB, f*mulA+mulB, g*mulA+mulB, h*mulA+mulB
	}
	y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7] = a, b, c, d, e, f, g, h
}
