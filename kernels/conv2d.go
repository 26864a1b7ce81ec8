package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// ConvParams describes y = act(conv(x, w) + bias + residual):
//
//	y[n][oy][ox][o] = sum over ky, kx, c of x[n][oy s - p + ky][ox s - p + kx][c] w[o][ky][kx][c]
//
// with stride s and padding p; outside the image x is 0 (which times a weight that is not finite
// is NaN). x: N images of H x W pixels of C channels; y: N of Oh x Ow pixels of O;
// w: O x Kh x Kw x C. Ld is the distance of pixels, in w of taps, in elements.
type ConvParams struct {
	N, H, W, C         int32
	Oh, Ow, O          int32
	Kh, Kw             int32
	Stride, Padding    int32
	LdY, LdX, LdW, LdR int32
	HasBias            int32 // bias: O elements
	HasResidual        int32 // residual: of y's shape
	Act                Activation
}

var conv2d = &engine.Kernel[ConvParams]{
	Name: "conv2d", Doc: "y = act(conv(x, weights) + bias + residual)", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}, {Name: "weights", Access: engine.In},
		{Name: "bias", Access: engine.In}, {Name: "residual", Access: engine.In},
	},
	Variants: conv2dVariants(),
	Size:     ConvParams.size,
	Cost:     ConvParams.cost,
	Split:    ConvParams.split,
	Ref:      ConvParams.ref,
	Host:     conv2dHost,
	Bound:    ConvParams.bound,
	Cases:    convCases(),
	Bench:    convBench(),
	Bucket:   func(p ConvParams) engine.Bucket { return p.shape().bucket() },
}

// pixels is the number of pixels of y, taps that of a filter, depth that of its weights.
func (p ConvParams) pixels() int { return int(p.N) * int(p.Oh) * int(p.Ow) }
func (p ConvParams) taps() int   { return int(p.Kh) * int(p.Kw) }
func (p ConvParams) depth() int  { return p.taps() * int(p.C) }

func (p ConvParams) size() []int {
	const name = "conv2d"
	engine.Check(name, min(p.N, p.H, p.W, p.Oh, p.Ow) >= 0, "%d images of %d x %d to %d x %d is no size", p.N, p.H, p.W, p.Oh, p.Ow)
	engine.Check(name, min(p.Kh, p.Kw, p.Stride) >= 1 && p.Padding >= 0, "kernel %d x %d, stride %d, padding %d", p.Kh, p.Kw, p.Stride, p.Padding)
	engine.Check(name, p.Act >= NoActivation && int(p.Act) < len(activations), "%d is no activation", p.Act)
	in, out, w := p.N*p.H*p.W, p.N*p.Oh*p.Ow, p.O*p.Kh*p.Kw
	checkMatrix(name, in, p.C, p.LdX)
	checkMatrix(name, out, p.O, p.LdY)
	checkMatrix(name, w, p.C, p.LdW)
	size := []int{span(out, p.O, p.LdY), span(in, p.C, p.LdX), span(w, p.C, p.LdW), 0, 0}
	if p.HasBias != 0 {
		size[3] = int(p.O)
	}
	if p.HasResidual != 0 {
		checkMatrix(name, out, p.O, p.LdR)
		size[4] = span(out, p.O, p.LdR)
	}
	return size
}

func (p ConvParams) cost() engine.Cost {
	out := float64(p.pixels()) * float64(p.O)
	words := float64(p.N)*float64(p.H)*float64(p.W)*float64(p.C) + out*float64(1+p.HasResidual) + float64(p.O)*float64(p.depth())
	return engine.Cost{Flops: 2 * out * float64(p.depth()), Bytes: 4 * words}
}

// split cuts a batch into images.
func (p ConvParams) split() engine.Split[ConvParams] {
	out := int(p.Oh) * int(p.Ow)
	return engine.Split[ConvParams]{
		Rows: int(p.N), Step: []int{out * int(p.LdY), int(p.H) * int(p.W) * int(p.LdX), 0, 0, out * int(p.LdR) * int(p.HasResidual)},
		Part: func(lo, hi int) ConvParams { p.N = int32(hi - lo); return p },
	}
}

