package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// CosineRowParams describes what all-pairs cosines need of each of rows unit rows.
type CosineRowParams struct{ Rows, Cols, LdD, LdX int32 }

var cosineRowMoments = &engine.Kernel[CosineRowParams]{
	Name: "cosine_row_moments", Doc: "d = x - g, m[i] = (|d[i]|^2, g.d[i]) for each row", Source: shaders, Special: true, InPlace: true,
	Bufs: []engine.Buf{
		{Name: "d", Access: engine.Out}, {Name: "m", Access: engine.Out},
		{Name: "x", Access: engine.In}, {Name: "g", Access: engine.In},
	},
	Variants: []engine.Variant[CosineRowParams]{
		{
			Name: "group", File: "cosine_row_moments.comp.glsl", Defines: []string{fmt.Sprintf("LANES=%d", rowLanes)},
			Groups: func(p CosineRowParams) int { return int(p.Rows) },
			Loops:  func(p CosineRowParams) int { return ceil(int(p.Cols), rowLanes) + 12 },
			Prefer: engine.Hardware[CosineRowParams],
		},
		{
			Name: "single", File: "cosine_row_moments.comp.glsl",
			Groups: func(p CosineRowParams) int { return ceil(int(p.Rows), 16) },
			Loops:  func(p CosineRowParams) int { return int(p.Cols) },
		},
	},
	Size: func(p CosineRowParams) []int {
		checkMatrix("cosine_row_moments", p.Rows, p.Cols, p.LdD, p.LdX)
		return []int{span(p.Rows, p.Cols, p.LdD), 2 * int(p.Rows), span(p.Rows, p.Cols, p.LdX), int(p.Cols)}
	},
	Cost: func(p CosineRowParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 5 * n, Bytes: 8 * (n + float64(p.Rows))}
	},
	Split: func(p CosineRowParams) engine.Split[CosineRowParams] {
		return engine.Split[CosineRowParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdD), 2, int(p.LdX), 0},
			Part: func(lo, hi int) CosineRowParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p CosineRowParams, b [][]float64) {
		for r := range int(p.Rows) {
			var d []float64
			if p.Cols > 0 {
				d = b[0][r*int(p.LdD):][:p.Cols]
				floats.SubTo(d, b[2][r*int(p.LdX):][:p.Cols], b[3])
			}
			b[1][2*r], b[1][2*r+1] = floats.Dot(d, d), floats.Dot(d, b[3])
		}
	},
	Host: func(h *engine.Host, p CosineRowParams, v []engine.View) {
		h.Parallel(int(p.Rows), rowGrain(p.Cols, reduceGrain), func(lo, hi int) {
			for r := lo; r < hi; r++ {
				var q, a float64
				if p.Cols > 0 {
					d, x := v[0].F[r*int(p.LdD):][:p.Cols], v[2].F[r*int(p.LdX):][:p.Cols]
					for c, g := range v[3].F[:p.Cols] {
						d[c] = x[c] - g
						q += float64(d[c]) * float64(d[c])
						a += float64(d[c]) * float64(g)
					}
				}
				v[1].F[2*r], v[1].F[2*r+1] = float32(q), float32(a)
			}
		})
	},
	// Inner products (gamma_n) of differences that are rounded themselves, once or twice.
	Bound: func(p CosineRowParams, e engine.MathErrors, b [][]float64) [][]float64 {
		d, m := make([]float64, len(b[0])), make([]float64, len(b[1]))
		for r := range int(p.Rows) {
			var s float64
			for c := range int(p.Cols) {
				v := math.Abs(b[0][r*int(p.LdD)+c])
				d[r*int(p.LdD)+c] = engine.U * v
				s += v * math.Abs(b[3][c])
			}
			n := int(p.Cols)
			m[2*r] = engine.Gamma(n+2)*b[1][2*r] + 3*float64(n)*e.Tiny
			m[2*r+1] = engine.Gamma(n+1)*s + 3*float64(n)*e.Tiny
		}
		return [][]float64{d, m, nil, nil}
	},
	Cases: []CosineRowParams{{0, 5, 5, 5}, {3, 0, 0, 0}, {1, 1, 1, 1}, {5, 7, 9, 8}, {19, 65, 65, 66}, {33, 512, 512, 512}},
	Bench: []CosineRowParams{{16384, 512, 512, 512}},
}
