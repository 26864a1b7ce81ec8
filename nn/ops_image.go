package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// Conv2D is act(conv(x, w) + bias + residual): x is N x H x W x I, w O x KH x KW x I, and the
// result N x OH x OW x O. bias and residual may be nil; the options' own are not looked at.
func Conv2D(tp *Tape, x, w, bias, residual *Value, o kernels.ConvOptions) *Value {
	act := o.Act
	o.Bias, o.Residual = tensor(bias), tensor(residual)
	if tp.records {
		o.Act = kernels.NoActivation // its gradient needs what comes before it
	}
	y := tp.scope.Floats(x.T.Dim(0), windows(x.T.Dim(1), w.T.Dim(1), o.Stride, o.Padding), windows(x.T.Dim(2), w.T.Dim(2), o.Stride, o.Padding), w.T.Dim(0))
	kernels.Conv2D(y, x.T, w.T, o)
	if !tp.records {
		return Const(y)
	}
	v := tp.Result("conv2d", y, func(dy *engine.Tensor) {
		plain := kernels.ConvOptions{Stride: o.Stride, Padding: o.Padding}
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.Conv2DBack(dx, nil, dy, x.T, w.T, plain, accumulate) })
		tp.Into(w, func(dw *engine.Tensor, accumulate bool) { kernels.Conv2DBack(nil, dw, dy, x.T, w.T, plain, accumulate) })
		tp.Into(bias, func(db *engine.Tensor, accumulate bool) { kernels.ColumnSum(db, matrix(dy), accumulate) })
		tp.Into(residual, func(dr *engine.Tensor, accumulate bool) { addInto(dr, dy, accumulate) })
	}, x, w, bias, residual)
	return Activate(tp, v, act)
}

// MaxPool is the largest of each window of neighbours, by channel.
func MaxPool(tp *Tape, x *Value, o kernels.PoolOptions) *Value {
	y := tp.scope.Floats(x.T.Dim(0), windows(x.T.Dim(1), o.Size, o.Stride, o.Padding), windows(x.T.Dim(2), o.Size, o.Stride, o.Padding), x.T.Dim(3))
	if !tp.records {
		kernels.MaxPool(y, nil, x.T, o)
		return Const(y)
	}
	index := tp.scope.Ints(y.Shape()...)
	kernels.MaxPool(y, index, x.T, o)
	return tp.Result("max_pool", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.MaxPoolBack(dx, dy, index, o, accumulate) })
	}, x)
}

// windows is how many windows of a size fit along an axis: (n + 2 padding - size)/stride + 1.
func windows(n, size, stride, padding int) int { return (n+2*padding-size)/stride + 1 }

// GlobalAveragePool is the mean of each image's pixels, by channel: N x C.
func GlobalAveragePool(tp *Tape, x *Value) *Value {
	y := tp.scope.Floats(x.T.Dim(0), x.T.Dim(3))
	kernels.GlobalAveragePool(y, x.T)
	return tp.Result("global_average_pool", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) { kernels.GlobalAveragePoolBack(dx, dy, accumulate) })
	}, x)
}
