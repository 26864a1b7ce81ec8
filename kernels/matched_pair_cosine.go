package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// PairParams describes a function of n pairs.
type PairParams struct{ N int32 }

var matchedPairCosine = &engine.Kernel[PairParams]{
	Name: "matched_pair_cosine", Doc: "y = dot / |a| / |b|, lengths at least 1e-12", Source: shaders, Special: true, InPlace: true,
	Bufs: []engine.Buf{
		{Name: "y", Access: engine.Out}, {Name: "dot", Access: engine.In},
		{Name: "na", Access: engine.In}, {Name: "nb", Access: engine.In},
	},
	Variants: []engine.Variant[PairParams]{{
		Name: "scalar", File: "matched_pair_cosine.comp.glsl",
		Groups: func(p PairParams) int { return ceil(int(p.N), 64) },
		Loops:  func(PairParams) int { return 0 },
	}},
	Size: func(p PairParams) []int {
		n := int(p.N)
		engine.Check("matched_pair_cosine", n >= 0, "%d pairs", n)
		return []int{n, n, n, n}
	},
	Cost: func(p PairParams) engine.Cost { return engine.Cost{Flops: 2 * float64(p.N), Bytes: 16 * float64(p.N)} },
	Split: func(p PairParams) engine.Split[PairParams] {
		return engine.Split[PairParams]{
			Rows: int(p.N), Step: []int{1, 1, 1, 1},
			Part: func(lo, hi int) PairParams { return PairParams{int32(hi - lo)} },
		}
	},
	Ref: func(_ PairParams, b [][]float64) {
		for i := range b[0] {
			b[0][i] = b[1][i] / (atLeastEps(b[2][i]) * atLeastEps(b[3][i]))
		}
	},
	Host: func(h *engine.Host, p PairParams, v []engine.View) {
		h.Parallel(int(p.N), reduceGrain, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				v[0].F[i] = v[1].F[i] / atLeastEps(v[2].F[i]) / atLeastEps(v[3].F[i])
			}
		})
	},
	// Two divisions; the first may underflow, and the second then makes that larger.
	Bound: func(_ PairParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		d := e.Div * engine.U
		for i, y := range b[0] {
			out[i] = d*(2+d)*math.Abs(y) + e.Tiny/atLeastEps(b[3][i])
		}
		return [][]float64{out, nil, nil, nil}
	},
	Inputs: func(_ PairParams, r *rand.Rand, b [][]float64) {
		for i := range b[1] {
			b[2][i], b[3][i] = 0.1+math.Abs(r.NormFloat64()), 0.1+math.Abs(r.NormFloat64())
			b[1][i] = (2*r.Float64() - 1) * b[2][i] * b[3][i]
			if i%7 == 3 {
				b[1][i], b[2][i] = 0, 0
			}
		}
	},
	Cases: []PairParams{{0}, {1}, {63}, {65}, {1000}},
	Bench: []PairParams{{1 << 20}},
}

// MatchedPairCosine is y[i] = a[i].b[i] / (|a[i]| |b[i]|) for the rows of two matrices of
// one shape, of any length; y holds a.Rows() numbers, contiguous. A row of zeros gives 0.
// Each value is rounded on its own and may be beyond 1 by some units in the last place.
func MatchedPairCosine(y, a, b *engine.Tensor) {
	sameShape("matched_pair_cosine", a, b)
	s := a.Device().Scope()
	defer s.Close()
	n := a.Rows()
	engine.Check("matched_pair_cosine", y.Len() == n && y.Contiguous(), "%v is no contiguous vector of %d", y, n)
	dot, na, nb := s.Floats(n), s.Floats(n), s.Floats(n)
	RowDot(dot, a, b)
	RowNorm(na, a)
	RowNorm(nb, b)
	matchedPairCosine.Run(PairParams{int32(n)}, y, dot, na, nb)
}
