package measure

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// products are sums over some of the rows held of two modalities, of rows u_i and v_i about the
// centroids of the scan.
type products struct {
	n          float64
	a, b       []float64     // sum of u_i, of v_i
	aa, bb, ab geometry.Rows // sum of u_i u_i^T, v_i v_i^T, u_i v_i^T
}

func newProducts(d int) *products {
	return &products{a: make([]float64, d), b: make([]float64, d), aa: geometry.Zeros(d, d), bb: geometry.Zeros(d, d), ab: geometry.Zeros(d, d)}
}

// add adds the sums of others, times a factor.
func (p *products) add(factor float64, o *products) {
	p.n += factor * o.n
	floats.AddScaled(p.a, factor, o.a)
	floats.AddScaled(p.b, factor, o.b)
	floats.AddScaled(p.aa.Data, factor, o.aa.Data)
	floats.AddScaled(p.bb.Data, factor, o.bb.Data)
	floats.AddScaled(p.ab.Data, factor, o.ab.Data)
}

// centred64 gives a matrix of products about the means of the rows themselves: less sum sum^T / n.
func centred64(m geometry.Rows, n float64, a, b []float64) geometry.Rows {
	out := m.Clone()
	for i, v := range a {
		floats.AddScaled(out.Row(i), -v/n, b)
	}
	return out
}

// paired is two modalities' rows held.
type paired struct {
	rs   *rowset
	p    *pairSums
	a, b *resident
}

// productsOf sums over the places of a span. The device multiplies; sums of 1024 products, which
// it rounds to float32, are added in float64.
func (m *measurer) productsOf(x *paired, over span) (*products, error) {
	const chunk = 1024
	d := x.rs.d
	out := newProducts(d)
	out.n = float64(over.hi - over.lo)
	out.a, out.b = m.sumHeld(x.rs, x.p.a, over), m.sumHeld(x.rs, x.p.b, over)
	s := m.Device.Scope()
	defer s.Close()
	g, part := s.Floats(d, d), make([]float32, d*d)
	for lo := over.lo; lo < over.hi; lo += chunk {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		u, v := x.rows(lo, min(lo+chunk, over.hi))
		for _, k := range []struct {
			to          geometry.Rows
			left, right *engine.Tensor
		}{{out.aa, u, u}, {out.bb, v, v}, {out.ab, u, v}} {
			kernels.MatMulTN(g, k.left, k.right)
			if err := g.Read(part); err != nil {
				return nil, err
			}
			for i, f := range part {
				k.to.Data[i] += float64(f)
			}
		}
	}
	return out, nil
}

// rows are those of some places on the device, d columns wide.
func (x *paired) rows(lo, hi int) (u, v *engine.Tensor) {
	return x.a.t.SliceRows(lo, hi).SliceCols(0, x.rs.d), x.b.t.SliceRows(lo, hi).SliceCols(0, x.rs.d)
}

// sumHeld is the sum of rows about the centroid of the scan.
func (m *measurer) sumHeld(rs *rowset, k int, over span) []float64 {
	sum := make([]float64, rs.d)
	for i := over.lo; i < over.hi; i++ {
		floats.Add(sum, rs.held[k][i*rs.d:(i+1)*rs.d])
	}
	floats.AddScaled(sum, -float64(over.hi-over.lo), m.scan.sets[k].mean)
	return sum
}

// raw is sum x_i y_i^T of the rows as they are, with their means: p and q are the centroids of
// the scan.
func (p *products) raw(centreA, centreB []float64) (cross geometry.Rows, meanA, meanB []float64) {
	cross = p.ab.Clone()
	rank1 := func(alpha float64, x, y []float64) {
		blas64.Ger(alpha, vector(x), vector(y), blas64.General{Rows: cross.N, Cols: cross.D, Stride: cross.D, Data: cross.Data})
	}
	rank1(p.n, centreA, centreB)
	rank1(1, centreA, p.b)
	rank1(1, p.a, centreB)
	mean := func(centre, sum []float64) []float64 {
		out := append([]float64(nil), centre...)
		floats.AddScaled(out, 1/p.n, sum)
		return out
	}
	return cross, mean(centreA, p.a), mean(centreB, p.b)
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

// times is m x.
func times(m geometry.Rows, x []float64) []float64 {
	out := make([]float64, m.N)
	blas64.Gemv(blas.NoTrans, 1, blas64.General{Rows: m.N, Cols: m.D, Stride: m.D, Data: m.Data}, vector(x), 0, vector(out))
	return out
}
