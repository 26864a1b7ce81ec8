package measure

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// tile is a range of rows, all of one segment, and a range of columns.
type tile struct {
	segment
	rows, cols span
	dots       []float32 // x_i . y_j - p.q
}

// tileFloats is how many products a tile holds at most, on a device whose launches are costly.
const tileFloats = 1 << 23

// tileShape is how many rows and columns a tile of so many columns takes at once: on the host
// what stays near a processor while several passes go over it.
func (m *measurer) tileShape(cols int) (height, width int) {
	if m.Device.Caps().Kind == "host" {
		return 512, 2048
	}
	width = min(cols, tileFloats/16)
	return max(16, tileFloats/width), width
}

// eachTile calls f for the tiles of one segment's rows within the span rows, and of the columns of
// the span cols.
func (m *measurer) eachTile(seg segment, rows, cols span, f func(t tile) error) error {
	if cols.lo >= cols.hi || seg.hi <= rows.lo || rows.hi <= seg.lo {
		return nil
	}
	height, width := m.tileShape(cols.hi - cols.lo)
	for lo := max(seg.lo, rows.lo); lo < min(seg.hi, rows.hi); lo += height {
		for left := cols.lo; left < cols.hi; left += width {
			if err := m.ctx.Err(); err != nil {
				return err
			}
			t := tile{segment: seg, rows: span{lo, min(lo+height, seg.hi, rows.hi)}, cols: span{left, min(left+width, cols.hi)}}
			if err := f(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// sheet is a tile's matrix on the device, whose diagonal can be seen as a column: rows begin at
// multiples of 4, and there is one more than is used.
type sheet struct {
	tile
	flat, m *engine.Tensor
	ld      int
}

func (t tile) sheet(s *engine.Scope) sheet {
	h, w := t.rows.hi-t.rows.lo, t.cols.hi-t.cols.lo
	ld := (w + 3) / 4 * 4
	flat := s.Floats((h + 1) * (ld + 1))
	return sheet{t, flat, flat.Slice(0, 0, h*ld).Reshape(h, ld).SliceCols(0, w), ld}
}

// never makes the elements of equal row and column -Inf, so that an exponential does not see
// them.
func (t sheet) never(s *engine.Scope) {
	lo, hi := max(t.rows.lo, t.cols.lo), min(t.rows.hi, t.cols.hi)
	if lo >= hi {
		return
	}
	from := (lo-t.rows.lo)*t.ld + lo - t.cols.lo
	diagonal := t.flat.Slice(0, from, from+(hi-lo)*(t.ld+1)).Reshape(hi-lo, t.ld+1).SliceCols(0, 1)
	inf := make([]float32, hi-lo)
	for i := range inf {
		inf[i] = float32(math.Inf(-1))
	}
	kernels.Scale(diagonal, 1, s.Upload(inf, hi-lo, 1))
}

// columns gives the parts of segments that lie within the tile's columns, counted from its
// first.
func (t tile) columns(segs []segment) (out []segment) {
	for _, seg := range segs {
		if lo, hi := max(seg.lo, t.cols.lo), min(seg.hi, t.cols.hi); lo < hi {
			out = append(out, segment{span{lo - t.cols.lo, hi - t.cols.lo}, seg.group})
		}
	}
	return out
}
