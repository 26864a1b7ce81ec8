package measure

import (
	"math"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// gauss is the sum of exp(-2 |x_i - x_j|^2) over the pairs i != j by groups. With u_i the
// rows less their centroid the exponent is 4 u_i.u_j - 2|u_i|^2 - 2|u_j|^2, and its
// logsumexp over the columns of a group is a row reduction of a tile. Tiles of a segment of
// rows begin at the segment itself: what lies left of it is the same by symmetry.
func (m *measurer) gauss(rs *rowset, k int) (geometry.PairSums, error) {
	p := geometry.NewPairSums(m.groups)
	size := make([]float64, m.groups)
	for _, seg := range rs.segs {
		size[seg.group] += float64(seg.hi - seg.lo)
	}
	for g := range m.groups {
		for h := range m.groups {
			p.Count[g][h] = size[g] * size[h]
		}
		p.Count[g][g] -= size[g]
	}
	m.Progress.Start("pairs within "+m.in.modalities[k].name, float64(rs.n)*float64(rs.n), "pairs")
	s := m.Device.Scope()
	defer s.Close()
	for i := range rs.blocks {
		t := m.Device.Scope()
		x, err := m.loadCentred(t, rs, k, i)
		y := x
		for j := i; j < len(rs.blocks) && err == nil; j++ {
			u := m.Device.Scope()
			if j > i {
				y, err = m.loadCentred(u, rs, k, j)
			}
			if err == nil {
				err = m.gaussBlocks(p, rs, x, y)
			}
			u.Close()
		}
		t.Close()
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// centred is a block of rows less their centroid.
type centred struct {
	span
	t      *engine.Tensor
	square []float64      // |u_i|^2
	bias   *engine.Tensor // -2 |u_i|^2
}

func (m *measurer) loadCentred(s *engine.Scope, rs *rowset, k, block int) (*centred, error) {
	c := &centred{span: rs.blocks[block]}
	if rs.held != nil {
		r := m.onDevice(rs, k)
		c.t, c.square = r.t, r.square
	} else {
		rows, err := m.block(rs, k, block)
		if err != nil {
			return nil, err
		}
		c.t, c.square = m.centre(s, k, rows)
	}
	c.t = c.t.SliceCols(0, rs.d)
	bias := make([]float32, len(c.square))
	for i, v := range c.square {
		bias[i] = float32(-2 * v)
	}
	c.bias = s.Upload(bias, len(bias))
	return c, nil
}

func (m *measurer) gaussBlocks(p geometry.PairSums, rs *rowset, x, y *centred) error {
	for _, seg := range rs.segs {
		right := span{max(y.lo, seg.lo), y.hi}
		err := m.eachTile(seg, x.span, right, func(t tile) error {
			defer m.Progress.Add(2 * float64(t.rows.hi-t.rows.lo) * float64(t.cols.hi-t.cols.lo))
			return m.gaussTile(p, rs, t, x, y)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *measurer) gaussTile(p geometry.PairSums, rs *rowset, t tile, x, y *centred) error {
	s := m.Device.Scope()
	defer s.Close()
	e := t.sheet(s)
	kernels.Gemm(e.m, x.t.SliceRows(t.rows.lo-x.lo, t.rows.hi-x.lo), y.t.SliceRows(t.cols.lo-y.lo, t.cols.hi-y.lo),
		kernels.MatMulOptions{TransB: true, Alpha: 4, Bias: y.bias.Slice(0, t.cols.lo-y.lo, t.cols.hi-y.lo)})
	e.never(s) // i = j does not count
	columns, h := t.columns(rs.segs), t.rows.hi-t.rows.lo
	lse := s.Floats(len(columns), h)
	for k, seg := range columns {
		kernels.RowLogSumExp(lse.At(k), e.m.SliceCols(seg.lo, seg.hi))
	}
	v, err := lse.Floats()
	if err != nil {
		return err
	}
	for k, seg := range columns {
		sum := 0.0
		for i, l := range v[k*h : (k+1)*h] {
			sum += math.Exp(float64(l) - 2*x.square[t.rows.lo+i-x.lo])
		}
		p.Sum[t.group][seg.group] += sum
		if t.cols.lo+seg.lo >= t.segment.hi { // not of the rows' own segment, which has both orders
			p.Sum[seg.group][t.group] += sum
		}
	}
	return nil
}
