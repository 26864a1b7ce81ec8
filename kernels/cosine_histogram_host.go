package kernels

import (
	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// cosineHistogramHost bins products tile by tile, some units at a time, each with its own histogram.
func cosineHistogramHost(h *engine.Host, p CosineHistogramParams, v []engine.View) {
	ur, uc := int(p.UnitRows), int(p.UnitCols)
	across := ceil(int(p.Cols), uc)
	pairs := hostPairs{
		rows: int(p.Rows), cols: int(p.Cols), d: int(p.D), ldQ: int(p.LdX), ldK: int(p.LdY), q: v[3].F, k: v[4].F,
		high: max(pairSide/ur, 1) * ur, wide: max(pairSide/uc, 1) * uc, upper: p.Upper != 0,
	}
	pairs.each(h, func(t pairTile) {
		count := newCounter(p)
		for r := 0; r < t.nr; r += ur {
			for c := 0; c < t.nc; c += uc {
				unit := (t.r0+r)/ur*across + (t.c0+c)/uc
				counts := v[0].U[unit*(int(p.Bins)+1):][:p.Bins+1]
				count.begin(counts)
				low, high := v[1].F[unit], v[2].F[unit]
				for i := r; i < min(r+ur, t.nr); i++ {
					a := c
					if p.Upper != 0 {
						a = max(a, t.r0+i+1-t.c0)
					}
					if b := min(c+uc, t.nc); a < b {
						low, high = count.row(p, t.s[i*t.nc+a:i*t.nc+b], low, high)
					}
				}
				count.addTo(counts)
				v[1].F[unit], v[2].F[unit] = low, high
			}
		}
	})
}

// counter has four copies of a histogram, which take turns: cosines crowd in few bins, and a counter
// cannot be raised again before it is back from memory. Where there are so many bins that adding the
// copies up would cost more than it saves, all four are the histogram itself.
type counter struct {
	copies [4][]uint32
	own    bool
	bin    []int32
}

// copiedBins is how many bins have copies: few beside the 64 Ki pairs of a unit.
const copiedBins = 4096

func newCounter(p CosineHistogramParams) counter {
	c := counter{bin: make([]int32, p.UnitCols), own: p.Bins <= copiedBins}
	if c.own {
		for i := range c.copies {
			c.copies[i] = make([]uint32, p.Bins+1)
		}
	}
	return c
}

// begin turns to a unit's histogram.
func (c *counter) begin(counts []uint32) {
	if !c.own {
		c.copies = [4][]uint32{counts, counts, counts, counts}
	}
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
	if !c.own {
		return
	}
	for _, part := range c.copies {
		for i, n := range part {
			counts[i] += n
		}
		clear(part)
	}
}
