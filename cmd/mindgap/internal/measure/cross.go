package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/kernels"
)

// cross is one pass over all pairs (x_i, y_j) of two modalities, in tiles of a few hundred
// rows of the first. With the centroids p and q, x_i = p + u_i and y_j = q + v_j,
//
//	x_i . y_j - p.q = u_i . v_j + q.u_i + p.v_j = (u_i, q.u_i, 1) . (v_j, 1, p.v_j):
//
// one product per tile, of numbers as small as the spread. The same tile serves the ranks of
// the partners both ways, the logsumexps of InfoNCE at every logit scale by group of the
// jackknife, and the random pairings.
type cross struct {
	*measurer
	rs     *rowset
	a, b   int
	dot    float64   // p.q
	target []float64 // x_i . y_i - p.q, by place
	exact  []float64 // x_i . y_i
	ranks  *ranks
	lse    []*lseByGroup // per logit scale
	random *pairings     // nil: none
	others *mismatches   // nil: not asked for
	dots   []float32     // a tile's, used again
}

// tileFloats is how many products a tile holds at most.
const tileFloats = 1 << 23

func (m *measurer) crossPass(rs *rowset, p *pairSums, random bool) (*cross, error) {
	c := &cross{measurer: m, rs: rs, a: p.a, b: p.b, dot: floats.Dot(m.scan.sets[p.a].mean, m.scan.sets[p.b].mean)}
	c.target, c.exact = make([]float64, rs.n), make([]float64, rs.n)
	for i, r := range rs.order {
		c.exact[i] = p.cosine[r]
		c.target[i] = p.cosine[r] - c.dot
	}
	c.ranks = newRanks(rs.n)
	for range m.LogitScales {
		c.lse = append(c.lse, newLSE(rs.n))
	}
	if !m.Core {
		c.others = newMismatches(m.reach(p.a, p.b))
	}
	if random {
		c.random = newPairings(rs, [2][]float64{rs.held[p.a], rs.held[p.b]}, m.Seed)
	}
	m.Progress.Start("pairs of "+m.in.modalities[p.a].name+" and "+m.in.modalities[p.b].name, float64(rs.n)*float64(rs.n), "pairs")
	return c, c.run()
}

// side is a block of rows: in float64 on the host, and as the device multiplies them.
type side struct {
	span
	rows   []float64
	t      *engine.Tensor
	spread []float64 // |u_i|
	tail   []float64 // |q.u_i|
}

// load brings a block of a modality to the device. one says where the constant stands.
func (c *cross) load(s *engine.Scope, k, block int, first bool) (*side, error) {
	rows, err := c.block(c.rs, k, block)
	if err != nil {
		return nil, err
	}
	mean, other := c.scan.sets[k].mean, c.scan.sets[c.b].mean
	if !first {
		other = c.scan.sets[c.a].mean
	}
	out := &side{span: c.rs.blocks[block], rows: rows}
	d := c.rs.d
	out.spread, out.tail = make([]float64, len(rows)/d), make([]float64, len(rows)/d)
	out.t = c.upload(s, rows, mean, func(row []float64) [2]float64 {
		if v := floats.Dot(row, other); first {
			return [2]float64{v, 1}
		} else {
			return [2]float64{1, v}
		}
	})
	parallel(len(out.spread), func(lo, hi int) {
		row := make([]float64, d)
		for i := lo; i < hi; i++ {
			floats.SubTo(row, rows[i*d:(i+1)*d], mean)
			out.spread[i], out.tail[i] = math.Sqrt(floats.Dot(row, row)), math.Abs(floats.Dot(row, other))
		}
	})
	return out, nil
}

func (c *cross) run() error {
	s := c.Device.Scope()
	defer s.Close()
	var y *side
	for i := range c.rs.blocks {
		t := c.Device.Scope()
		x, err := c.load(t, c.a, i, true)
		for j := range c.rs.blocks {
			if err == nil && (y == nil || len(c.rs.blocks) > 1) {
				inner := t
				if len(c.rs.blocks) == 1 {
					inner = s
				}
				y, err = c.load(inner, c.b, j, false)
			}
			if err == nil {
				err = c.blockPair(x, y)
			}
		}
		t.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// blockPair goes through the tiles of two blocks: rows of one segment, as many as fit.
func (c *cross) blockPair(x, y *side) error {
	slack := newSlack(x, y, c.rs.d, c.reach(c.a, c.b))
	width := min(y.hi-y.lo, tileFloats/16)
	height := max(16, tileFloats/width)
	for _, seg := range c.rs.segs {
		for lo := max(seg.lo, x.lo); lo < min(seg.hi, x.hi); lo += height {
			hi := min(lo+height, seg.hi, x.hi)
			for left := y.lo; left < y.hi; left += width {
				if err := c.ctx.Err(); err != nil {
					return err
				}
				t := tile{rows: span{lo, hi}, cols: span{left, min(left+width, y.hi)}, group: seg.group}
				if err := c.tile(x, y, t, slack); err != nil {
					return err
				}
				c.Progress.Add(float64((hi - lo) * (t.cols.hi - left)))
			}
		}
	}
	return nil
}

// tile is a range of rows of one group and a range of columns.
type tile struct {
	rows, cols span
	group      int
	dots       []float32 // x_i . y_j - p.q
}

func (c *cross) tile(x, y *side, t tile, slack slack) error {
	s := c.Device.Scope()
	defer s.Close()
	h, w := t.rows.hi-t.rows.lo, t.cols.hi-t.cols.lo
	dots := s.Floats(h, w)
	kernels.MatMulNT(dots, x.t.SliceRows(t.rows.lo-x.lo, t.rows.hi-x.lo), y.t.SliceRows(t.cols.lo-y.lo, t.cols.hi-y.lo))
	if cap(c.dots) < h*w {
		c.dots = make([]float32, h*w)
	}
	t.dots = c.dots[:h*w]
	if err := dots.Read(t.dots); err != nil {
		return err
	}
	logits := s.Floats(h, w)
	for k, scale := range c.LogitScales {
		kernels.Scale(logits, float32(scale), dots)
		if err := c.lse[k].add(s, logits, t, c.rs.segs); err != nil {
			return err
		}
	}
	c.ranks.add(t, x, y, c.target, c.exact, slack)
	if c.random != nil {
		c.random.add(t, c.dot)
	}
	if c.others != nil {
		c.others.add(t, c.dot)
	}
	return nil
}
