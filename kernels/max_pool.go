package kernels

import (
	"math"
	"math/rand/v2"
	"unsafe"

	"mindgap/engine"
)

// MaxPoolParams describes the largest of every Size x Size window of N images of H x W pixels of
// C channels: y has Oh x Ow pixels, index the number of the pixel that was the largest. Ld is
// the distance of pixels.
type MaxPoolParams struct {
	N, H, W, C            int32
	Oh, Ow                int32
	Size, Stride, Padding int32
	LdY, LdX              int32
	HasIndex              int32 // index is wanted, contiguous
}

var maxPool = &engine.Kernel[MaxPoolParams]{
	Name: "max_pool", Doc: "y = max of x over a window; index = the first pixel where it is, the last NaN's", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "y", Access: engine.Out}, {Name: "index", Type: engine.Int32, Access: engine.Out}, {Name: "x", Access: engine.In},
	},
	Variants: pixelVariants("max_pool.comp.glsl", []string{"y", "index", "x"},
		func(p MaxPoolParams) (rows, cols int32, fours bool) {
			return p.N * p.Oh * p.Ow, p.C, p.LdY%4 == 0 && p.LdX%4 == 0
		},
		func(p MaxPoolParams) int { return int(p.Size) * (int(p.Size) + 1) }),
	Size: func(p MaxPoolParams) []int {
		p.check("max_pool")
		in, out := p.N*p.H*p.W, p.N*p.Oh*p.Ow
		checkMatrix("max_pool", in, p.C, p.LdX)
		checkMatrix("max_pool", out, p.C, p.LdY)
		return []int{span(out, p.C, p.LdY), int(out) * int(p.C) * int(p.HasIndex), span(in, p.C, p.LdX)}
	},
	Cost: func(p MaxPoolParams) engine.Cost {
		out := float64(p.N*p.Oh*p.Ow) * float64(p.C)
		return engine.Cost{Flops: out * float64(p.Size*p.Size), Bytes: 4 * (out*float64(1+p.HasIndex) + float64(p.N*p.H*p.W)*float64(p.C))}
	},
	Split: func(p MaxPoolParams) engine.Split[MaxPoolParams] {
		out := int(p.Oh) * int(p.Ow)
		return engine.Split[MaxPoolParams]{
			Rows: int(p.N), Step: []int{out * int(p.LdY), out * int(p.C) * int(p.HasIndex), int(p.H) * int(p.W) * int(p.LdX)},
			Part: func(lo, hi int) MaxPoolParams { p.N = int32(hi - lo); return p },
		}
	},
	Ref: func(p MaxPoolParams, b [][]float64) {
		index := make([]float64, p.C)
		for r := range int(p.N * p.Oh * p.Ow) {
			p.row(r, func(pixel, at int, first bool) {
				maxPixel(b[0][r*int(p.LdY):][:p.C], index, b[2][at:][:p.C], pixel, first)
			})
			if p.HasIndex != 0 {
				copy(b[1][r*int(p.C):], index)
			}
		}
	},
	Host: func(h *engine.Host, p MaxPoolParams, v []engine.View) {
		c := int(p.C)
		h.Parallel(int(p.N*p.Oh*p.Ow), rowGrain(p.C, elementGrain/4), func(lo, hi int) {
			var index []int32
			for r := lo; r < hi && c > 0; r++ {
				if p.HasIndex != 0 {
					index = v[1].I[r*c:][:c]
				}
				y := v[0].F[r*int(p.LdY):][:c]
				p.row(r, func(pixel, at int, first bool) { pickRow(y, index, v[2].F[at:][:c], pixel, first) })
			}
		})
	},
	Inputs: func(_ MaxPoolParams, r *rand.Rand, b [][]float64) {
		for i := range b[2] {
			b[2][i] = math.Round(4*r.NormFloat64()) / 4 // ties
		}
	},
	Cases: []MaxPoolParams{
		pool(0, 4, 4, 3, 2, 2, 0), pool(1, 1, 1, 1, 1, 1, 0), pool(2, 5, 7, 3, 3, 2, 1), pool(1, 9, 8, 8, 3, 2, 1), pool(2, 6, 5, 4, 2, 2, 0),
		pool(1, 7, 7, 5, 3, 1, 1), pool(3, 4, 5, 12, 5, 3, 2), pool(2, 5, 5, 0, 2, 2, 0), pool(1, 8, 8, 4, 2, 3, 1),
		func() MaxPoolParams { p := pool(2, 6, 7, 6, 3, 2, 1); p.LdX, p.LdY = 9, 7; return p }(),
		func() MaxPoolParams { p := pool(2, 6, 7, 8, 3, 2, 1); p.LdX, p.LdY, p.HasIndex = 12, 16, 0; return p }(),
	},
	Bench: []MaxPoolParams{pool(8, 112, 112, 64, 3, 2, 1)},
}

// pool gives the parameters for contiguous tensors.
func pool(n, h, w, c, size, stride, padding int32) MaxPoolParams {
	return MaxPoolParams{
		N: n, H: h, W: w, C: c, Oh: (h+2*padding-size)/stride + 1, Ow: (w+2*padding-size)/stride + 1,
		Size: size, Stride: stride, Padding: padding, LdY: c, LdX: c, HasIndex: 1,
	}
}

