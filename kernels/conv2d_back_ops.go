package kernels

import "mindgap/engine"

// Conv2DBack is the gradient of y = conv(x, w), as Conv2D describes it with stride and padding of
// o, by its input and by its weights:
//
//	dx = the transpose of the convolution, applied to dy
//	dw[o][ky][kx][c] = sum over n, oy, ox of dy[n][oy][ox][o] x[n][oy s - p + ky][ox s - p + kx][c]
//
// Either may be nil. With accumulate they are added to. dy is the gradient before bias,
// residual and activation, which o is not asked for: theirs are ColumnSum of dy, dy itself, and
// the activation's own.
func Conv2DBack(dx, dw, dy, x, w *engine.Tensor, o ConvOptions, accumulate bool) {
	p := convParams(dy, x, w, o)
	if dx != nil {
		sameShape(conv2dBack.Name, x, dx)
		convInputBack(dx, dy, w, p, accumulate)
	}
	if dw != nil {
		sameShape(conv2dBack.Name, w, dw)
		engine.Check(conv2dBack.Name, dw.Contiguous(), "dw %v is not contiguous", dw)
		convWeightsBack(dw, dy, x, p, accumulate, p.fewTiles(dw.Device().Caps()))
	}
}

func convInputBack(dx, dy, w *engine.Tensor, p ConvParams, accumulate bool) {
	if p.isProduct(dx, dy, w) {
		Gemm(asMatrix(dx), asMatrix(dy), asMatrix(w), MatMulOptions{Beta: float32(flag(accumulate))})
		return
	}
	s := dx.Device().Scope()
	defer s.Close()
	q := p.back(0)
	q.LdDx, q.Accumulate = int32(dx.LD()), flag(accumulate)
	if c := dx.Device().Caps(); c.Kind == "gl" && c.Software && p.depth() > 0 && p.O > 0 {
		dy, w, q = alignConvBack(s, dy, w, q)
	}
	conv2dBack.Run(q, dx, dy, w)
}

// alignConvBack is alignConv for the gradient: there the channels of dy are the depth.
func alignConvBack(s *engine.Scope, dy, w *engine.Tensor, p ConvBackParams) (*engine.Tensor, *engine.Tensor, ConvBackParams) {
	depth, width := ceil32(p.O, 4)*4, ceil32(p.C, 4)*4
	if border := p.reach(); border > 0 || depth > p.O || p.LdDy%4 != 0 {
		dy = padded2d(s, dy, border, depth)
		p.Border, p.LdDy = border, depth
	}
	if depth > p.O || width > p.C {
		whole := s.Zeros(int(depth), int(p.Kh), int(p.Kw), int(width)) // filters of zeros as well
		taps := Pad2dParams{N: 1, H: p.O * p.Kh * p.Kw, W: 1, C: p.C, Width: width, LdY: width, LdX: p.LdW}
		pad2d.Run(taps, whole, w)
		w, p.O, p.LdW = whole, depth, width
	}
	return dy, w, p
}

// patchFloats is how many elements of the patch matrix are built at a time: 32 MiB.
const patchFloats = 1 << 23

// convWeightsBack multiplies dy, transposed, by the patches of some images at a time: of all one
// after the other, which make one long sum. perImage keeps the products of images apart and
// adds those up: on a GPU one product of few tiles would leave most of it idle.
func convWeightsBack(dw, dy, x *engine.Tensor, p ConvParams, accumulate, perImage bool) {
	if p.pixels() == 0 {
		if !accumulate {
			dw.Zero()
		}
		return
	}
	depth, per := p.depth(), int(p.Oh)*int(p.Ow)
	images := min(max(1, patchFloats/max(per*depth, 1)), int(p.N))
	for lo := 0; lo < int(p.N); lo += images {
		weightsOfImages(dw, dy.SliceRows(lo, min(lo+images, int(p.N))), x.SliceRows(lo, min(lo+images, int(p.N))), p, accumulate, perImage)
		accumulate = true
	}
}

// weightsOfImages is convWeightsBack for so few images that all their patches fit.
func weightsOfImages(dw, dy, x *engine.Tensor, p ConvParams, accumulate, perImage bool) {
	s := dw.Device().Scope()
	defer s.Close()
	p.N = int32(x.Dim(0))
	rows := []int{p.pixels()}
	if perImage {
		rows = []int{int(p.N), int(p.Oh) * int(p.Ow)}
	}
	if !dy.Contiguous() {
		dy = padded2d(s, dy, 0, p.O)
	}
	dy = dy.Reshape(append(rows, int(p.O))...)
	depth := p.depth()
	var patches *engine.Tensor
	if p.taps() == 1 && p.Stride == 1 && p.Padding == 0 && x.Contiguous() {
		patches = x.Reshape(append(rows, depth)...)
	} else {
		q := p.patches()
		q.LdP = ceil32(q.LdP, 4) * 4 // products read four elements at once
		patches = s.Floats(append(rows, int(q.LdP))...).SliceCols(0, depth)
		im2col.Run(q, patches, x)
	}
	if !perImage {
		Gemm(dw.Reshape(int(p.O), depth), dy, patches, MatMulOptions{TransA: true, Beta: float32(flag(accumulate))})
		return
	}
	parts := s.Floats(int(p.N), int(p.O), depth)
	Gemm(parts, dy, patches, MatMulOptions{TransA: true})
	ColumnSum(dw.Reshape(int(p.O)*depth), parts.Reshape(int(p.N), int(p.O)*depth), accumulate)
}

// fewTiles says whether the product for the weights has fewer tiles than a GPU has places for.
func (p ConvParams) fewTiles(c engine.Caps) bool {
	return !c.Software && ceil(int(p.O), 64)*ceil(p.depth(), 64) < 256
}
