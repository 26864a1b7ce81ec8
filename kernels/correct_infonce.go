package kernels

import "mindgap/engine"

// CorrectInfoNCE is InfoNCE over those choices alone that are right already: with
// S = scale X Y^T of N matched pairs of rows of x and y (N x D each), and c_i = 1 where S_ii is
// the largest of its row (also where another is as large), else 0,
//
//	loss = (rows + columns)/2,  rows = sum_i c_i (lse_i - S_ii) / (sum_i c_i + 1e-6)
//
// and columns the same of S^T: the loss "simple" of the authors' code. A batch in which no
// choice is right has the loss 0, and no gradient. loss and scale have one element; lse and
// weight receive, for rows and then for columns, 2N logsumexps and 2N factors
// c_i/(sum c + 1e-6), which CorrectInfoNCEBack needs. It takes 4 N^2 D flops and blocks of at
// most 64 MiB; nothing waits for the number of right choices.
func CorrectInfoNCE(loss, lse, weight, x, y, scale *engine.Tensor) {
	checkCorrect("correct_infonce", lse, weight, x, y, scale)
	checkOne("correct_infonce", "loss", loss)
	correctInfoNCE(loss, lse, weight, x, y, scale, blockRows(x))
}

// CorrectInfoNCEBack computes the gradients of CorrectInfoNCE, times dloss (one element). With
// P the softmax of the rows of S and w their weights, the rows' share is
//
//	dx_i = dloss/2 scale w_i t_i,  t_i = sum_j P_ij y_j - y_i
//	dy_j = dloss/2 scale (sum_i P_ij w_i x_i - w_j x_j)      dscale = dloss/2 sum_i w_i x_i.t_i
//
// in blocks of P: 12 N^2 D flops. With accumulate they are added to what dx, dy and dscale hold.
func CorrectInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse, weight *engine.Tensor, accumulate bool) {
	checkCorrect("correct_infonce_back", lse, weight, x, y, scale)
	sameShape("correct_infonce_back", x, dx, dy)
	checkOne("correct_infonce_back", "dscale", dscale)
	checkOne("correct_infonce_back", "dloss", dloss)
	correctInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse, weight, accumulate, blockRows(x))
}

func checkCorrect(op string, lse, weight, x, y, scale *engine.Tensor) {
	checkDual(op, lse, x, y, scale)
	engine.Check(op, weight.Len() == lse.Len() && weight.Contiguous(), "weight is %v, want %d contiguous elements", weight, lse.Len())
}

func correctInfoNCE(loss, lse, weight, x, y, scale *engine.Tensor, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	sides := s.Floats(2)
	correctRows(sides.SliceRows(0, 1), lse.SliceRows(0, n), weight.SliceRows(0, n), x, y, scale, rows)
	correctRows(sides.SliceRows(1, 2), lse.SliceRows(n, 2*n), weight.SliceRows(n, 2*n), y, x, scale, rows)
	Mean(loss, sides)
}

// correctRows is the loss of one direction: rows of q choose among rows of k.
func correctRows(loss, lse, weight, q, k, scale *engine.Tensor, rows int) {
	n := q.Rows()
	s := q.Device().Scope()
	defer s.Close()
	own, most := s.Floats(n, 1), s.Floats(n, 1)
	newPairBlocks(s, times(s, scale, q), k, 1, nil, rows, true).each(func(lo, hi int, logits, diagonal *engine.Tensor) {
		Scale(own.SliceRows(lo, hi), 1, diagonal) // the same bits that the maximum sees
		RowMax(most.SliceRows(lo, hi), logits)
		RowLogSumExp(lse.SliceRows(lo, hi), logits)
	})
	MaxoutBack(weight.Reshape(n, 1), s.Floats(n, 1), filled(s, 1, n, 1), own, most, false) // 1 where own >= most
	count, squared, factor := s.Floats(1), s.Floats(1), s.Floats(1)
	Sum(count, weight)
	SumSquares(squared, count)
	ClipFactor(factor, s.Floats(1), squared, 1, 1) // 1/(count + 1e-6), at most 1
	ScaleBy(weight, factor, weight, false)
	terms := s.Floats(n)
	Scale(terms, 1, lse)
	Axpy(terms, -1, own.Reshape(n))
	Mul(terms, terms, weight, false)
	Sum(loss, terms)
}

func correctInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse, weight *engine.Tensor, accumulate bool, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	half := s.Floats(1)
	Scale(half, 0.5, dloss.Reshape(1))
	correctRowsBack(dx, dy, dscale, half, x, y, scale, lse.SliceRows(0, n), weight.SliceRows(0, n), accumulate, rows)
	correctRowsBack(dy, dx, dscale, half, y, x, scale, lse.SliceRows(n, 2*n), weight.SliceRows(n, 2*n), true, rows)
}

func correctRowsBack(dq, dk, dscale, dloss, q, k, scale, lse, weight *engine.Tensor, accumulate bool, rows int) {
	n, d := q.Rows(), q.Cols()
	s := q.Device().Scope()
	defer s.Close()
	weights, wq := s.Floats(n, d), s.Floats(n, d) // every row's weight in all its columns
	Gemm(weights, weight.Reshape(n, 1), filled(s, 1, 1, d), MatMulOptions{})
	Mul(wq, weights, q, false)
	pk, ptq := s.Floats(n, d), s.Floats(n, d)
	newPairBlocks(s, times(s, scale, q), k, 1, nil, rows, true).products(pk, ptq, lse, wq)
	Axpy(pk, -1, k)
	Axpy(ptq, -1, wq)
	dots, sum := s.Floats(n), s.Floats(1)
	RowDot(dots, wq, pk)
	Sum(sum, dots)
	ScaleBy(dscale, dloss, sum.Reshape(dscale.Shape()...), accumulate)
	Mul(pk, pk, weights, false)
	factor := times(s, scale, dloss)
	ScaleBy(dq, factor, pk, accumulate)
	ScaleBy(dk, factor, ptq, accumulate)
}
