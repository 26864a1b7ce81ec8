package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// softmaxDef: with lse the logsumexp of the row, y = e^(x - lse) is the softmax, for rows
// of any length and without another sum.
var softmaxDef = rowwise{
	name: "softmax", doc: "y = exp(x - lse[r]), lse the row's logsumexp; a row of lse -Inf gives 0",
	mats: []string{"y", "x"}, vecs: []string{"lse"}, flops: 2,
	ref: func(m, v []float64) float64 {
		if math.IsInf(v[0], -1) {
			return 0
		}
		return math.Exp(m[0] - v[0])
	},
	// The difference errs by u of itself, which exp turns into relative error.
	err: func(m, v []float64, y float64, e engine.MathErrors) float64 {
		if y == 0 || math.IsInf(y, 0) {
			return minNormal
		}
		r := math.Expm1(engine.U * math.Abs(m[0]-v[0]))
		return y*(r+e.Exp*engine.U*(1+r)) + minNormal
	},
	host: func(y, x, _ []float32, v []float32) {
		if v[0] < -math.MaxFloat32 {
			clear(y)
			return
		}
		for i, xi := range x {
			y[i] = engine.Exp32(xi - v[0])
		}
	},
	// Every seventh row is fully masked; elements of others lie below their logsumexp.
	inputs: func(p RowwiseParams, r *rand.Rand, b [][]float64) {
		eachRow(p.Rows, p.Cols, func(row, col int) { b[1][row*int(p.LdA)+col] = 3 * r.NormFloat64() })
		for row := range b[2] {
			b[2][row] = 12 + r.NormFloat64()
			if row%7 == 3 {
				b[2][row] = math.Inf(-1)
				for col := range int(p.Cols) {
					b[1][row*int(p.LdA)+col] = math.Inf(-1)
				}
			}
		}
	},
}

var softmaxBackDef = rowwise{
	name: "softmax_back", doc: "dx = (dy - dot[r]) y, dot[r] = sum dy y over the row",
	mats: []string{"dx", "dy", "y"}, vecs: []string{"dot"}, adds: true, flops: 2,
	ref: func(m, v []float64) float64 { return (m[0] - v[0]) * m[1] },
	err: func(_, _ []float64, dx float64, e engine.MathErrors) float64 {
		return engine.Gamma(2)*math.Abs(dx) + e.Tiny
	},
	host: func(dx, dy, y []float32, v []float32) {
		for i, d := range dy {
			dx[i] = (d - v[0]) * y[i]
		}
	},
}

var (
	softmax     = softmaxDef.kernel()
	softmaxBack = softmaxBackDef.kernel()
)

// Softmax is y[r][c] = exp(x[r][c]) / sum over c of exp(x[r][c]), by way of the row's
// logsumexp, so that rows of any length and size are stable; y may be x. A fully masked
// row (all -Inf) gives zeros, where PyTorch gives NaN; +Inf in a row gives NaN there and 0
// elsewhere; NaN makes the whole row NaN. The relative error grows as u |x - lse|.
func Softmax(y, x *engine.Tensor) {
	s := x.Device().Scope()
	defer s.Close()
	lse := s.Floats(x.Rows())
	RowLogSumExp(lse, x)
	softmaxDef.run(softmax, false, y, x, nil, lse)
}

// SoftmaxOf is y[r][c] = exp(x[r][c] - lse[r]): Softmax where the logsumexps are at hand.
func SoftmaxOf(y, x, lse *engine.Tensor) { softmaxDef.run(softmax, false, y, x, nil, lse) }

// SoftmaxBack is dx = (dy - sum of dy y over the row) y, added to dx when accumulate is
// set. y is what Softmax gave; dx may be dy.
func SoftmaxBack(dx, dy, y *engine.Tensor, accumulate bool) {
	sameShape("softmax_back", dx, dy, y)
	s := y.Device().Scope()
	defer s.Close()
	dot := s.Floats(y.Rows())
	RowDot(dot, dy, y)
	softmaxBackDef.run(softmaxBack, accumulate, dx, dy, y, dot)
}
