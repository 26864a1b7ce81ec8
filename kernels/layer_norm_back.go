package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// LayerNormBackParams describes the gradient of layer_norm with respect to x; with
// Accumulate 1 it is added to dx.
type LayerNormBackParams struct {
	Rows, Cols, LdDx, LdDy, LdX int32
	Accumulate                  int32
}

var layerNormBack = &engine.Kernel[LayerNormBackParams]{
	Name: "layer_norm_back", Doc: "dx (+)= rstd (g - mean g - z mean(g z)), g = dy gain, z = (x - mean) rstd, means along each row",
	Source: shaders, Special: true, InPlace: true,
	Bufs: []engine.Buf{
		{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "x", Access: engine.In},
		{Name: "gain", Access: engine.In}, {Name: "stats", Access: engine.In},
	},
	Variants: sweepVariants("layer_norm_back.comp.glsl", 2, []string{"dy", "x", "gain"}, []string{"dx"}, LayerNormBackParams.sweep),
	Size: func(p LayerNormBackParams) []int {
		checkMatrix("layer_norm_back", p.Rows, p.Cols, p.LdDx, p.LdDy, p.LdX)
		engine.Check("layer_norm_back", p.Cols > 0, "rows of no element")
		return []int{
			span(p.Rows, p.Cols, p.LdDx), span(p.Rows, p.Cols, p.LdDy), span(p.Rows, p.Cols, p.LdX), int(p.Cols), 2 * int(p.Rows),
		}
	},
	Cost: func(p LayerNormBackParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 10 * n, Bytes: 4 * n * float64(3+p.Accumulate)}
	},
	Split: func(p LayerNormBackParams) engine.Split[LayerNormBackParams] {
		return engine.Split[LayerNormBackParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdDx), int(p.LdDy), int(p.LdX), 0, 2},
			Part: func(lo, hi int) LayerNormBackParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p LayerNormBackParams, b [][]float64) {
		n := int(p.Cols)
		g, z := make([]float64, n), make([]float64, n)
		for r := range int(p.Rows) {
			var s1, s2 float64
			for c := range n {
				g[c] = b[1][r*int(p.LdDy)+c] * b[3][c]
				z[c] = (b[2][r*int(p.LdX)+c] - b[4][2*r]) * b[4][2*r+1]
				s1 += g[c] / float64(n)
				s2 += g[c] * z[c] / float64(n)
			}
			for c := range n {
				put(b[0], r*int(p.LdDx)+c, b[4][2*r+1]*(g[c]-s1-z[c]*s2), p.Accumulate)
			}
		}
	},
	Host: func(h *engine.Host, p LayerNormBackParams, v []engine.View) {
		n := int(p.Cols)
		h.Parallel(int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
			for r := lo; r < hi; r++ {
				dx, dy, x := v[0].F[r*int(p.LdDx):][:n], v[1].F[r*int(p.LdDy):][:n], v[2].F[r*int(p.LdX):][:n]
				gain, mean, rstd := v[3].F[:n], v[4].F[2*r], v[4].F[2*r+1]
				s1, s2 := vector.GradSums(dy, x, gain, mean, rstd)
				a, b := float32(s1/float64(n)), float32(s2/float64(n))
				vector.GradRow(dx, dy, x, gain, mean, rstd, a, b, p.Accumulate != 0)
			}
		})
	},
	Bound: layerNormBackBound,
	Inputs: func(p LayerNormBackParams, r *rand.Rand, b [][]float64) {
		farRows(r, p.Rows, p.Cols, p.LdX, b[2], b[0], b[1], b[3])
		keptStats(b[4], b[2], p.Rows, p.Cols, p.LdX)
	},
	Cases: []LayerNormBackParams{
		{0, 5, 5, 5, 5, 0}, {1, 1, 1, 1, 1, 1}, {5, 7, 9, 8, 7, 0}, {19, 64, 64, 68, 64, 1}, {7, 65, 65, 65, 66, 0},
		{33, 68, 72, 68, 68, 1}, {6, 1024, 1024, 1024, 1024, 0}, {3, 1300, 1300, 1304, 1300, 1}, {2, 25001, 25001, 25001, 25001, 0},
	},
	Bench:  []LayerNormBackParams{{800, 768, 768, 768, 768, 0}},
	Bucket: LayerNormBackParams.bucket, Tune: layerNormBackTune,
}

func (p LayerNormBackParams) sweep() (rows, cols int32, fours bool) {
	return p.Rows, p.Cols, p.Cols%4 == 0 && p.LdDx%4 == 0 && p.LdDy%4 == 0 && p.LdX%4 == 0
}

// keptStats makes what layer_norm keeps of the rows of x.
func keptStats(stats, x []float64, rows, cols, ld int32) {
	for r := range int(rows) {
		mean, variance := meanVariance(x[r*int(ld):][:cols])
		stats[2*r], stats[2*r+1] = mean, 1/math.Sqrt(variance+LayerNormEps)
	}
}
