package kernels

import (
	"math"

	"mindgap/engine"
)

// GlobalAveragePool is y[n][c] = mean over the pixels of image n of x[n][..][c]: x is
// N x H x W x C, y is N x C and contiguous. No pixel: NaN. An image has at most 32,000 pixels.
func GlobalAveragePool(y, x *engine.Tensor) {
	const name = "global_average_pool"
	engine.Check(name, len(x.Shape()) == 4, "x %v has not four axes", x)
	pixels := x.Dim(1) * x.Dim(2)
	engine.Check(name, pixels <= maxChunk, "%d pixels, at most %d", pixels, maxChunk)
	engine.Check(name, y.Len() == x.Dim(0)*x.Dim(3) && y.Rows() == x.Dim(0) && y.Contiguous(), "y %v for x %v", y, x)
	// An image is a chunk of the rows of all images.
	columnMean.Run(ReduceParams{
		Rows: int32(x.Rows()), Cols: int32(x.Cols()), Chunk: int32(max(pixels, 1)), Count: int32(pixels), LdY: int32(x.Cols()), LdX: int32(x.LD()),
	}, y, x)
}

// AveragePoolBackParams describes dx[n][p][c] (+)= dy[n][c] / Pixels for N images of as many
// pixels of C channels.
type AveragePoolBackParams struct{ N, Pixels, C, LdDx, LdDy, Accumulate int32 }

var averagePoolBack = &engine.Kernel[AveragePoolBackParams]{
	Name: "average_pool_back", Doc: "dx[n][p] (+)= dy[n] / pixels, for every pixel p of image n", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}},
	Variants: pixelVariants("average_pool_back.comp.glsl", []string{"dx", "dy"},
		func(p AveragePoolBackParams) (rows, cols int32, fours bool) {
			return p.N * p.Pixels, p.C, p.LdDx%4 == 0 && p.LdDy%4 == 0
		},
		func(AveragePoolBackParams) int { return 1 }),
	Size: func(p AveragePoolBackParams) []int {
		engine.Check("average_pool_back", p.N >= 0 && p.Pixels >= 0, "%d images of %d pixels", p.N, p.Pixels)
		checkMatrix("average_pool_back", p.N*p.Pixels, p.C, p.LdDx)
		checkMatrix("average_pool_back", p.N, p.C, p.LdDy)
		return []int{span(p.N*p.Pixels, p.C, p.LdDx), span(p.N, p.C, p.LdDy)}
	},
	Cost: func(p AveragePoolBackParams) engine.Cost {
		n := float64(p.N*p.Pixels) * float64(p.C)
		return engine.Cost{Flops: n, Bytes: 4 * (n*float64(1+p.Accumulate) + float64(p.N)*float64(p.C))}
	},
	Split: func(p AveragePoolBackParams) engine.Split[AveragePoolBackParams] {
		return engine.Split[AveragePoolBackParams]{
			Rows: int(p.N), Step: []int{int(p.Pixels) * int(p.LdDx), int(p.LdDy)},
			Part: func(lo, hi int) AveragePoolBackParams { p.N = int32(hi - lo); return p },
		}
	},
	Ref: func(p AveragePoolBackParams, b [][]float64) {
		eachRow(p.N*p.Pixels, p.C, func(row, c int) {
			put(b[0], row*int(p.LdDx)+c, b[1][row/int(p.Pixels)*int(p.LdDy)+c]/float64(p.Pixels), p.Accumulate)
		})
	},
	Host: func(h *engine.Host, p AveragePoolBackParams, v []engine.View) {
		h.Parallel(int(p.N*p.Pixels), rowGrain(p.C, elementGrain), func(lo, hi int) {
			for r := lo; r < hi && p.C > 0; r++ {
				dx := v[0].F[r*int(p.LdDx):][:p.C]
				for i, d := range v[1].F[r/int(p.Pixels)*int(p.LdDy):][:p.C] {
					put(dx, i, d/float32(p.Pixels), p.Accumulate)
				}
			}
		})
	},
	// A division and an addition.
	Bound: func(p AveragePoolBackParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		eachRow(p.N*p.Pixels, p.C, func(row, c int) {
			i := row*int(p.LdDx) + c
			d := math.Abs(b[1][row/int(p.Pixels)*int(p.LdDy)+c]) / float64(p.Pixels)
			out[i] = 1.01*u*(e.Div*d+float64(p.Accumulate)*(math.Abs(b[0][i])+d)) + 3*e.Tiny
		})
		return [][]float64{out, nil}
	},
	Cases: []AveragePoolBackParams{
		{0, 4, 3, 3, 3, 0}, {2, 0, 3, 3, 3, 0}, {1, 1, 1, 1, 1, 1}, {3, 49, 5, 6, 7, 0}, {2, 35, 8, 8, 8, 1}, {2, 49, 512, 512, 516, 0},
	},
	Bench: []AveragePoolBackParams{{8, 49, 512, 512, 512, 0}},
}

// GlobalAveragePoolBack is the gradient of GlobalAveragePool: every pixel of dx, N x H x W x C,
// gets (or with accumulate is increased by) its image's dy, N x C, over the number of pixels.
func GlobalAveragePoolBack(dx, dy *engine.Tensor, accumulate bool) {
	const name = "average_pool_back"
	engine.Check(name, len(dx.Shape()) == 4 && dy.Rows() == dx.Dim(0) && dy.Cols() == dx.Dim(3), "dx %v, dy %v", dx, dy)
	averagePoolBack.Run(AveragePoolBackParams{
		int32(dx.Dim(0)), int32(dx.Dim(1) * dx.Dim(2)), int32(dx.Dim(3)), int32(dx.LD()), int32(dy.LD()), flag(accumulate),
	}, dx, dy)
}
