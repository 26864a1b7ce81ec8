package kernels

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// colStrip is how many neighbouring columns are reduced at a time.
const colStrip = 128

// infoncePartialHost reduces the strip tile by tile, RowBlock x ColBlock pairs, along both axes.
func infoncePartialHost(h *engine.Host, p InfoNCEPartialParams, v []engine.View) {
	rows, cols, scale := int(p.Rows), int(p.Cols), v[7].F[0]
	rb, cb := int(p.RowBlock), int(p.ColBlock)
	pairs := hostPairs{
		rows: rows, cols: cols, d: int(p.D), ldQ: int(p.LdQ), ldK: int(p.LdK), q: v[5].F, k: v[6].F,
		high: min(rb, rows), wide: min(cb, cols), halves: true,
	}
	pairs.each(h, func(t pairTile) {
		vector.Scale(t.s, scale)
		room := borrow(t.nc)
		defer giveBack(room)
		for i := range t.nr {
			row := t.s[i*t.nc:][:t.nc]
			if j := int(p.First) + t.r0 + i - t.c0; j >= 0 && j < t.nc {
				v[4].F[t.r0+i] = row[j]
			}
			if p.Sides&sideRows != 0 {
				o := t.c0/cb*rows + t.r0 + i
				v[0].F[o], v[1].F[o] = maxSum(row, *room)
			}
		}
		if p.Sides&sideCols == 0 {
			return
		}
		o := t.r0/rb*cols + t.c0
		for lo := 0; lo < t.nc; lo += colStrip {
			hi := min(lo+colStrip, t.nc)
			maxSumCols(v[2].F[o+lo:o+hi], v[3].F[o+lo:o+hi], t.s, t.nr, t.nc, lo, hi)
		}
	})
}

// maxSum is (m, sum exp(x - m)) with m = max x. tmp has room for len(x) numbers.
func maxSum(x, tmp []float32) (m, sum float32) {
	if m = vector.Max(x); m != m { // of the others: NaN is in the sum
		m = float32(math.Inf(-1))
		for _, v := range x {
			if v > m {
				m = v
			}
		}
	}
	tmp = tmp[:len(x)]
	copy(tmp, x)
	return m, vector.ExpSum(tmp, finiteBase32(m))
}

// maxSumCols is maxSum of columns lo..hi of a matrix of rows x ld, read row by row.
func maxSumCols(m, sum, s []float32, rows, ld, lo, hi int) {
	var base [colStrip]float32
	for j := range m {
		m[j], sum[j] = float32(math.Inf(-1)), 0
	}
	for i := range rows {
		vector.MaxOf(m, s[i*ld+lo:i*ld+hi])
	}
	for j, v := range m {
		base[j] = finiteBase32(v)
	}
	for i := range rows {
		vector.AddExp(sum, s[i*ld+lo:i*ld+hi], base[:])
	}
}

func finiteBase32(m float32) float32 {
	if m < -math.MaxFloat32 {
		return 0
	}
	return m
}
