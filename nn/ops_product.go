package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// Linear is act(x W^T + b): x is n x in, w out x in, b one number per output or nil.
func Linear(tp *Tape, x, w, b *Value, act kernels.Activation) *Value {
	y := tp.scope.Floats(x.Rows(), w.Rows())
	o := kernels.MatMulOptions{TransB: true, Bias: tensor(b)}
	if !tp.records {
		o.Act = act // one launch; a recording needs what comes before the activation
	}
	kernels.Gemm(y, matrix(x.T), w.T, o)
	v := tp.Result("linear", y, func(dy *engine.Tensor) { linearBack(tp, dy, x, w, b) }, x, w, b)
	if !tp.records {
		return v
	}
	return Activate(tp, v, act)
}

// AddLinear is r + x W^T + b: a residual block's last product, in one launch. Without a
// recording r's memory takes the sum, and r is spent.
func AddLinear(tp *Tape, r, x, w, b *Value) *Value {
	y := tp.fresh(r)
	kernels.Gemm(y, matrix(x.T), w.T, kernels.MatMulOptions{TransB: true, Bias: tensor(b), Beta: 1})
	var v *Value
	v = tp.Result("add_linear", y, func(dy *engine.Tensor) {
		linearBack(tp, dy, x, w, b)
		tp.pass(r, v)
	}, r, x, w, b)
	return v
}

// linearBack adds the gradients of y = x W^T + b: dx = dy W, dW = dy^T x, db = sum of rows.
func linearBack(tp *Tape, dy *engine.Tensor, x, w, b *Value) {
	tp.Into(x, func(dx *engine.Tensor, accumulate bool) {
		kernels.Gemm(matrix(dx), dy, w.T, kernels.MatMulOptions{Beta: beta(accumulate)})
	})
	tp.Into(w, func(dw *engine.Tensor, accumulate bool) {
		kernels.Gemm(dw, dy, matrix(x.T), kernels.MatMulOptions{TransA: true, Beta: beta(accumulate)})
	})
	tp.Into(b, func(db *engine.Tensor, accumulate bool) { kernels.ColumnSum(db, dy, accumulate) })
}

// Project is x P: x is n x in, p in x out, as CLIP stores its projections.
func Project(tp *Tape, x, p *Value) *Value {
	y := tp.scope.Floats(x.Rows(), p.Cols())
	kernels.MatMul(y, x.T, p.T)
	return tp.Result("project", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) {
			kernels.Gemm(dx, dy, p.T, kernels.MatMulOptions{TransB: true, Beta: beta(accumulate)})
		})
		tp.Into(p, func(dp *engine.Tensor, accumulate bool) {
			kernels.Gemm(dp, x.T, dy, kernels.MatMulOptions{TransA: true, Beta: beta(accumulate)})
		})
	}, x, p)
}

// matrix is a tensor of any number of axes as rows x columns.
func matrix(t *engine.Tensor) *engine.Tensor {
	if len(t.Shape()) == 2 {
		return t
	}
	return t.Reshape(t.Rows(), t.Cols())
}

// tensor is a value's, nil for none.
func tensor(v *Value) *engine.Tensor {
	if v == nil {
		return nil
	}
	return v.T
}

// beta is the factor of what a gradient held before.
func beta(accumulate bool) float32 {
	if accumulate {
		return 1
	}
	return 0
}
