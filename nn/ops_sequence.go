package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// LayerNorm is (x - mean)/sqrt(var + eps) gain + bias for every row of x.
func LayerNorm(tp *Tape, x, gain, bias *Value, eps float32) *Value {
	y := tp.scope.Floats(x.T.Shape()...)
	if !tp.records {
		kernels.LayerNormWithEps(y, x.T, gain.T, bias.T, nil, eps)
		return Const(y)
	}
	stats := tp.scope.Floats(2 * x.Rows())
	kernels.LayerNormWithEps(y, x.T, gain.T, bias.T, stats, eps)
	return tp.Result("layer_norm", y, func(dy *engine.Tensor) {
		tp.Into(x, func(dx *engine.Tensor, accumulate bool) {
			kernels.LayerNormBack(dx, nil, nil, dy, x.T, gain.T, stats, accumulate)
		})
		// Gain and bias come together: both from one sweep over the rows.
		tp.Into(gain, func(dgain *engine.Tensor, accumulate bool) {
			tp.Into(bias, func(dbias *engine.Tensor, again bool) {
				engine.Check("layer_norm", again == accumulate, "gain and bias must be used together")
				kernels.LayerNormBack(nil, dgain, dbias, dy, x.T, gain.T, stats, accumulate)
			})
		})
	}, x, gain, bias)
}

// Attention is multi-head attention within each of batch sequences: qkv holds queries, keys
// and values side by side, (batch L) x 3 W, of heads W/heads wide, and the result is
// (batch L) x W. Causal tokens see themselves and what came before.
func Attention(tp *Tape, qkv *Value, batch, heads int, causal bool) *Value {
	width := qkv.Cols() / 3
	o := kernels.AttentionOptions{Batch: batch, Heads: heads, Causal: causal}
	third := func(t *engine.Tensor, i int) *engine.Tensor { return t.SliceCols(i*width, (i+1)*width) }
	y := tp.scope.Floats(qkv.Rows(), width)
	var lse *engine.Tensor
	if tp.records {
		lse = tp.scope.Floats(heads * qkv.Rows())
	}
	kernels.Attention(y, third(qkv.T, 0), third(qkv.T, 1), third(qkv.T, 2), lse, o)
	return tp.Result("attention", y, func(dy *engine.Tensor) {
		tp.Into(qkv, func(d *engine.Tensor, accumulate bool) {
			kernels.AttentionBack(third(d, 0), third(d, 1), third(d, 2), dy,
				third(qkv.T, 0), third(qkv.T, 1), third(qkv.T, 2), y, lse, o, accumulate)
		})
	}, qkv)
}
