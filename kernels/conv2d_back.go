package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// ConvBackParams describes the gradient of a convolution by its input, the transpose of what
// ConvParams describes:
//
//	dx[n][iy][ix][c] (+)= sum over ky, kx, o of dy[n][(iy + p - ky) / s][(ix + p - kx) / s][o] w[o][ky][kx][c]
//
// over those ky and kx that leave no remainder. About each image of Oh x Ow pixels dy holds
// Border more on every side, which take part if they are not 0; beyond them dy is 0.
type ConvBackParams struct {
	N, H, W, C      int32
	Oh, Ow, O       int32
	Kh, Kw          int32
	Stride, Padding int32
	Border          int32
	LdDx, LdDy, LdW int32
	Accumulate      int32
}

var conv2dBack = &engine.Kernel[ConvBackParams]{
	Name: "conv2d_back", Doc: "dx (+)= sum over o and taps of dy weights, the transpose of conv2d", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "weights", Access: engine.In},
	},
	Variants: convVariants(ConvBackParams.shape, []string{"dy", "weights"}, "BACK=1"),
	Size:     ConvBackParams.size,
	Cost:     ConvBackParams.cost,
	Split:    ConvBackParams.split,
	Ref:      ConvBackParams.ref,
	Host:     conv2dBackHost,
	Bound:    ConvBackParams.bound,
	Cases:    convBackCases(),
	Bench:    []ConvBackParams{conv(8, 56, 56, 64, 64, 3, 3, 1, 1).back(1), conv(8, 56, 56, 64, 128, 3, 3, 2, 1).back(1)},
	Bucket:   func(p ConvBackParams) engine.Bucket { return p.shape().bucket() },
}

// back gives the gradient of a convolution whose dy has a border.
func (p ConvParams) back(border int32) ConvBackParams {
	return ConvBackParams{
		N: p.N, H: p.H, W: p.W, C: p.C, Oh: p.Oh, Ow: p.Ow, O: p.O, Kh: p.Kh, Kw: p.Kw, Stride: p.Stride, Padding: p.Padding,
		Border: border, LdDx: p.LdX, LdDy: p.LdY, LdW: p.LdW,
	}
}

// reach is the border that dy needs so that every tap of every pixel of dx falls into it.
func (p ConvBackParams) reach() int32 {
	along := func(in, out, k int32) int32 {
		return max(ceil32(k-1-p.Padding, p.Stride), (in-1+p.Padding)/p.Stride-(out-1))
	}
	return max(0, along(p.H, p.Oh, p.Kh), along(p.W, p.Ow, p.Kw))
}

func ceil32(n, size int32) int32 { return (n + size - 1) / size }

// lines and columns of dy, its border among them.
func (p ConvBackParams) dyH() int32 { return p.Oh + 2*p.Border }
func (p ConvBackParams) dyW() int32 { return p.Ow + 2*p.Border }

func (p ConvBackParams) shape() convShape {
	return convShape{
		classes: int(p.Stride * p.Stride), pixels: int(p.N * ceil32(p.H, p.Stride) * ceil32(p.W, p.Stride)),
		width: int(p.C), depth: int(p.O), taps: int(ceil32(p.Kh, p.Stride) * ceil32(p.Kw, p.Stride)),
		fours:  p.O%4 == 0 && p.LdDy%4 == 0 && p.LdW%4 == 0,
		whole:  p.C%4 == 0,
		inside: p.Border >= p.reach(),
	}
}

func (p ConvBackParams) size() []int {
	const name = "conv2d_back"
	engine.Check(name, min(p.N, p.H, p.W, p.Oh, p.Ow, p.Border) >= 0, "%d images of %d x %d to %d x %d with %d about is no size", p.N, p.Oh, p.Ow, p.H, p.W, p.Border)
	engine.Check(name, min(p.Kh, p.Kw, p.Stride) >= 1 && p.Padding >= 0, "kernel %d x %d, stride %d, padding %d", p.Kh, p.Kw, p.Stride, p.Padding)
	in, out, w := p.N*p.H*p.W, p.N*p.dyH()*p.dyW(), p.O*p.Kh*p.Kw
	checkMatrix(name, in, p.C, p.LdDx)
	checkMatrix(name, out, p.O, p.LdDy)
	checkMatrix(name, w, p.C, p.LdW)
	return []int{span(in, p.C, p.LdDx), span(out, p.O, p.LdDy), span(w, p.C, p.LdW)}
}

