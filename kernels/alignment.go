package kernels

import "mindgap/engine"

// Alignment is the mean over i of |x_i - y_i|^2 for matched rows of x and y, N x D each (Wang
// and Isola 2020, alpha = 2), into the one element of loss: 2 - 2 cos for unit rows.
func Alignment(loss, x, y *engine.Tensor) {
	n := checkAlignment("alignment", x, y)
	s := x.Device().Scope()
	defer s.Close()
	squares := s.Floats(n)
	diff := difference(s, x, y)
	RowDot(squares, diff, diff)
	Mean(loss, squares)
}

// AlignmentBack computes the gradients of Alignment, times dloss (one element):
// dx_i = 2/N (x_i - y_i) and dy = -dx. With accumulate they are added to what dx and dy hold.
func AlignmentBack(dx, dy, dloss, x, y *engine.Tensor, accumulate bool) {
	n := checkAlignment("alignment_back", x, y)
	checkOne("alignment_back", "dloss", dloss)
	s := x.Device().Scope()
	defer s.Close()
	diff, factor := difference(s, x, y), s.Floats(1)
	dloss = dloss.Reshape(1)
	Scale(factor, 2/float32(n), dloss)
	ScaleBy(dx, factor, diff, accumulate)
	Scale(factor, -2/float32(n), dloss)
	ScaleBy(dy, factor, diff, accumulate)
}

// difference is x - y.
func difference(s *engine.Scope, x, y *engine.Tensor) *engine.Tensor {
	diff := s.Floats(x.Shape()...)
	Scale(diff, -1, y)
	Axpy(diff, 1, x)
	return diff
}

func checkAlignment(op string, x, y *engine.Tensor) (n int) {
	sameShape(op, x, y)
	engine.Check(op, len(x.Shape()) == 2 && x.Rows() > 0, "rows of shape %v; want N x D, N at least 1", x.Shape())
	return x.Rows()
}