// each calls f for every pixel of y, numbered, and every tap: x is where the tap's pixel
// begins in x, -1 outside the image; w where the tap begins in filter 0.
func (p ConvParams) each(f func(pixel, x, w int)) {
	for i := range p.pixels() {
		n, oy, ox := i/int(p.Oh*p.Ow), i/int(p.Ow)%int(p.Oh), i%int(p.Ow)
		for ky := range int(p.Kh) {
			for kx := range int(p.Kw) {
				iy, ix := oy*int(p.Stride)-int(p.Padding)+ky, ox*int(p.Stride)-int(p.Padding)+kx
				at := -1
				if iy >= 0 && iy < int(p.H) && ix >= 0 && ix < int(p.W) {
					at = ((n*int(p.H)+iy)*int(p.W) + ix) * int(p.LdX)
				}
				f(i, at, (ky*int(p.Kw)+kx)*int(p.LdW))
			}
		}
	}
}

// sums adds conv(x, w) to y.
func (p ConvParams) sums(y, x, w []float64) {
	c, filter := int(p.C), p.taps()*int(p.LdW)
	p.each(func(pixel, at, tap int) {
		for o := range int(p.O) {
			if to, part := &y[pixel*int(p.LdY)+o], w[o*filter+tap:][:c]; at < 0 {
				*to += 0 * floats.Sum(part)
			} else {
				*to += floats.Dot(x[at:at+c], part)
			}
		}
	})
}

// ref is the definition.
func (p ConvParams) ref(b [][]float64) {
	eachRow(int32(p.pixels()), p.O, func(row, o int) { b[0][row*int(p.LdY)+o] = 0 })
	if p.C > 0 {
		p.sums(b[0], b[1], b[2])
	}
	eachRow(int32(p.pixels()), p.O, func(row, o int) {
		y := &b[0][row*int(p.LdY)+o]
		*y = p.Act.Define(*y + p.addend(b, row, o))
	})
}

func (p ConvParams) addend(b [][]float64, row, o int) (v float64) {
	if p.HasBias != 0 {
		v = b[3][o]
	}
	if p.HasResidual != 0 {
		v += b[4][row*int(p.LdR)+o]
	}
	return v
}

// bound: every term of the sum passes through at most kh kw c + 4 roundings, whatever the order:
// gamma (|x| * |w| + |bias| + |residual|); flushed operands and products as in matmul. The
// activation passes an error on by at most its Lipschitz constant and adds its own.
func (p ConvParams) bound(e engine.MathErrors, b [][]float64) [][]float64 {
	n := len(b[0])
	sum, mag, flush := make([]float64, n), make([]float64, n), make([]float64, n)
	if p.C > 0 {
		x, w := absAll(b[1]), absAll(b[2])
		p.sums(sum, b[1], b[2])
		p.sums(mag, x, w)
		p.sums(flush, x, ones(len(w)))
		p.sums(flush, ones(len(x)), w)
	}
	eachRow(int32(p.pixels()), p.O, func(row, o int) {
		i := row*int(p.LdY) + o
		add := p.addend(b, row, o)
		size := math.Abs(add)
		if p.HasBias != 0 && p.HasResidual != 0 {
			size = math.Abs(b[3][o]) + math.Abs(b[4][row*int(p.LdR)+o])
		}
		d := engine.Gamma(p.depth()+4)*(mag[i]+size) + e.Tiny*(2*flush[i]+float64(p.depth())+4)
		sum[i] = p.Act.Lipschitz()*d + p.Act.Error(sum[i]+add, e)
	})
	return [][]float64{sum, nil, nil, nil, nil}
}

func absAll(x []float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = math.Abs(v)
	}
	return y
}

func ones(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 1
	}
	return y
}
