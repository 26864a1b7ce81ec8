package kernels

import "mindgap/engine"

// ConvOptions are Conv2D's choices; the zero value means stride 1 and no padding.
type ConvOptions struct {
	Stride   int            // along both axes; 0 means 1
	Padding  int            // rows and columns of zeros about an image
	Bias     *engine.Tensor // one number per output channel; nil: none
	Residual *engine.Tensor // of y's shape, added before the activation; nil: none
	Act      Activation     // applied to every element at the end
}

// Conv2D is y = act(conv(x, w) + bias + residual) on images with channels last:
//
//	y[n][oy][ox][o] = sum over ky, kx, c of x[n][oy s - p + ky][ox s - p + kx][c] w[o][ky][kx][c]
//
// x is N x H x W x C, w is O x Kh x Kw x C, y is N x Oh x Ow x O with Oh = (H + 2p - Kh)/s + 1
// rounded down, Ow likewise. Outside the image x is 0. Like PyTorch's conv2d this does not
// turn the kernel round. It panics with *engine.Error when shapes do not fit.
func Conv2D(y, x, w *engine.Tensor, o ConvOptions) {
	p := convParams(y, x, w, o)
	bias, residual := x, x // never looked at
	if o.Bias != nil {
		engine.Check(conv2d.Name, o.Bias.Len() == int(p.O) && o.Bias.Contiguous(), "bias %v for %d channels", o.Bias, p.O)
		bias, p.HasBias = o.Bias, 1
	}
	if o.Residual != nil {
		sameShape(conv2d.Name, y, o.Residual)
		residual, p.HasResidual, p.LdR = o.Residual, 1, int32(o.Residual.LD())
	}
	if o.Residual == nil && p.isProduct(y, x, w) {
		Gemm(asMatrix(y), asMatrix(x), asMatrix(w), MatMulOptions{TransB: true, Bias: o.Bias, Act: o.Act})
		return
	}
	s := y.Device().Scope()
	defer s.Close()
	if c := y.Device().Caps(); c.Kind == "gl" && c.Software && p.depth() > 0 {
		x, w, p = alignConv(s, x, w, p)
	}
	conv2d.Run(p, y, x, w, bias, residual)
}

// alignConv gives a shader on a processor what its fast variant reads: images that have all
// pixels which taps reach, and channels in fours.
func alignConv(s *engine.Scope, x, w *engine.Tensor, p ConvParams) (*engine.Tensor, *engine.Tensor, ConvParams) {
	width := ceil32(p.C, 4) * 4
	if p.Padding > 0 || width > p.C || p.LdX%4 != 0 {
		x = padded2d(s, x, p.Padding, width)
		p.H, p.W, p.LdX, p.Padding = p.H+2*p.Padding, p.W+2*p.Padding, width, 0
	}
	if width > p.C {
		w = padded2d(s, w, 0, width)
		p.C, p.LdW = width, width
	}
	return x, w, p
}

// isProduct says whether the convolution is a product of the tensors as they lie, on a device
// whose product is the faster of the two: on the host a convolution is as fast.
func (p ConvParams) isProduct(ts ...*engine.Tensor) bool {
	ok := p.taps() == 1 && p.Stride == 1 && p.Padding == 0
	for _, t := range ts {
		ok = ok && t.Contiguous() && t.Device().Caps().Kind == "gl"
	}
	return ok
}

// asMatrix is a contiguous tensor as a matrix of its pixels, or taps.
func asMatrix(t *engine.Tensor) *engine.Tensor { return t.Reshape(t.Rows(), t.Cols()) }

func convParams(y, x, w *engine.Tensor, o ConvOptions) ConvParams {
	const name = "conv2d"
	for _, t := range []*engine.Tensor{y, x, w} {
		engine.Check(name, t != nil, "a tensor is nil")
		engine.Check(name, len(t.Shape()) == 4, "%v has not four axes", t)
	}
	stride := o.Stride
	if stride == 0 {
		stride = 1
	}
	engine.Check(name, stride > 0 && o.Padding >= 0, "stride %d, padding %d", stride, o.Padding)
	p := ConvParams{
		N: int32(x.Dim(0)), H: int32(x.Dim(1)), W: int32(x.Dim(2)), C: int32(x.Dim(3)),
		Oh: int32(y.Dim(1)), Ow: int32(y.Dim(2)), O: int32(y.Dim(3)), Kh: int32(w.Dim(1)), Kw: int32(w.Dim(2)),
		Stride: int32(stride), Padding: int32(o.Padding),
		LdY: int32(y.LD()), LdX: int32(x.LD()), LdW: int32(w.LD()), Act: o.Act,
	}
	engine.Check(name, y.Dim(0) == x.Dim(0) && w.Dim(0) == y.Dim(3) && w.Dim(3) == x.Dim(3), "y %v, x %v, w %v do not fit", y.Shape(), x.Shape(), w.Shape())
	for axis := 1; axis <= 2; axis++ {
		room := x.Dim(axis) + 2*o.Padding - w.Dim(axis)
		engine.Check(name, w.Dim(axis) > 0 && room >= 0, "a kernel of %d does not fit %d and %d of padding", w.Dim(axis), x.Dim(axis), o.Padding)
		engine.Check(name, y.Dim(axis) == room/stride+1, "y is %v, want %d along axis %d (x %v, w %v, stride %d, padding %d)", y.Shape(), room/stride+1, axis, x.Shape(), w.Shape(), stride, o.Padding)
	}
	return p
}
