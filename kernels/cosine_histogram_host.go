package kernels

import (
	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

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
				count := newCounter(p)
				for t := lo; t < hi; t++ {
					unit := r0/ur*across + c0/uc + t
					low, high := v[1].F[unit], v[2].F[unit]
					for i := range nr {
						a := t * uc
						if p.Upper != 0 {
							a = max(a, r0+i+1-c0)
						}
						if b := min((t+1)*uc, nc); a < b {
							low, high = count.row(p, buf[i*nc+a:i*nc+b], low, high)
						}
					}
					count.addTo(v[0].U[unit*(int(p.Bins)+1):][:p.Bins+1])
					v[1].F[unit], v[2].F[unit] = low, high
				}
			})
		}
	}
}

// counter has four copies of a histogram, which take turns: cosines crowd in few bins, and a counter
// cannot be raised again before it is back from memory.
type counter struct {
	copies [4][]uint32
	bin    []int32
}

func newCounter(p CosineHistogramParams) counter {
	c := counter{bin: make([]int32, p.UnitCols)}
	for i := range c.copies {
		c.copies[i] = make([]uint32, p.Bins+1)
	}
	return c
}

// row bins numbers and widens their range.
func (c *counter) row(p CosineHistogramParams, row []float32, low, high float32) (float32, float32) {
	bin := c.bin[:len(row)]
	low, high = vector.Bins(bin, row, p.Lo, p.PerBin, p.Bins-1, low, high)
	a, b, d, e := c.copies[0], c.copies[1], c.copies[2], c.copies[3]
	for ; len(bin) >= 4; bin = bin[4:] {
		a[bin[0]]++
		b[bin[1]]++
		d[bin[2]]++
		e[bin[3]]++
	}
	for _, i := range bin {
		a[i]++
	}
	return low, high
}

// addTo adds the copies to a histogram, and begins anew.
func (c *counter) addTo(counts []uint32) {
	for _, part := range c.copies {
		for i, n := range part {
			counts[i] += n
		}
		clear(part)
	}
}
