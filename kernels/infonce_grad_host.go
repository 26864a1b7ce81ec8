package kernels

import (
	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// infonceGradHost turns products into gradients tile by tile: one number of dscale_part per block.
func infonceGradHost(h *engine.Host, p InfoNCEGradParams, v []engine.View) {
	ldG, rb, cb := int(p.LdG), int(p.RowBlock), int(p.ColBlock)
	f := v[5].F[0] / float32(p.Total)
	across, side := ceil(int(p.Cols), cb), fewerPairs(int(max(p.Rows, p.Cols)))
	pairs := hostPairs{
		rows: int(p.Rows), cols: int(p.Cols), d: int(p.D), ldQ: int(p.LdQ), ldK: int(p.LdK), q: v[2].F, k: v[3].F,
		high: max(side/rb, 1) * rb, wide: max(side/cb, 1) * cb, halves: true,
	}
	pairs.each(h, func(t pairTile) {
		for i0 := 0; i0 < t.nr; i0 += rb {
			for j0 := 0; j0 < t.nc; j0 += cb {
				var part float32
				for i := i0; i < min(i0+rb, t.nr); i++ {
					dots := t.s[i*t.nc+j0 : i*t.nc+min(j0+cb, t.nc)]
					part += gradRow(p, v, t.r0+i, t.c0+j0, dots, v[0].F[(t.r0+i)*ldG+t.c0+j0:], f)
				}
				v[1].F[(t.r0+i0)/rb*across+(t.c0+j0)/cb] = part
			}
		}
	})
}

// gradRow turns the products of row i with columns j0, j0+1, ... into g, and gives their
// share of dscale.
func gradRow(p InfoNCEGradParams, v []engine.View, i, j0 int, dots, g []float32, f float32) float32 {
	c := vector.PairGradient{Scale: v[4].F[0], WRow: p.WRow, WCol: p.WCol, Factor: f}
	if p.WRow != 0 {
		c.LSE = v[6].F[i]
	}
	var cols []float32
	if p.WCol != 0 {
		cols = v[7].F[j0:][:len(dots)]
	}
	return c.Row(g, dots, cols, int(p.First)+i-j0)
}
