package nn

import "mindgap/kernels"

// Dense is a linear layer: weights out x in and, unless left out, a bias.
type Dense struct{ Weight, Bias *Param }

// NewDense makes "weight" and "bias" under the builder's prefix; a nil bias leaves it out.
func NewDense(b *Builder, out, in int, weight, bias Init) *Dense {
	d := &Dense{Weight: b.Param("weight", weight, out, in)}
	if bias != nil {
		d.Bias = b.Param("bias", bias, out)
	}
	return d
}

// Apply is act(x W^T + b).
func (d *Dense) Apply(tp *Tape, x *Value, act kernels.Activation) *Value {
	return Linear(tp, x, d.Weight.Value, d.Bias.value(), act)
}

// AddTo is r + x W^T + b; r is spent where the tape records nothing.
func (d *Dense) AddTo(tp *Tape, r, x *Value) *Value {
	return AddLinear(tp, r, x, d.Weight.Value, d.Bias.value())
}

// Norm is a layer norm with gain and bias along rows.
type Norm struct {
	Gain, Bias *Param
	Eps        float32
	Off        bool // the layer passes its input on as it is (Supplementary Figure 15)
}

// NewNorm makes "weight" (ones) and "bias" (zeros), the names of PyTorch.
func NewNorm(b *Builder, width int, eps float32) *Norm {
	return &Norm{Gain: b.Param("weight", One, width), Bias: b.Param("bias", Zero, width), Eps: eps}
}

// Apply is (x - mean)/sqrt(var + eps) gain + bias for every row.
func (n *Norm) Apply(tp *Tape, x *Value) *Value {
	if n.Off {
		return x
	}
	return LayerNorm(tp, x, n.Gain.Value, n.Bias.Value, n.Eps)
}

// Conv is a convolution O x KH x KW x I with a bias.
type Conv struct {
	Weight, Bias    *Param
	Stride, Padding int
}

// Apply is act(conv(x) + bias + residual); residual may be nil.
func (c *Conv) Apply(tp *Tape, x, residual *Value, act kernels.Activation) *Value {
	return Conv2D(tp, x, c.Weight.Value, c.Bias.value(), residual, kernels.ConvOptions{Stride: c.Stride, Padding: c.Padding, Act: act})
}

func (x *Param) value() *Value {
	if x == nil {
		return nil
	}
	return x.Value
}
