package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// normEps is the least length that a row is divided by, as in torch.nn.functional.normalize.
const normEps = float32(1e-12)

var rowNormalisationDef = rowwise{
	name: "row_normalisation", doc: "y = x / max(norm[r], 1e-12), norm the row's length",
	mats: []string{"y", "x"}, vecs: []string{"norm"}, flops: 1,
	ref: func(m, v []float64) float64 {
		if n := v[0]; n >= float64(normEps) || math.IsNaN(n) {
			return m[0] / n
		}
		return m[0] / float64(normEps)
	},
	err: func(_, _ []float64, y float64, e engine.MathErrors) float64 { return e.Div * engine.U * math.Abs(y) },
	host: func(y, x, _ []float32, v []float32) {
		n := v[0]
		if n < normEps {
			n = normEps
		}
		for i, xi := range x {
			y[i] = xi / n
		}
	},
	inputs: normInputs,
}

var rowNormalisationBackDef = rowwise{
	name: "row_normalisation_back", doc: "dx = (dy - dot[r] y) / norm[r], dot[r] = sum dy y; dy / 1e-12 where norm is less",
	mats: []string{"dx", "dy", "y"}, vecs: []string{"norm", "dot"}, adds: true, flops: 3,
	ref: func(m, v []float64) float64 {
		if n := v[0]; n >= float64(normEps) || math.IsNaN(n) {
			return (m[0] - v[1]*m[1]) / n
		}
		return m[0] / float64(normEps)
	},
	// A product, a difference (these two may be one) and a division.
	err: func(m, v []float64, dx float64, e engine.MathErrors) float64 {
		n, product := v[0], math.Abs(v[1]*m[1])
		if n < float64(normEps) {
			return e.Div * engine.U * math.Abs(dx)
		}
		top := (engine.Gamma(2)*product + engine.U*math.Abs(m[0]-v[1]*m[1]) + 2*e.Tiny) / n
		d := e.Div * engine.U
		return top*(1+d) + d*math.Abs(dx)
	},
	host: func(dx, dy, y []float32, v []float32) {
		n, dot := v[0], v[1]
		if n < normEps {
			for i, d := range dy {
				dx[i] = d / normEps
			}
			return
		}
		for i, d := range dy {
			dx[i] = (d - dot*y[i]) / n
		}
	},
	inputs: normInputs,
}

// normInputs makes lengths from 0.1 on, and every seventh row of length 0.
func normInputs(_ RowwiseParams, r *rand.Rand, b [][]float64) {
	norm := b[len(b)-1]
	if len(b) == 5 {
		norm = b[3]
	}
	for i, list := range b {
		for j := range list {
			if i > 0 || len(b) == 5 { // y is only written, dx may be added to
				list[j] = float64(float32(r.NormFloat64()))
			}
		}
	}
	for i := range norm {
		norm[i] = 0.1 + math.Abs(norm[i])
		if i%7 == 3 {
			norm[i] = 0
		}
	}
}

var (
	rowNormalisation     = rowNormalisationDef.kernel()
	rowNormalisationBack = rowNormalisationBackDef.kernel()
)

// RowNormalise is y[r] = x[r] / max(|x[r]|, 1e-12), and norms[r] = |x[r]| for RowNormaliseBack
// (x.Rows() numbers, contiguous); y may be x. A row of zeros stays zeros. Lengths come
// from float32 squares: see RowNorm for the range.
func RowNormalise(y, norms, x *engine.Tensor) {
	RowNorm(norms, x)
	rowNormalisationDef.run(rowNormalisation, false, y, x, nil, norms)
}

// RowNormaliseBack is dx = (dy - (dy.y) y) / |x| row by row, added to dx when accumulate is
// set; y and norms are what RowNormalise gave. A row shorter than 1e-12 gets dy / 1e-12,
// as in PyTorch. dx may be dy.
func RowNormaliseBack(dx, dy, y, norms *engine.Tensor, accumulate bool) {
	sameShape("row_normalisation_back", dx, dy, y)
	s := y.Device().Scope()
	defer s.Close()
	dot := s.Floats(y.Rows())
	RowDot(dot, dy, y)
	rowNormalisationBackDef.run(rowNormalisationBack, accumulate, dx, dy, y, norms, dot)
}
