package kernels

import "mindgap/engine"

// DualInfoNCE is InfoNCE in which both modalities are candidates: of N matched pairs of rows of
// x and y (N x D each) every row chooses its partner among the 2N-1 other rows. With f the 2N
// rows of x and then y, and p(i) the partner of row i,
//
//	loss = 1/(2N) sum over i of (lse_i - scale f_i.f_p(i)),  lse_i = log sum over j != i of e^(scale f_i.f_j)
//
// the loss "dual" of the authors' code (there a logit of 10000 less stands for j != i). loss
// and scale have one element; lse receives the 2N logsumexps, which DualInfoNCEBack needs. It
// takes 8 N^2 D flops and blocks of at most 64 MiB; any finite scale is safe.
func DualInfoNCE(loss, lse, x, y, scale *engine.Tensor) {
	checkDual("dual_infonce", lse, x, y, scale)
	checkOne("dual_infonce", "loss", loss)
	dualInfoNCE(loss, lse, x, y, scale, 0)
}

// DualInfoNCEBack computes the gradients of DualInfoNCE, times dloss (one element): with
// P_ij = e^(scale f_i.f_j - lse_i), P_ii = 0,
//
//	df_i = dloss scale/(2N) (sum_j (P_ij + P_ji) f_j - 2 f_p(i))
//	dscale = dloss/(2N) sum_i f_i.(sum_j P_ij f_j - f_p(i))
//
// in blocks of P: 24 N^2 D flops. With accumulate they are added to what dx, dy and dscale hold.
func DualInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse *engine.Tensor, accumulate bool) {
	checkDual("dual_infonce_back", lse, x, y, scale)
	sameShape("dual_infonce_back", x, dx, dy)
	checkOne("dual_infonce_back", "dscale", dscale)
	checkOne("dual_infonce_back", "dloss", dloss)
	dualInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse, accumulate, 0)
}

func checkDual(op string, lse, x, y, scale *engine.Tensor) {
	sameShape(op, x, y)
	checkOne(op, "scale", scale)
	engine.Check(op, len(x.Shape()) == 2 && x.Rows() > 0 && x.Cols() > 0, "rows of shape %v; want N x D, neither 0", x.Shape())
	engine.Check(op, lse.Len() == 2*x.Rows() && lse.Contiguous(), "lse is %v, want %d contiguous elements", lse, 2*x.Rows())
}

// dualBlocks makes the logits scale f_i.f_j, in blocks of so many rows (0: what fits).
func dualBlocks(s *engine.Scope, x, y, scale *engine.Tensor, rows int) (f *engine.Tensor, b pairBlocks) {
	n := x.Rows()
	f = s.Floats(2*n, x.Cols())
	Scale(f.SliceRows(0, n), 1, x)
	Scale(f.SliceRows(n, 2*n), 1, y)
	if rows == 0 {
		rows = blockRows(f)
	}
	return f, newPairBlocks(s, times(s, scale, f), f, 1, nil, rows, false)
}

func dualInfoNCE(loss, lse, x, y, scale *engine.Tensor, rows int) {
	n := x.Rows()
	s := x.Device().Scope()
	defer s.Close()
	_, b := dualBlocks(s, x, y, scale, rows)
	b.each(func(lo, hi int, logits, _ *engine.Tensor) { RowLogSumExp(lse.SliceRows(lo, hi), logits) })
	matched, terms := s.Floats(n), s.Floats(2, n)
	RowDot(matched, b.q.SliceRows(0, n), y)
	Scale(matched, -1, matched)
	BiasRows(terms, lse.Reshape(2, n), matched)
	Mean(loss, terms)
}

func dualInfoNCEBack(dx, dy, dscale, dloss, x, y, scale, lse *engine.Tensor, accumulate bool, rows int) {
	n, d := x.Rows(), x.Cols()
	s := x.Device().Scope()
	defer s.Close()
	f, b := dualBlocks(s, x, y, scale, rows)
	pf, ptf := s.Floats(2*n, d), s.Floats(2*n, d)
	b.products(pf, ptf, lse, f)
	for _, m := range []*engine.Tensor{pf, ptf} {
		Axpy(m.SliceRows(0, n), -1, y)
		Axpy(m.SliceRows(n, 2*n), -1, x)
	}
	dots, mean := s.Floats(2*n), s.Floats(1)
	RowDot(dots, f, pf)
	Mean(mean, dots)
	ScaleBy(dscale, dloss, mean.Reshape(dscale.Shape()...), accumulate)
	Add(pf, pf, ptf)
	factor := times(s, scale, dloss)
	Scale(factor, 1/float32(2*n), factor)
	ScaleBy(dx, factor, pf.SliceRows(0, n), accumulate)
	ScaleBy(dy, factor, pf.SliceRows(n, 2*n), accumulate)
}

// times is scale x, scale being one element.
func times(s *engine.Scope, scale, x *engine.Tensor) *engine.Tensor {
	y := s.Floats(x.Shape()...)
	ScaleBy(y, scale, x, false)
	return y
}
