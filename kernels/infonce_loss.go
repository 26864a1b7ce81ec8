package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// InfoNCELossParams weighs the two directions of n matched pairs. A direction of weight 0 is
// not read.
type InfoNCELossParams struct {
	N          int32
	WRow, WCol float32
}

var infonceLoss = &engine.Kernel[InfoNCELossParams]{
	Name: "infonce_loss", Doc: "loss = 1/n sum_i w_row (lse_row_i - s_ii) + w_col (lse_col_i - s_ii)", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "loss", Access: engine.Out},
		{Name: "lse_row", Access: engine.In}, {Name: "lse_col", Access: engine.In}, {Name: "diag", Access: engine.In},
	},
	Variants: []engine.Variant[InfoNCELossParams]{{
		Name: "plain", File: "infonce_loss.comp.glsl",
		Groups: func(p InfoNCELossParams) int { return 1 },
		Loops:  func(p InfoNCELossParams) int { return ceil(int(p.N), sumLanes) + 16 },
	}},
	Size: func(p InfoNCELossParams) []int {
		engine.Check("infonce_loss", p.N > 0, "%d pairs", p.N)
		size := []int{1, 0, 0, int(p.N)}
		if p.WRow != 0 {
			size[1] = int(p.N)
		}
		if p.WCol != 0 {
			size[2] = int(p.N)
		}
		return size
	},
	Cost: func(p InfoNCELossParams) engine.Cost {
		return engine.Cost{Flops: 6 * float64(p.N), Bytes: 8 * float64(p.N)}
	},
	Ref: func(p InfoNCELossParams, b [][]float64) {
		var sum float64
		for i, s := range b[3] {
			if p.WRow != 0 {
				sum += float64(p.WRow) * (b[1][i] - s)
			}
			if p.WCol != 0 {
				sum += float64(p.WCol) * (b[2][i] - s)
			}
		}
		b[0][0] = sum / float64(p.N)
	},
	Host: func(h *engine.Host, p InfoNCELossParams, v []engine.View) {
		v[0].F[0] = sumPairs(int(p.N), func(i int) float32 {
			var t float32
			s := v[3].F[i]
			if p.WRow != 0 {
				t = p.WRow * (v[1].F[i] - s)
			}
			if p.WCol != 0 {
				t += p.WCol * (v[2].F[i] - s)
			}
			return t
		}) / float32(p.N)
	},
	// Each term has a subtraction, a product and a sum per direction; the sum over n is
	// compensated (sumPairsBound), the division by n rounds once.
	Bound: func(p InfoNCELossParams, e engine.MathErrors, b [][]float64) [][]float64 {
		var abs, sum float64
		for i, s := range b[3] {
			var t float64
			if p.WRow != 0 {
				t += float64(p.WRow) * math.Abs(b[1][i]-s)
			}
			if p.WCol != 0 {
				t += float64(p.WCol) * math.Abs(b[2][i]-s)
			}
			abs += t
			sum += t * engine.Gamma(3)
		}
		sum += sumPairsBound(int(p.N), abs, b[0][0]*float64(p.N))
		return [][]float64{{sum/float64(p.N) + (e.Div+1)*engine.U*math.Abs(b[0][0])}, nil, nil, nil}
	},
	Inputs: func(p InfoNCELossParams, r *rand.Rand, b [][]float64) {
		for i := range b[3] {
			b[3][i] = 20 * r.NormFloat64()
			for _, lse := range b[1:3] {
				if len(lse) > 0 {
					lse[i] = b[3][i] + 0.1 + 5*r.Float64()
				}
			}
		}
	},
	Cases: []InfoNCELossParams{{1, 0.5, 0.5}, {1, 1, 0}, {7, 0, 1}, {255, 0.5, 0.5}, {257, 1, 0}, {5000, 0.5, 0.5}, {70000, 0.5, 0.5}},
}

// sumLanes is how many invocations share a compensated sum (include/sum_pairs.glsl).
const sumLanes = 256

// sumPairs adds f(0..n) in float32 pairs (sum, error), as the shaders do.
func sumPairs(n int, f func(i int) float32) float32 {
	var s, e float32
	for i := range n {
		x := f(i)
		t := s + x
		z := t - s
		e += (s - (t - z)) + (x - z)
		s = t
	}
	if r := s + e; r == r {
		return r
	}
	return s // Inf, whose error term is NaN
}

// sumPairsBound bounds a compensated sum of n terms, whose absolute values add up to abs:
// one rounding of the result, and gamma_n of gamma_n (Ogita, Rump, Oishi 2005, prop. 4.5).
func sumPairsBound(n int, abs, sum float64) float64 {
	g := engine.Gamma(2 * n)
	return 2*engine.U*math.Abs(sum) + g*g*abs
}

// InfoNCEScaleGradParams is the number of partial sums.
type InfoNCEScaleGradParams struct{ N, Accumulate int32 }

var infonceScaleGrad = &engine.Kernel[InfoNCEScaleGradParams]{
	Name: "infonce_scale_grad", Doc: "dscale (+)= sum of part", Source: shaders,
	Bufs: []engine.Buf{{Name: "dscale", Access: engine.InOut}, {Name: "part", Access: engine.In}},
	Variants: []engine.Variant[InfoNCEScaleGradParams]{{
		Name: "plain", File: "infonce_scale_grad.comp.glsl",
		Groups: func(InfoNCEScaleGradParams) int { return 1 },
		Loops:  func(p InfoNCEScaleGradParams) int { return ceil(int(p.N), sumLanes) + 16 },
	}},
	Size: func(p InfoNCEScaleGradParams) []int {
		engine.Check("infonce_scale_grad", p.N >= 0, "%d parts", p.N)
		return []int{1, int(p.N)}
	},
	Cost: func(p InfoNCEScaleGradParams) engine.Cost {
		return engine.Cost{Flops: float64(p.N), Bytes: 4 * float64(p.N)}
	},
	Ref: func(p InfoNCEScaleGradParams, b [][]float64) {
		var sum float64
		for _, x := range b[1] {
			sum += x
		}
		if p.Accumulate != 0 {
			sum += b[0][0]
		}
		b[0][0] = sum
	},
	Host: func(h *engine.Host, p InfoNCEScaleGradParams, v []engine.View) {
		sum := sumPairs(int(p.N), func(i int) float32 { return v[1].F[i] })
		if p.Accumulate != 0 {
			sum += v[0].F[0]
		}
		v[0].F[0] = sum
	},
	Bound: func(p InfoNCEScaleGradParams, e engine.MathErrors, b [][]float64) [][]float64 {
		var abs, sum float64
		for _, x := range b[1] {
			abs += math.Abs(x)
			sum += x
		}
		return [][]float64{{sumPairsBound(int(p.N), abs, sum) + engine.U*math.Abs(b[0][0]) + float64(p.N)*e.Tiny}, nil}
	},
	Cases: []InfoNCEScaleGradParams{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {256, 0}, {1000, 1}, {70001, 0}},
}
