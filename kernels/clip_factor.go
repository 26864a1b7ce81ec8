package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// ClipFactorParams are the largest norm, and the factor of the gradients before clipping.
type ClipFactorParams struct{ Most, Scale float32 }

// clipEps is what PyTorch's clip_grad_norm_ adds to the norm.
const clipEps = 1e-6

var clipFactor = &engine.Kernel[ClipFactorParams]{
	Name: "clip_factor", Doc: "norm = scale sqrt(squares), factor = scale min(1, most / (norm + 1e-6))", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "factor", Access: engine.Out}, {Name: "norm", Access: engine.Out}, {Name: "squares", Access: engine.In}},
	Variants: []engine.Variant[ClipFactorParams]{{
		Name: "plain", File: "clip_factor.comp.glsl",
		Groups: func(ClipFactorParams) int { return 1 }, Loops: func(ClipFactorParams) int { return 1 },
	}},
	Size: func(ClipFactorParams) []int { return []int{1, 1, 1} },
	Cost: func(ClipFactorParams) engine.Cost { return engine.Cost{Flops: 5, Bytes: 12} },
	Ref: func(p ClipFactorParams, b [][]float64) {
		norm := float64(p.Scale) * math.Sqrt(b[2][0])
		b[0][0], b[1][0] = float64(p.Scale)*min(1, float64(p.Most)/(norm+clipEps)), norm
	},
	Host: func(_ *engine.Host, p ClipFactorParams, v []engine.View) {
		norm := p.Scale * engine.Sqrt32(v[2].F[0])
		v[0].F[0], v[1].F[0] = p.Scale*min(1, p.Most/(norm+clipEps)), norm
	},
	// A root and a product for the norm; the constant, a sum, a division and a product for the
	// factor, which errs as little as what it is made of.
	Bound: func(p ClipFactorParams, e engine.MathErrors, b [][]float64) [][]float64 {
		r := (e.Sqrt+1)*engine.U + engine.U
		lost := float64(p.Scale) * math.Sqrt(e.Tiny)
		below := b[1][0] + clipEps
		relative := (b[1][0]*r+lost)/below + (2+e.Div)*engine.U
		return [][]float64{{b[0][0] * (relative/(1-relative) + 2*engine.U)}, {b[1][0]*r + lost}, nil}
	},
	Inputs: func(_ ClipFactorParams, r *rand.Rand, b [][]float64) { b[2][0] = 10 * r.ExpFloat64() },
	Cases:  []ClipFactorParams{{1, 1}, {0.1, 1}, {100, 0.25}, {float32(math.Inf(1)), 0.5}, {0, 1}, {1, 1.0 / 3}},
}

// ClipFactor gives the factor for gradients whose squares add up to squares (SumSquares), so
// that nothing waits for their norm: norm = scale sqrt(squares) is the length of all gradients
// times scale (1 over the number of batches that were accumulated, for instance), and
//
//	factor = scale min(1, most / (norm + 1e-6))
//
// is what Adam multiplies them by: scale, and PyTorch's clip_grad_norm_. A most of +Inf clips
// nothing. If a gradient is NaN so is the factor; if one is infinite the factor is 0, and Adam
// gives NaN there. All three tensors have one element.
func ClipFactor(factor, norm, squares *engine.Tensor, most, scale float32) {
	checkOne(clipFactor.Name, "factor", factor)
	checkOne(clipFactor.Name, "norm", norm)
	checkOne(clipFactor.Name, "squares", squares)
	engine.Check(clipFactor.Name, most >= 0 && scale > 0, "largest norm %g, scale %g", most, scale)
	clipFactor.Run(ClipFactorParams{most, scale}, factor, norm, squares)
}

// SumSquares is the sum of the squares of all elements of all tensors, into the one element of y.
// Squares are float32: elements should lie between 1e-18 and 1e18 in size. No tensor: 0.
func SumSquares(y *engine.Tensor, xs ...*engine.Tensor) {
	checkOne("sum_squares", "y", y)
	s := y.Device().Scope()
	defer s.Close()
	parts := s.Zeros(len(xs))
	for i, x := range xs {
		if x.Contiguous() {
			x = x.Reshape(1, x.Len())
			RowDot(parts.SliceRows(i, i+1), x, x)
			continue
		}
		rows := s.Floats(x.Rows())
		RowDot(rows, x, x)
		Sum(parts.SliceRows(i, i+1), rows)
	}
	Sum(y, parts)
}
