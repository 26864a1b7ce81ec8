package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// The losses below are of matched rows x and y, N x D each and of unit length if products are
// to be cosines; scale, the logit scale, has one element. None holds N x N numbers at once, but
// for InfoNCE where kernels.KeepLogits finds that it pays.

// InfoNCE is the contrastive loss of CLIP: see kernels.InfoNCE.
func InfoNCE(tp *Tape, x, y, scale *Value, mode kernels.InfoNCEMode) *Value {
	n := x.Rows()
	loss, rows, cols := tp.scope.Floats(1), tp.scope.Floats(n), tp.scope.Floats(n)
	var kept *kernels.Logits
	if tp.records {
		kept = kernels.KeepLogits(tp.scope, n, x.Cols())
	}
	kept.InfoNCE(loss, rows, cols, x.T, y.T, scale.T, mode)
	return tp.loss("infonce", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kept.InfoNCEBack(d[0], d[1], d[2], dl, x.T, y.T, scale.T, rows, cols, mode, false)
		kept.Free(tp.scope)
	}, x, y, scale)
}

// SigLIP is the loss of pairs that stand for themselves: see kernels.SigLIP. bias has one
// element.
func SigLIP(tp *Tape, x, y, scale, bias *Value) *Value {
	loss := tp.scope.Floats(1)
	kernels.SigLIP(loss, x.T, y.T, scale.T, bias.T)
	return tp.loss("siglip", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kernels.SigLIPBack(d[0], d[1], d[2], d[3], dl, x.T, y.T, scale.T, bias.T, false)
	}, x, y, scale, bias)
}

// DualInfoNCE is InfoNCE with candidates of both modalities: see kernels.DualInfoNCE.
func DualInfoNCE(tp *Tape, x, y, scale *Value) *Value {
	loss, lse := tp.scope.Floats(1), tp.scope.Floats(2*x.Rows())
	kernels.DualInfoNCE(loss, lse, x.T, y.T, scale.T)
	return tp.loss("dual_infonce", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kernels.DualInfoNCEBack(d[0], d[1], d[2], dl, x.T, y.T, scale.T, lse, false)
	}, x, y, scale)
}

// CorrectInfoNCE is InfoNCE over the choices that are right already: see kernels.CorrectInfoNCE.
func CorrectInfoNCE(tp *Tape, x, y, scale *Value) *Value {
	n := x.Rows()
	loss, lse, weight := tp.scope.Floats(1), tp.scope.Floats(2*n), tp.scope.Floats(2*n)
	kernels.CorrectInfoNCE(loss, lse, weight, x.T, y.T, scale.T)
	return tp.loss("correct_infonce", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kernels.CorrectInfoNCEBack(d[0], d[1], d[2], dl, x.T, y.T, scale.T, lse, weight, false)
	}, x, y, scale)
}

// Alignment is the mean of |x_i - y_i|^2: see kernels.Alignment.
func Alignment(tp *Tape, x, y *Value) *Value {
	loss := tp.scope.Floats(1)
	kernels.Alignment(loss, x.T, y.T)
	return tp.loss("alignment", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kernels.AlignmentBack(d[0], d[1], dl, x.T, y.T, false)
	}, x, y)
}

// Uniformity is the logarithm of the mean of e^(-2 |x_i - x_j|^2): see kernels.Uniformity.
func Uniformity(tp *Tape, x *Value) *Value {
	loss, lse := tp.scope.Floats(1), tp.scope.Floats(x.Rows())
	kernels.Uniformity(loss, lse, x.T)
	return tp.loss("uniformity", loss, func(dl *engine.Tensor, d []*engine.Tensor) {
		kernels.UniformityBack(d[0], dl, x.T, lse, false)
	}, x)
}

// loss is Result for operations whose gradients come all together: back writes them into
// tensors of the operands' shapes, and each goes where it is wanted.
func (tp *Tape) loss(name string, y *engine.Tensor, back func(dy *engine.Tensor, d []*engine.Tensor), from ...*Value) *Value {
	return tp.Result(name, y, func(dy *engine.Tensor) {
		s := y.Device().Scope()
		defer s.Close()
		d := make([]*engine.Tensor, len(from))
		for i, x := range from {
			d[i] = s.Floats(x.T.Shape()...)
		}
		back(dy, d)
		for i, x := range from {
			tp.Into(x, func(dx *engine.Tensor, accumulate bool) { addInto(dx, d[i], accumulate) })
		}
	}, from...)
}
