package kernels

import "mindgap/engine"

// cosineHistogramHost computes products by BLAS, a row of units at a time and about pairBlock
// columns wide, and bins them on all cores: every unit has its own histogram.
func cosineHistogramHost(h *engine.Host, p CosineHistogramParams, v []engine.View) {
	rows, cols, d := int(p.Rows), int(p.Cols), int(p.D)
	ldX, ldY, ur, uc := int(p.LdX), int(p.LdY), int(p.UnitRows), int(p.UnitCols)
	across := ceil(cols, uc)
	width := max(pairBlock/uc, 1) * uc
	buf := make([]float32, min(ur, rows)*min(width, cols))
	for r0 := 0; r0 < rows && !h.Stopped(); r0 += ur {
		nr := min(ur, rows-r0)
		first := 0
		if p.Upper != 0 {
			first = (r0 + 1) / uc * uc
		}
		for c0 := first; c0 < cols; c0 += width {
			nc := min(width, cols-c0)
			hostDots(h, nr, nc, d, ldX, ldY, v[3].F[r0*ldX:], v[4].F[c0*ldY:], buf[:nr*nc])
			h.Parallel(ceil(nc, uc), 1, func(lo, hi int) {
				for t := lo; t < hi; t++ {
					unit := r0/ur*across + c0/uc + t
					counts := v[0].U[unit*(int(p.Bins)+1):][:p.Bins+1]
					low, high := v[1].F[unit], v[2].F[unit]
					for i := range nr {
						a := t * uc
						if p.Upper != 0 {
							a = max(a, r0+i+1-c0)
						}
						if b := min((t+1)*uc, nc); a < b {
							low, high = countRow(p, counts, buf[i*nc+a:i*nc+b], low, high)
						}
					}
					v[1].F[unit], v[2].F[unit] = low, high
				}
			})
		}
	}
}

// countRow bins numbers and widens their range.
func countRow(p CosineHistogramParams, counts []uint32, row []float32, low, high float32) (float32, float32) {
	last := float32(p.Bins - 1)
	for _, c := range row {
		t := (c - p.Lo) * p.PerBin
		bin := p.Bins
		switch { // truncation is floor for what is not negative
		case t < 0:
			bin = 0
		case t < last:
			bin = int32(t)
		case t >= last:
			bin = p.Bins - 1
		}
		counts[bin]++
		if c < low {
			low = c
		}
		if c > high {
			high = c
		}
	}
	return low, high
}
