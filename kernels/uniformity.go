package kernels

import (
	"math"

	"mindgap/engine"
)

// Uniformity is log of the mean over i != j of exp(-2 |x_i - x_j|^2) for the N rows of x, at
// least 2 (Wang and Isola 2020, t = 2), into the one element of loss. It is meant for unit
// rows, and right for any. lse (N elements) receives the logarithms of the sums over j of
// each row, which UniformityBack needs. Maxima are subtracted, so rows may be any distance
// apart. It takes 2 N^2 D flops and blocks of at most 64 MiB.
//
// Of several modalities Wang and Isola take the mean: so give each dloss its share.
func Uniformity(loss, lse, x *engine.Tensor) {
	checkUniformity("uniformity", lse, x)
	checkOne("uniformity", "loss", loss)
	uniformity(loss, lse, x, gaussRows(x))
}

// UniformityBack computes the gradient of Uniformity, times dloss (one element): with the
// weights p_ij = exp(-2 |x_i - x_j|^2) / sum of all those, p_ii = 0,
//
//	dx_i = 8 sum_j p_ij (x_j - x_i)
//
// in blocks of p that are made again from x and lse: 4 N^2 D flops. With accumulate it is added
// to what dx holds.
func UniformityBack(dx, dloss, x, lse *engine.Tensor, accumulate bool) {
	checkUniformity("uniformity_back", lse, x)
	sameShape("uniformity_back", x, dx)
	checkOne("uniformity_back", "dloss", dloss)
	uniformityBack(dx, dloss, x, lse, accumulate, gaussRows(x))
}

func checkUniformity(op string, lse, x *engine.Tensor) {
	engine.Check(op, len(x.Shape()) == 2 && x.Rows() > 1, "rows of shape %v; want N x D, N at least 2", x.Shape())
	engine.Check(op, lse.Len() == x.Rows() && lse.Contiguous(), "lse is %v, want %d contiguous elements", lse, x.Rows())
}

func uniformity(loss, lse, x *engine.Tensor, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	b := newGaussBlocks(s, x, rows)
	outside := make([]float32, b.rows)
	for i := range outside {
		outside[i] = float32(math.Inf(-1))
	}
	excluded := s.Upload(outside, b.rows, 1)
	b.each(func(lo, hi int, logits, diagonal *engine.Tensor) {
		Scale(diagonal, 1, excluded.SliceRows(0, hi-lo))
		RowLogSumExp(lse.SliceRows(lo, hi), logits)
	})
	Add(lse, lse, b.own)
	loss = loss.Reshape(1)
	RowLogSumExp(loss, lse.Reshape(1, n))
	Add(loss, loss, s.Upload([]float32{float32(-math.Log(float64(n) * float64(n-1)))}, 1))
}

func uniformityBack(dx, dloss, x, lse *engine.Tensor, accumulate bool, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	b := newGaussBlocks(s, x, rows)
	all, share, base := s.Floats(1), s.Floats(n), s.Floats(n, 1)
	RowLogSumExp(all, lse.Reshape(1, n))
	SoftmaxOf(share.Reshape(1, n), lse.Reshape(1, n), all) // sum_j p_ij
	Scale(base, -1, b.own.Reshape(n, 1))
	BiasRows(base, base, all) // p_ij = exp(logit_ij + own_i - all)
	step := s.Floats(b.rows, x.Cols())
	b.each(func(lo, hi int, logits, diagonal *engine.Tensor) {
		SoftmaxOf(logits, logits, base.SliceRows(lo, hi).Reshape(hi-lo))
		Scale(diagonal, -1, share.Reshape(n, 1).SliceRows(lo, hi))
		part := step.SliceRows(0, hi-lo)
		Gemm(part, logits, x, MatMulOptions{Alpha: 8})
		ScaleBy(dx.SliceRows(lo, hi), dloss, part, accumulate)
	})
}

// gaussBlocks makes the logits 4 x_i.x_j - 2 |x_j|^2 = -2 |x_i - x_j|^2 + 2 |x_i|^2 block by block
// of rows.
type gaussBlocks struct {
	x, own *engine.Tensor // own: -2 |x_i|^2
	rows   int            // of a block
	flat   *engine.Tensor // the block, and room for its diagonal
	ld     int
}

// gaussRows is how many rows of logits fit 64 MiB.
func gaussRows(x *engine.Tensor) int {
	return min(x.Rows(), max(1, 1<<24/(paddedRow(x.Rows())+1)))
}

func newGaussBlocks(s *engine.Scope, x *engine.Tensor, rows int) gaussBlocks {
	b := gaussBlocks{x: x, own: s.Floats(x.Rows()), rows: rows, ld: paddedRow(x.Rows())}
	RowDot(b.own, x, x)
	Scale(b.own, -2, b.own)
	b.flat = s.Floats(rows * (b.ld + 1))
	return b
}

// each calls f for every block: rows lo..hi against all, and the column of the block's elements
// (i, i), which lie one more than a row apart.
func (b gaussBlocks) each(f func(lo, hi int, logits, diagonal *engine.Tensor)) {
	n := b.x.Rows()
	for lo := 0; lo < n; lo += b.rows {
		hi := min(lo+b.rows, n)
		logits := b.flat.SliceRows(0, (hi-lo)*b.ld).Reshape(hi-lo, b.ld).SliceCols(0, n)
		Gemm(logits, b.x.SliceRows(lo, hi), b.x, MatMulOptions{TransB: true, Alpha: 4, Bias: b.own})
		f(lo, hi, logits, b.flat.Reshape(b.rows, b.ld+1).SliceRows(0, hi-lo).SliceCols(lo, lo+1))
	}
}
