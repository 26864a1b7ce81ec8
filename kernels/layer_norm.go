package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// LayerNormParams describes y = (x - mean) / sqrt(var + Eps) gain + bias along rows. With
// HasStats 1, (mean, 1 / sqrt(var + Eps)) of each row is kept for the gradient.
type LayerNormParams struct {
	Rows, Cols, LdY, LdX int32
	HasStats             int32
	Eps                  float32
}

// LayerNormEps is what LayerNorm adds to the variance, PyTorch's default.
const LayerNormEps = 1e-5

var layerNorm = &engine.Kernel[LayerNormParams]{
	Name: "layer_norm", Doc: "y = (x - mean) / sqrt(var + eps) gain + bias along each row; (mean, 1 / sqrt(var + eps)) kept",
	Source: shaders, Special: true, InPlace: true,
	Bufs: []engine.Buf{
		{Name: "y", Access: engine.Out}, {Name: "stats", Access: engine.Out},
		{Name: "x", Access: engine.In}, {Name: "gain", Access: engine.In}, {Name: "bias", Access: engine.In},
	},
	Variants: sweepVariants("layer_norm.comp.glsl", 3, []string{"x", "gain", "bias"}, []string{"y"}, LayerNormParams.sweep),
	Size: func(p LayerNormParams) []int {
		checkMatrix("layer_norm", p.Rows, p.Cols, p.LdY, p.LdX)
		engine.Check("layer_norm", p.Cols > 0, "rows of no element")
		engine.Check("layer_norm", p.Eps >= 0, "eps is %g", p.Eps)
		return []int{span(p.Rows, p.Cols, p.LdY), 2 * int(p.Rows*p.HasStats), span(p.Rows, p.Cols, p.LdX), int(p.Cols), int(p.Cols)}
	},
	Cost: func(p LayerNormParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 9 * n, Bytes: 8 * n}
	},
	Split: func(p LayerNormParams) engine.Split[LayerNormParams] {
		return engine.Split[LayerNormParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdY), int(2 * p.HasStats), int(p.LdX), 0, 0},
			Part: func(lo, hi int) LayerNormParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p LayerNormParams, b [][]float64) {
		for r := range int(p.Rows) {
			x, y := b[2][r*int(p.LdX):][:p.Cols], b[0][r*int(p.LdY):][:p.Cols]
			mean, variance := meanVariance(x)
			rstd := 1 / math.Sqrt(variance+float64(p.Eps))
			for c, v := range x {
				y[c] = (v-mean)*rstd*b[3][c] + b[4][c]
			}
			if p.HasStats != 0 {
				b[1][2*r], b[1][2*r+1] = mean, rstd
			}
		}
	},
	Host:  layerNormHost,
	Bound: layerNormBound,
	Inputs: func(p LayerNormParams, r *rand.Rand, b [][]float64) {
		farRows(r, p.Rows, p.Cols, p.LdX, b[2], b[3], b[4])
	},
	Cases: []LayerNormParams{
		{0, 5, 5, 5, 1, 1e-5}, {1, 1, 1, 1, 1, 1e-5}, {5, 7, 9, 8, 0, 1e-5}, {19, 64, 64, 68, 1, 1e-5}, {7, 65, 65, 65, 1, 1e-6},
		{33, 68, 72, 68, 0, 1e-5}, {6, 1024, 1024, 1024, 1, 1e-5}, {3, 1300, 1300, 1304, 1, 1e-5}, {2, 25001, 25001, 25001, 1, 1e-5},
	},
	Bench:  []LayerNormParams{{800, 768, 768, 768, 1, 1e-5}, {1232, 512, 512, 512, 1, 1e-5}},
	Bucket: LayerNormParams.bucket, Tune: layerNormTune,
}

// sweep gives the matrix and whether rows can be taken four elements at a time.
func (p LayerNormParams) sweep() (rows, cols int32, fours bool) {
	return p.Rows, p.Cols, p.Cols%4 == 0 && p.LdY%4 == 0 && p.LdX%4 == 0
}

// meanVariance is the mean and the biased variance. Not one of them is finite where an
// element is not: Inf - Inf is part of both.
func meanVariance(x []float64) (mean, variance float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	var rest float64
	for _, v := range x {
		rest += (v - mean) / n
	}
	mean += rest
	for _, v := range x {
		variance += (v - mean) * (v - mean) / n
	}
	return mean, variance
}

// layerNormHost: see the head of layer_norm.comp.glsl for m and r; what m lacks is summed in float64.
func layerNormHost(h *engine.Host, p LayerNormParams, v []engine.View) {
	cols, gain, bias := int(p.Cols), v[3].F, v[4].F
	h.Parallel(int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
		for row := lo; row < hi; row++ {
			x, y := v[2].F[row*int(p.LdX):][:cols], v[0].F[row*int(p.LdY):][:cols]
			m := vector.RoughSum(x) / float32(cols)
			s1, s2 := vector.CentredSums(x, m)
			r := s1 / float64(cols)
			variance := max(s2/float64(cols)-r*r, 0)
			rstd := float32(1 / math.Sqrt(variance+float64(p.Eps)))
			vector.Normalise(y, x, gain, bias, m, float32(r), rstd)
			if p.HasStats != 0 {
				v[1].F[2*row], v[1].F[2*row+1] = float32(float64(m)+r), rstd
			}
		}
	})
}
