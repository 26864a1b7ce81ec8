package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// normEps is the least length that a row is divided by, as in torch.nn.functional.normalize.
const normEps = float32(1e-12)

// atLeastEps keeps divisors from zero, and NaN.
func atLeastEps[T float](n T) T {
	if n < T(normEps) {
		return T(normEps)
	}
	return n
}

var rowNormalisation = elementwise[RowwiseParams]{
	name: "row_normalisation", doc: "y = x / max(norm[r], 1e-12), norm the row's length", file: "row_normalisation.comp.glsl",
	bufs:   []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}, {Name: "norm", Access: engine.In}},
	perRow: []string{"norm"}, layout: RowwiseParams.layout, part: RowwiseParams.part, flops: 1,
	ref: func(_ RowwiseParams, v [][]float64) {
		for i, x := range v[1] {
			v[0][i] = x / atLeastEps(v[2][0])
		}
	},
	host: func(_ RowwiseParams, v [][]float32) {
		y := v[0]
		for i, x := range v[1] {
			y[i] = x / atLeastEps(v[2][0])
		}
	},
	bound: func(_ RowwiseParams, e engine.MathErrors, v, out [][]float64) {
		for i, y := range v[0] {
			out[0][i] = e.Div * engine.U * math.Abs(y)
		}
	},
	inputs: func(p RowwiseParams, r *rand.Rand, b [][]float64) { normInputs(r, b[1:2], b[2]) },
	cases:  rowwiseCases, bench: rowwiseBench,
}.kernel()

var rowNormalisationBack = elementwise[RowwiseBackParams]{
	name: "row_normalisation_back", file: "row_normalisation_back.comp.glsl",
	doc: "dx (+)= (dy - dot[r] y) / norm[r], dot[r] = sum dy y; dy / 1e-12 where norm is less",
	bufs: []engine.Buf{
		{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "y", Access: engine.In},
		{Name: "norm", Access: engine.In}, {Name: "dot", Access: engine.In},
	},
	perRow: []string{"norm", "dot"}, part: RowwiseBackParams.part, flops: 3,
	layout: func(p RowwiseBackParams) (rows, cols int32, o []operand) { return p.layout(2) },
	ref: func(p RowwiseBackParams, v [][]float64) {
		for i, dy := range v[1] {
			put(v[0], i, normGradient(dy, v[2][i], v[3][0], v[4][0]), p.Accumulate)
		}
	},
	host: func(p RowwiseBackParams, v [][]float32) {
		dx, y, n, dot := v[0], v[2], v[3], v[4]
		for i, dy := range v[1] {
			if n[0] < normEps {
				put(dx, i, dy/normEps, p.Accumulate)
				continue
			}
			put(dx, i, (dy-dot[0]*y[i])/n[0], p.Accumulate)
		}
	},
	// A product, a difference (these two may be one) and a division.
	bound: func(p RowwiseBackParams, e engine.MathErrors, v, out [][]float64) {
		n, dot, d := v[3], v[4], e.Div*engine.U
		for i, dy := range v[1] {
			product := dot[0] * v[2][i]
			top := engine.Gamma(2)*math.Abs(product) + engine.U*math.Abs(dy-product) + 2*e.Tiny
			if n[0] < float64(normEps) {
				top = 0
			}
			g := math.Abs(normGradient(dy, v[2][i], n[0], dot[0]))
			out[0][i] = p.added(top/atLeastEps(n[0])*(1+d)+d*g+e.Tiny, v[0][i])
		}
	},
	inputs: func(p RowwiseBackParams, r *rand.Rand, b [][]float64) {
		normInputs(r, [][]float64{b[0], b[1], b[2], b[4]}, b[3])
	},
	cases: rowwiseBackCases, bench: rowwiseBackBench,
}.kernel()

func normGradient(dy, y, norm, dot float64) float64 {
	if norm < float64(normEps) {
		return dy / float64(normEps)
	}
	return (dy - dot*y) / norm
}

// normInputs makes normal numbers, and lengths from 0.1 on with every seventh 0.
func normInputs(r *rand.Rand, others [][]float64, norm []float64) {
	for _, list := range others {
		for i := range list {
			list[i] = r.NormFloat64()
		}
	}
	for i := range norm {
		norm[i] = 0.1 + math.Abs(r.NormFloat64())
		if i%7 == 3 {
			norm[i] = 0
		}
	}
}

// RowNormalise is y[r] = x[r] / max(|x[r]|, 1e-12), and norms[r] = |x[r]| for RowNormaliseBack
// (x.Rows() numbers, contiguous); y may be x. A row of zeros stays zeros. Lengths come
// from float32 squares: see RowNorm for the range.
func RowNormalise(y, norms, x *engine.Tensor) {
	RowNorm(norms, x)
	runRowwise(rowNormalisation, y, x, norms)
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
	runRowwiseBack(rowNormalisationBack, accumulate, dx, dy, y, norms, dot)
}
