package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/kernels"
)

// cross is one pass over all pairs (x_i, y_j) of two modalities, in tiles. With the centroids p
// and q, x_i = p + u_i and y_j = q + v_j,
//
//	x_i . y_j - p.q = u_i . v_j + q.u_i + p.v_j = (u_i, q.u_i, 1) . (v_j, 1, p.v_j):
//
// one product per tile, of numbers as small as the spread. The same tile serves the ranks of
// the partners both ways and the lists of the best, the logsumexps of InfoNCE at every logit
// scale by group of the jackknife, and the random pairings.
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

func (m *measurer) crossPass(rs *rowset, p *pairSums) (*cross, error) {
	c := &cross{measurer: m, rs: rs, a: p.a, b: p.b, dot: floats.Dot(m.scan.sets[p.a].mean, m.scan.sets[p.b].mean)}
	c.target, c.exact = make([]float64, rs.n), make([]float64, rs.n)
	for i, r := range rs.order {
		c.exact[i] = p.cosine[r]
		c.target[i] = p.cosine[r] - c.dot
	}
	listed := hubsOf
	if m.intervals() {
		listed += hubsSpare
	}
	c.ranks = newRanks(rs.n, listed)
	for range m.LogitScales {
		c.lse = append(c.lse, newLSE(rs.n))
	}
	if !m.Core {
		c.others = newMismatches(m.reach(p.a, p.b))
		c.random = newPairings(rs.n, m.Seed)
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
	square []float64 // |x_i|^2
}

// load brings a block of a modality to the device. first says where the constant stands.
func (c *cross) load(s *engine.Scope, k, block int, first bool) (*side, error) {
	rows, err := c.block(c.rs, k, block)
	if err != nil {
		return nil, err
	}
	out := &side{span: c.rs.blocks[block], rows: rows}
	var square []float64
	if c.rs.held != nil {
		r := c.onDevice(c.rs, k)
		out.t, square = r.t, r.square
	} else {
		out.t, square = c.centre(s, k, rows)
	}
	other := c.scan.sets[c.b].mean
	if !first {
		other = c.scan.sets[c.a].mean
	}
	n, d := len(square), c.rs.d
	out.spread, out.tail, out.square = make([]float64, n), make([]float64, n), make([]float64, n)
	tails := make([]float32, padding*n)
	parallel(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := rows[i*d : (i+1)*d]
			v := floats.Dot(row, other) - c.dot
			out.spread[i], out.tail[i], out.square[i] = math.Sqrt(square[i]), math.Abs(v), floats.Dot(row, row)
			if to := tails[padding*i:]; first {
				to[0], to[1] = float32(v), 1
			} else {
				to[0], to[1] = 1, float32(v)
			}
		}
	})
	ld := out.t.Cols()
	kernels.Scale(out.t.SliceCols(ld-padding, ld), 1, s.Upload(tails, n, padding))
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

// blockPair goes through the tiles of two blocks.
func (c *cross) blockPair(x, y *side) error {
	limits := newLimits(x, y, c.target, c.rs.d, c.reach(c.a, c.b))
	for _, seg := range c.rs.segs {
		err := c.eachTile(seg, x.span, y.span, func(t tile) error {
			defer c.Progress.Add(float64((t.rows.hi - t.rows.lo) * (t.cols.hi - t.cols.lo)))
			return c.tile(x, y, t, limits)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *cross) tile(x, y *side, t tile, l *limits) error {
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
	logits := t.sheet(s)
	for k, scale := range c.LogitScales {
		kernels.Scale(logits.m, float32(scale), dots)
		logits.never(s) // partners have a place of their own in the loss
		if err := c.lse[k].add(s, logits, c.rs.segs); err != nil {
			return err
		}
	}
	c.ranks.add(t, x, y, l, c.exact)
	if c.random != nil {
		c.random.add(t, x, y, c.dot)
	}
	if c.others != nil {
		c.others.add(t, c.dot)
	}
	return nil
}