func (p MaxPoolParams) check(name string) {
	engine.Check(name, min(p.N, p.H, p.W, p.Oh, p.Ow) >= 0, "%d images of %d x %d to %d x %d is no size", p.N, p.H, p.W, p.Oh, p.Ow)
	engine.Check(name, min(p.Size, p.Stride) >= 1 && p.Padding >= 0, "window %d, stride %d, padding %d", p.Size, p.Stride, p.Padding)
	// Then the first and the last window along each axis hold a pixel of it.
	begins := func(in, out int32) bool { return out == 0 || in > (out-1)*p.Stride-p.Padding }
	engine.Check(name, p.Padding < p.Size && begins(p.H, p.Oh) && begins(p.W, p.Ow),
		"a window of %d lies in %d of padding alone (%d x %d to %d x %d, stride %d)", p.Size, p.Padding, p.H, p.W, p.Oh, p.Ow, p.Stride)
}

// row calls f for every pixel of the window of pixel r of y: its number in the image, and where
// it begins in x.
func (p MaxPoolParams) row(r int, f func(pixel, at int, first bool)) {
	n, oy, ox := r/int(p.Oh*p.Ow), r/int(p.Ow)%int(p.Oh), r%int(p.Ow)
	y0, x0 := oy*int(p.Stride)-int(p.Padding), ox*int(p.Stride)-int(p.Padding)
	y1, x1 := min(y0+int(p.Size), int(p.H)), min(x0+int(p.Size), int(p.W))
	first := true
	for iy := max(y0, 0); iy < y1; iy++ {
		for ix := max(x0, 0); ix < x1; ix++ {
			pixel := iy*int(p.W) + ix
			f(pixel, (n*int(p.H*p.W)+pixel)*int(p.LdX), first)
			first = false
		}
	}
}

// maxPixel takes a pixel of a window into account: as PyTorch does, the first of the largest
// stays, and every NaN is larger than what came before. index may be nil.
func maxPixel[T float, I int32 | float64](y []T, index []I, x []T, pixel int, first bool) {
	for c, v := range x {
		if first || v > y[c] || v != v {
			y[c] = v
			if index != nil {
				index[c] = I(pixel)
			}
		}
	}
}

// pickRow is maxPixel with vectors where the processor has them.
func pickRow(y []float32, index []int32, x []float32, pixel int, first bool) {
	if first {
		copy(y, x)
		for c := range index {
			index[c] = int32(pixel)
		}
		return
	}
	n := 0
	if hasPick8 && len(x) >= 8 {
		n = len(x) &^ 7
		pick8(&y[0], unsafe.SliceData(index), &x[0], n, int32(pixel))
	}
	if index != nil {
		index = index[n:]
	}
	maxPixel(y[n:], index, x[n:], pixel, false)
}

// PoolOptions are the choices of pooling: the side of the square window, the distance of
// windows (0: Size), and rows and columns of nothing about an image, less than Size.
type PoolOptions struct{ Size, Stride, Padding int }

func (o PoolOptions) params(kernel string, y, x *engine.Tensor) MaxPoolParams {
	stride := o.Stride
	if stride == 0 {
		stride = o.Size
	}
	engine.Check(kernel, y != nil && x != nil && len(y.Shape()) == 4 && len(x.Shape()) == 4, "y %v and x %v must have four axes", y, x)
	engine.Check(kernel, o.Size > 0 && stride > 0 && o.Padding >= 0 && 2*o.Padding <= o.Size, "window %d, stride %d, padding %d (at most half the window)", o.Size, stride, o.Padding)
	engine.Check(kernel, y.Dim(0) == x.Dim(0) && y.Dim(3) == x.Dim(3), "y %v and x %v do not fit", y.Shape(), x.Shape())
	for axis := 1; axis <= 2; axis++ {
		room := x.Dim(axis) + 2*o.Padding - o.Size
		engine.Check(kernel, room >= 0 && y.Dim(axis) == room/stride+1, "y %v is no pooling of x %v by windows of %d, stride %d, padding %d", y.Shape(), x.Shape(), o.Size, stride, o.Padding)
	}
	return MaxPoolParams{
		N: int32(x.Dim(0)), H: int32(x.Dim(1)), W: int32(x.Dim(2)), C: int32(x.Dim(3)), Oh: int32(y.Dim(1)), Ow: int32(y.Dim(2)),
		Size: int32(o.Size), Stride: int32(stride), Padding: int32(o.Padding), LdY: int32(y.LD()), LdX: int32(x.LD()),
	}
}

// MaxPool is the largest of every window of x, N x H x W x C: y is N x Oh x Ow x C with
// Oh = (H + 2 padding - size)/stride + 1 rounded down, Ow likewise. NaN is larger than all
// numbers. index, int32 of y's shape and contiguous, gets what MaxPoolBack needs; nil: not wanted.
func MaxPool(y, index, x *engine.Tensor, o PoolOptions) {
	p := o.params("max_pool", y, x)
	if index != nil {
		engine.Check("max_pool", index.Len() == y.Len() && index.Contiguous(), "index %v for y %v", index, y)
		p.HasIndex = 1
	} else {
		s := y.Device().Scope()
		defer s.Close()
		index = s.Ints(0)
	}
	maxPool.Run(p, y, index, x)
}
