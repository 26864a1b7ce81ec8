package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// Operations compute at once and record their gradient. Each is held to differences of its
// float64 definition along random directions, on every device (ops_test.go lists them all).

// addInto is dx = dy, or dx += dy.
func addInto(dx, dy *engine.Tensor, accumulate bool) {
	if accumulate {
		kernels.Axpy(dx, 1, dy)
		return
	}
	dx.CopyFrom(dy)
}

// fresh gives room for a result computed from x in place: x's own tensor without a recording,
// else a copy of it.
func (tp *Tape) fresh(x *Value) *engine.Tensor {
	if !tp.records {
		return x.T
	}
	y := tp.scope.Floats(x.T.Shape()...)
	y.CopyFrom(x.T)
	return y
}

// Reshape is x under another shape of as many elements; the tensor is a view.
func Reshape(x *Value, shape ...int) *Value {
	return &Value{T: x.T.Reshape(shape...), wants: x.wants, reshape: x}
}

// Add is a + b, of one shape. Without a recording a's memory takes the sum, and a is spent.
func Add(tp *Tape, a, b *Value) *Value {
	y := tp.fresh(a)
	kernels.Add(y, y, b.T)
	var v *Value
	v = tp.Result("add", y, func(dy *engine.Tensor) {
		tp.Into(b, func(db *engine.Tensor, accumulate bool) { addInto(db, dy, accumulate) })
		tp.pass(a, v)
	}, a, b)
	return v
}

// AddRow adds one row (1 x C or C) to every row of x: biases, or, for x seen as B x (L W), the
// positional embedding. Without a recording x's memory takes the sum, and x is spent.
func AddRow(tp *Tape, x, row *Value) *Value {
	y := tp.fresh(x)
	b := row.T.Reshape(row.T.Len())
	kernels.BiasRows(y, y, b)
	var v *Value
	v = tp.Result("add_row", y, func(dy *engine.Tensor) {
		tp.Into(row, func(db *engine.Tensor, accumulate bool) {
			kernels.ColumnSum(db.Reshape(db.Len()), dy, accumulate)
		})
		tp.pass(x, v)
	}, x, row)
	return v
}

// Activate is act(x), element by element.
func Activate(tp *Tape, x *Value, act kernels.Activation) *Value {
	if act == kernels.NoActivation {
		return x
	}
	y := tp.scope.Floats(x.T.Shape()...)
	kernels.Activate(y, x.T, act)
	var v *Value
	v = tp.Result(act.String(), y, func(dy *engine.Tensor) {
		if tp.passes(x, v) {
			kernels.ActivateBack(dy, dy, x.T, act, false)
			tp.pass(x, v)
			return
		}
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.ActivateBack(dx, dy, x.T, act, accumulate) })
	}, x)
	return v
}

// Maxout is max(a, b), element by element; where they are equal the gradient is a's.
func Maxout(tp *Tape, a, b *Value) *Value {
	y := tp.scope.Floats(a.T.Shape()...)
	kernels.Maxout(y, a.T, b.T)
	return tp.Result("maxout", y, func(dy *engine.Tensor) {
		s := y.Device().Scope()
		defer s.Close()
		da, db := s.Floats(a.T.Shape()...), s.Floats(b.T.Shape()...)
		kernels.MaxoutBack(da, db, dy, a.T, b.T, false)
		tp.Into(a, func(g *engine.Tensor, accumulate bool) { addInto(g, da, accumulate) })
		tp.Into(b, func(g *engine.Tensor, accumulate bool) { addInto(g, db, accumulate) })
	}, a, b)
}

// Normalise makes every row of unit length: y = x / max(|x|, 1e-12).
func Normalise(tp *Tape, x *Value) *Value {
	y, norms := tp.scope.Floats(x.T.Shape()...), tp.scope.Floats(x.Rows())
	kernels.RowNormalise(y, norms, x.T)
	return tp.Result("normalise", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.RowNormaliseBack(dx, dy, y, norms, accumulate) })
	}, x)
}

// Exp is e^x, element by element: the logit scale from its logarithm.
func Exp(tp *Tape, x *Value) *Value {
	y, zero := tp.scope.Floats(x.T.Shape()...), tp.scope.Zeros(x.Rows())
	kernels.SoftmaxOf(y, x.T, zero)
	return tp.Result("exp", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.Mul(dx, dy, y, accumulate) })
	}, x)
}

// Scale is alpha x.
func Scale(tp *Tape, x *Value, alpha float32) *Value {
	y := tp.scope.Floats(x.T.Shape()...)
	kernels.Scale(y, alpha, x.T)
	return tp.Result("scale", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) {
			if accumulate {
				kernels.Axpy(dx, alpha, dy)
				return
			}
			kernels.Scale(dx, alpha, dy)
		})
	}, x)
}

// Mean is the mean of all elements, a tensor of one.
func Mean(tp *Tape, x *Value) *Value {
	y := tp.scope.Floats(1)
	kernels.Mean(y, x.T)
	return tp.Result("mean", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) {
			s := dx.Device().Scope()
			defer s.Close()
			ones := s.Floats(dx.Len())
			Constant(1/float32(dx.Len()))(ones, nil)
			kernels.ScaleBy(dx.Reshape(dx.Len()), dy, ones, accumulate)
		})
	}, x)
}
