package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

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
	square []float64 // |u_i|^2
	bias   *engine.Tensor
}

func (m *measurer) loadCentred(s *engine.Scope, rs *rowset, k, block int) (*centred, error) {
	rows, err := m.block(rs, k, block)
	if err != nil {
		return nil, err
	}
	c := &centred{span: rs.blocks[block], square: make([]float64, len(rows)/rs.d)}
	c.t = m.upload(s, rows, m.scan.sets[k].mean, func([]float64) (z [2]float64) { return z }).SliceCols(0, rs.d)
	bias := make([]float32, len(c.square))
	parallel(len(bias), func(lo, hi int) {
		row := make([]float64, rs.d)
		for i := lo; i < hi; i++ {
			floats.SubTo(row, rows[i*rs.d:(i+1)*rs.d], m.scan.sets[k].mean)
			c.square[i] = floats.Dot(row, row)
			bias[i] = float32(-2 * c.square[i])
		}
	})
	c.bias = s.Upload(bias, len(bias))
	return c, nil
}

func (m *measurer) gaussBlocks(p geometry.PairSums, rs *rowset, x, y *centred) error {
	height := max(16, tileFloats/(y.hi-y.lo))
	for a, seg := range rs.segs {
		for lo := max(seg.lo, x.lo); lo < min(seg.hi, x.hi); lo += height {
			if err := m.ctx.Err(); err != nil {
				return err
			}
			rows := span{lo, min(lo+height, seg.hi, x.hi)}
			if err := m.gaussTile(p, rs, a, rows, x, y); err != nil {
				return err
			}
			m.Progress.Add(2 * float64(rows.hi-rows.lo) * float64(y.hi-max(y.lo, seg.lo)))
		}
	}
	return nil
}

func (m *measurer) gaussTile(p geometry.PairSums, rs *rowset, a int, rows span, x, y *centred) error {
	s := m.Device.Scope()
	defer s.Close()
	left := max(y.lo, rs.segs[a].lo)
	h, w := rows.hi-rows.lo, y.hi-left
	// Rows begin at multiples of 4, and there is one more than is used: the view of the
	// diagonal below ends beyond the last.
	ld := (w + 3) / 4 * 4
	flat := s.Floats((h + 1) * (ld + 1))
	e := flat.Slice(0, 0, h*ld).Reshape(h, ld).SliceCols(0, w)
	kernels.Gemm(e, x.t.SliceRows(rows.lo-x.lo, rows.hi-x.lo), y.t.SliceRows(left-y.lo, y.hi-y.lo),
		kernels.MatMulOptions{TransB: true, Alpha: 4, Bias: y.bias.Slice(0, left-y.lo, y.hi-y.lo)})
	if x == y { // i = j does not count
		from := rows.lo - left
		diagonal := flat.Slice(0, from, from+h*(ld+1)).Reshape(h, ld+1).SliceCols(0, 1)
		never := make([]float32, h)
		for i := range never {
			never[i] = float32(math.Inf(-1))
		}
		kernels.Scale(diagonal, 1, s.Upload(never, h, 1))
	}
	var right []int // segments
	for b := a; b < len(rs.segs) && rs.segs[b].lo < y.hi; b++ {
		if rs.segs[b].lo >= left {
			right = append(right, b)
		}
	}
	lse := s.Floats(len(right), h)
	for k, b := range right {
		kernels.RowLogSumExp(lse.At(k), e.SliceCols(rs.segs[b].lo-left, rs.segs[b].hi-left))
	}
	v, err := lse.Floats()
	if err != nil {
		return err
	}
	g := rs.segs[a].group
	for k, b := range right {
		sum, to := 0.0, rs.segs[b].group
		for i, l := range v[k*h : (k+1)*h] {
			sum += math.Exp(float64(l) - 2*x.square[rows.lo+i-x.lo])
		}
		p.Sum[g][to] += sum
		if b != a {
			p.Sum[to][g] += sum
		}
	}
	return nil
}
