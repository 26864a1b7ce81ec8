package paper

import (
	"context"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// clusters are rows in equal sets that lie side by side (networks, modalities), each about a
// mean of its own: x_i = m_g + w_i. Sets that are narrow and far apart keep their digits: the
// device multiplies the w_i, which are as small as the spread of a set, and float64 adds what
// the means contribute.
type clusters struct {
	geometry.Rows
	size int           // rows of a set
	mean geometry.Rows // m_g
	w    geometry.Rows
	t    *engine.Tensor // w in float32
}

func newClusters(s *engine.Scope, r geometry.Rows, size int) *clusters {
	c := &clusters{Rows: r, size: size, mean: geometry.Zeros(r.N/size, r.D), w: r.Clone()}
	for g := range c.mean.N {
		copy(c.mean.Row(g), r.Slice(g*size, (g+1)*size).Mean())
	}
	for i := range r.N {
		floats.Sub(c.w.Row(i), c.mean.Row(i/size))
	}
	c.t = s.Upload(float32s(c.w.Data), r.N, r.D)
	return c
}

// gram is sum_i (x_i - mean)(x_i - mean)^T over all rows, mean being that of all: the sum over
// the sets of w^T w, and of the means times their size.
func (c *clusters) gram(ctx context.Context) (gram geometry.Rows, mean []float64, err error) {
	mean = c.mean.Mean()
	gram = geometry.Zeros(c.D, c.D)
	all := blas64.General{Rows: c.D, Cols: c.D, Stride: c.D, Data: gram.Data}
	s := c.t.Device().Scope()
	defer s.Close()
	g, part := s.Floats(c.D, c.D), make([]float32, c.D*c.D)
	off := make([]float64, c.D)
	for k := range c.mean.N {
		for lo := k * c.size; lo < (k+1)*c.size; lo += similarityRows {
			if err := ctx.Err(); err != nil {
				return gram, mean, err
			}
			some := c.t.SliceRows(lo, min(lo+similarityRows, (k+1)*c.size))
			kernels.MatMulTN(g, some, some)
			if err := g.Read(part); err != nil {
				return gram, mean, err
			}
			for i, v := range part {
				gram.Data[i] += float64(v)
			}
		}
		floats.SubTo(off, c.mean.Row(k), mean)
		v := blas64.Vector{N: c.D, Inc: 1, Data: off}
		blas64.Ger(float64(c.size), v, v, all)
	}
	return gram, mean, nil
}