func (p ConvBackParams) cost() engine.Cost {
	out, in := float64(p.N*p.Oh*p.Ow)*float64(p.O), float64(p.N*p.H*p.W)*float64(p.C)
	filters := float64(p.O*p.Kh*p.Kw) * float64(p.C)
	return engine.Cost{Flops: 2 * float64(p.N*p.Oh*p.Ow) * filters, Bytes: 4 * (out + in*float64(1+p.Accumulate) + filters)}
}

// split cuts a batch into images.
func (p ConvBackParams) split() engine.Split[ConvBackParams] {
	return engine.Split[ConvBackParams]{
		Rows: int(p.N), Step: []int{int(p.H * p.W * p.LdDx), int(p.dyH() * p.dyW() * p.LdDy), 0},
		Part: func(lo, hi int) ConvBackParams { p.N = int32(hi - lo); return p },
	}
}

// sums adds the transpose of the convolution to dx: for every pixel and every tap that meets
// a pixel of dy, or 0 beyond.
func (p ConvBackParams) sums(dx, dy, w []float64) {
	for i := range int(p.N * p.H * p.W) {
		n, iy, ix := i/int(p.H*p.W), i/int(p.W)%int(p.H), i%int(p.W)
		to := dx[i*int(p.LdDx):][:p.C]
		for tap := range int(p.Kh * p.Kw) {
			y, x := iy+int(p.Padding)-tap/int(p.Kw), ix+int(p.Padding)-tap%int(p.Kw)
			s := int(p.Stride)
			if y%s != 0 || x%s != 0 {
				continue
			}
			y, x = y/s+int(p.Border), x/s+int(p.Border)
			inside := y >= 0 && y < int(p.dyH()) && x >= 0 && x < int(p.dyW())
			for o := range int(p.O) {
				d := 0.0
				if inside {
					d = dy[((n*int(p.dyH())+y)*int(p.dyW())+x)*int(p.LdDy)+o]
				}
				floats.AddScaled(to, d, w[(o*int(p.Kh*p.Kw)+tap)*int(p.LdW):][:p.C])
			}
		}
	}
}

// ref is the definition.
func (p ConvBackParams) ref(b [][]float64) {
	if p.C == 0 {
		return
	}
	if p.Accumulate == 0 {
		eachRow(p.N*p.H*p.W, p.C, func(row, c int) { b[0][row*int(p.LdDx)+c] = 0 })
	}
	p.sums(b[0], b[1], b[2])
}

// bound: as in conv2d, with kh kw o terms and the one before.
func (p ConvBackParams) bound(e engine.MathErrors, b [][]float64) [][]float64 {
	n := len(b[0])
	mag, flush := make([]float64, n), make([]float64, n)
	terms := int(p.Kh*p.Kw*p.O) + 1
	if p.C > 0 {
		dy, w := absAll(b[1]), absAll(b[2])
		p.sums(mag, dy, w)
		p.sums(flush, dy, ones(len(w)))
		p.sums(flush, ones(len(dy)), w)
	}
	for i, dx := range b[0] {
		// What dx held before is at most what it is now and the sum together.
		before := float64(p.Accumulate) * (math.Abs(dx) + mag[i])
		mag[i] = engine.Gamma(terms+2)*(mag[i]+before) + e.Tiny*(2*flush[i]+float64(terms))
	}
	return [][]float64{mag, nil, nil}
}

// convBackCases: gradients of conv2d's cases, half of them accumulated, and half of those that
// may with the border that one variant needs.
func convBackCases() (list []ConvBackParams) {
	for i, p := range convCases() {
		if p.Act != NoActivation && p.Act != ActReLU {
			continue // no gradient has them
		}
		q := p.back(0)
		q.Accumulate = int32(i % 2)
		if q.O%4 == 0 && q.LdDy%4 == 0 && i%3 > 0 {
			q.Border = q.reach()
		}
		list = append(list, q)
	}
	return append(list, conv(1, 14, 15, 12, 16, 3, 3, 2, 1).back(2), conv(2, 6, 5, 4, 132, 3, 3, 1, 1).back(1), conv(1, 5, 19, 132, 8, 2, 2, 2, 0).back(0))
}
