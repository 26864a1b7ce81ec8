package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// MaxPoolBackParams describes the gradient of max_pool, added to dx with Accumulate 1.
type MaxPoolBackParams struct {
	N, H, W, C            int32
	Oh, Ow                int32
	Size, Stride, Padding int32
	LdDx, LdDy            int32
	Accumulate            int32
}

var maxPoolBack = &engine.Kernel[MaxPoolBackParams]{
	Name: "max_pool_back", Doc: "dx (+)= sum of dy over the windows whose index is the pixel", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "index", Type: engine.Int32, Access: engine.In},
	},
	Variants: pixelVariants("max_pool_back.comp.glsl", []string{"dx", "dy", "index"},
		func(p MaxPoolBackParams) (rows, cols int32, fours bool) {
			return p.N * p.H * p.W, p.C, p.LdDx%4 == 0 && p.LdDy%4 == 0
		},
		func(p MaxPoolBackParams) int { side := ceil(int(p.Size), int(p.Stride)); return side * (side + 1) }),
	Size: func(p MaxPoolBackParams) []int {
		p.forward().check("max_pool_back")
		in, out := p.N*p.H*p.W, p.N*p.Oh*p.Ow
		checkMatrix("max_pool_back", in, p.C, p.LdDx)
		checkMatrix("max_pool_back", out, p.C, p.LdDy)
		return []int{span(in, p.C, p.LdDx), span(out, p.C, p.LdDy), int(out) * int(p.C)}
	},
	Cost: func(p MaxPoolBackParams) engine.Cost {
		out := float64(p.N*p.Oh*p.Ow) * float64(p.C)
		return engine.Cost{Flops: out, Bytes: 4 * (2*out + float64(p.N*p.H*p.W)*float64(p.C)*float64(1+p.Accumulate))}
	},
	Split: func(p MaxPoolBackParams) engine.Split[MaxPoolBackParams] {
		out := int(p.Oh) * int(p.Ow)
		return engine.Split[MaxPoolBackParams]{
			Rows: int(p.N), Step: []int{int(p.H) * int(p.W) * int(p.LdDx), out * int(p.LdDy), out * int(p.C)},
			Part: func(lo, hi int) MaxPoolBackParams { p.N = int32(hi - lo); return p },
		}
	},
	Ref: func(p MaxPoolBackParams, b [][]float64) {
		for n := range int(p.N) {
			scatterImage(p, b[0], b[1], b[2], n, 0, int(p.C))
		}
	},
	Host: func(h *engine.Host, p MaxPoolBackParams, v []engine.View) {
		const part = 32 // channels
		parts := ceil(int(p.C), part)
		h.Parallel(int(p.N)*parts, 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				scatterImage(p, v[0].F, v[1].F, v[2].I, i/parts, i%parts*part, min((i%parts+1)*part, int(p.C)))
			}
		})
	},
	// One rounding for every window that a pixel lies in, and what it held before, which is at
	// most what it is now and those together.
	Bound: func(p MaxPoolBackParams, e engine.MathErrors, b [][]float64) [][]float64 {
		size := make([]float64, len(b[0]))
		q := p
		q.Accumulate = 0
		for n := range int(p.N) {
			scatterImage(q, size, absAll(b[1]), b[2], n, 0, int(p.C))
		}
		side := ceil(int(p.Size), int(p.Stride))
		for i, s := range size {
			size[i] = engine.Gamma(side*side+1)*(2*s+math.Abs(b[0][i])) + e.Tiny*float64(side*side+1)
		}
		return [][]float64{size, nil, nil}
	},
	// Every index is a pixel of its window, as max_pool leaves it.
	Inputs: func(p MaxPoolBackParams, r *rand.Rand, b [][]float64) {
		for k := range 2 {
			for i := range b[k] {
				b[k][i] = r.NormFloat64()
			}
		}
		q := p.forward()
		for row := range int(p.N * p.Oh * p.Ow) {
			var pixels []int
			q.row(row, func(pixel, _ int, _ bool) { pixels = append(pixels, pixel) })
			for c := range int(p.C) {
				b[2][row*int(p.C)+c] = float64(pixels[r.IntN(len(pixels))])
			}
		}
	},
	Cases: maxPoolBackCases(),
	Bench: []MaxPoolBackParams{pool(8, 112, 112, 64, 3, 2, 1).back()},
}

func (p MaxPoolParams) back() MaxPoolBackParams {
	return MaxPoolBackParams{p.N, p.H, p.W, p.C, p.Oh, p.Ow, p.Size, p.Stride, p.Padding, p.LdX, p.LdY, 0}
}

func (p MaxPoolBackParams) forward() MaxPoolParams {
	return MaxPoolParams{p.N, p.H, p.W, p.C, p.Oh, p.Ow, p.Size, p.Stride, p.Padding, p.LdDy, p.LdDx, 1}
}

func maxPoolBackCases() (list []MaxPoolBackParams) {
	for i, p := range []MaxPoolParams{
		pool(0, 4, 4, 3, 2, 2, 0), pool(1, 1, 1, 1, 1, 1, 0), pool(2, 5, 7, 3, 3, 2, 1), pool(1, 9, 8, 8, 3, 2, 1), pool(2, 6, 5, 4, 2, 2, 0),
		pool(1, 7, 7, 5, 3, 1, 1), pool(3, 4, 5, 12, 5, 3, 2), pool(2, 5, 5, 0, 2, 2, 0), pool(1, 8, 8, 4, 2, 3, 1),
	} {
		q := p.back()
		if q.Accumulate = int32(i % 2); i%4 == 2 {
			q.LdDx, q.LdDy = q.LdDx+2, q.LdDy+1
		}
		list = append(list, q)
	}
	return list
}

// scatterImage hands every dy of channels lo..hi of an image to the pixel of its index, window
// after window.
func scatterImage[T float, I int32 | float64](p MaxPoolBackParams, dx, dy []T, index []I, n, lo, hi int) {
	in, out, c := int(p.H*p.W), int(p.Oh*p.Ow), int(p.C)
	if p.Accumulate == 0 {
		for r := n * in; r < (n+1)*in; r++ {
			clear(dx[r*int(p.LdDx)+lo : r*int(p.LdDx)+hi])
		}
	}
	for r := n * out; r < (n+1)*out; r++ {
		for k := lo; k < hi; k++ {
			if at := int(index[r*c+k]); at >= 0 && at < in {
				dx[(n*in+at)*int(p.LdDx)+k] += dy[r*int(p.LdDy)+k]
			}
		}
	}
}

// MaxPoolBack is the gradient of MaxPool with the same options: dx, of x's shape, gets (or with
// accumulate is increased by) dy at the pixels that index names. It adds in a fixed order,
// so that the same input gives the same bits.
func MaxPoolBack(dx, dy, index *engine.Tensor, o PoolOptions, accumulate bool) {
	p := o.params("max_pool_back", dy, dx)
	engine.Check("max_pool_back", index.Len() == dy.Len() && index.Contiguous(), "index %v for dy %v", index, dy)
	q := p.back()
	q.Accumulate = flag(accumulate)
	maxPoolBack.Run(q, dx, dy, index)
}
