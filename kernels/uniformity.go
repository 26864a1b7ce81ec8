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
	uniformity(loss, lse, x, blockRows(x))
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
	uniformityBack(dx, dloss, x, lse, accumulate, blockRows(x))
}

func checkUniformity(op string, lse, x *engine.Tensor) {
	engine.Check(op, len(x.Shape()) == 2 && x.Rows() > 1, "rows of shape %v; want N x D, N at least 2", x.Shape())
	engine.Check(op, lse.Len() == x.Rows() && lse.Contiguous(), "lse is %v, want %d contiguous elements", lse, x.Rows())
}

func uniformity(loss, lse, x *engine.Tensor, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	b, own := gaussBlocks(s, x, rows, false)
	b.each(func(lo, hi int, logits, _ *engine.Tensor) { RowLogSumExp(lse.SliceRows(lo, hi), logits) })
	Add(lse, lse, own)
	loss = loss.Reshape(1)
	RowLogSumExp(loss, lse.Reshape(1, n))
	Add(loss, loss, s.Upload([]float32{float32(-math.Log(float64(n) * float64(n-1)))}, 1))
}

func uniformityBack(dx, dloss, x, lse *engine.Tensor, accumulate bool, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	b, own := gaussBlocks(s, x, rows, true)
	all, share, base := s.Floats(1), s.Floats(n), s.Floats(n, 1)
	RowLogSumExp(all, lse.Reshape(1, n))
	SoftmaxOf(share.Reshape(1, n), lse.Reshape(1, n), all) // sum_j p_ij
	Scale(base, -1, own.Reshape(n, 1))
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

// gaussBlocks makes the logits 4 x_i.x_j - 2 |x_j|^2 = -2 |x_i - x_j|^2 + 2 |x_i|^2, and own,
// the N numbers -2 |x_i|^2.
func gaussBlocks(s *engine.Scope, x *engine.Tensor, rows int, self bool) (b pairBlocks, own *engine.Tensor) {
	own = s.Floats(x.Rows())
	RowDot(own, x, x)
	Scale(own, -2, own)
	return newPairBlocks(s, x, x, 4, own, rows, self), own
}
