package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
)

// gather is a convolution as the host computes it, forward or as one class of a gradient's
// pixels (include/conv2d.glsl says which those are):
//
//	out[n][oy][ox][o] = act(start + sum over ky, kx, c of in[n][oy s - top + ky][ox s - left + kx][c] filter[o][ky kx c])
//
// with 0 outside of the n images of h x w pixels of c channels, ld apart. Pixels of out lie
// ldOut apart, one after the other.
type gather struct {
	n, h, w, c, ld    int
	oh, ow, o         int
	kh, kw            int
	stride, top, left int

	in, out []float32
	ldOut   int
	filters []float32 // o x depth
	turned  bool      // they are depth x o

	vector []float32 // what sums start from: o numbers, nil: 0
	matrix []float32 // plus as much for every pixel, ldM apart (it may be out itself); nil: nothing
	ldM    int
	act    Activation
}

func (g *gather) pixels() int { return g.n * g.oh * g.ow }
func (g *gather) depth() int  { return g.kh * g.kw * g.c }

// run computes all pixels on all cores: in tiles of vector registers where the processor has
// them, else by the BLAS.
func (g *gather) run(h *engine.Host) {
	switch {
	case g.pixels() == 0 || g.o == 0:
	case g.depth() == 0:
		h.Parallel(g.pixels(), rowGrain(int32(g.o), elementGrain), func(lo, hi int) {
			g.start(lo, hi)
			g.act.rows(g.out, g.ldOut, g.o, lo, hi)
		})
	case hostTile.run != nil:
		g.tiles(h, hostTile)
	default:
		g.products(h)
	}
}

// products multiplies blocks of the patch matrix, which is never whole, by the filters: a
// core writes some of its rows to where they stay in its cache, multiplies, and finishes the
// pixels while they are there.
func (g *gather) products(h *engine.Host) {
	pixels, depth := g.pixels(), g.depth()
	// About 1 MiB, fewer rows where there would be less than two blocks for each core, but not
	// less than a product needs to be fast.
	grain := max(min(1<<18/depth, ceil(pixels, 2*h.Workers)), 64)
	filters := g.filters
	if g.turned { // gonum passes over zeros of A, which the border has, unless B is transposed
		filters = make([]float32, g.o*depth)
		g.panels(h, filters, 1)
	}
	h.ParallelBLAS(pixels, grain, func(lo, hi int) {
		g.start(lo, hi)
		a, ld := g.in, g.ld
		if g.isMatrix() {
			a = a[lo*ld:]
		} else {
			buffer := borrow(grain * depth)
			defer giveBack(buffer)
			a, ld = *buffer, depth
			g.patches(a, ld, lo, hi)
		}
		h.BLAS.Sgemm(blas.NoTrans, blas.Trans, hi-lo, g.o, depth, 1, a, ld, filters, depth, 1, g.out[lo*g.ldOut:], g.ldOut)
		g.act.rows(g.out, g.ldOut, g.o, lo, hi)
	})
}

// isMatrix says whether the input is its own patch matrix: of single pixels.
func (g *gather) isMatrix() bool {
	return g.kh == 1 && g.kw == 1 && g.stride == 1 && g.top == 0 && g.left == 0 && g.oh == g.h && g.ow == g.w
}

// start sets pixels lo..hi of out to what sums start from.
func (g *gather) start(lo, hi int) {
	for r := lo; r < hi; r++ {
		out := g.out[r*g.ldOut:][:g.o]
		switch {
		case g.matrix == nil && g.vector == nil:
			clear(out)
		case g.matrix == nil:
			copy(out, g.vector)
		case g.vector == nil:
			copy(out, g.matrix[r*g.ldM:])
		default:
			sumRow(out, g.vector[:g.o], g.matrix[r*g.ldM:][:g.o], 0)
		}
	}
}

// patches writes rows lo..hi of the patch matrix to dst, ld apart.
func (g *gather) patches(dst []float32, ld, lo, hi int) {
	c := g.c
	line, ox := lo/g.ow, lo%g.ow // lines of all images
	for r := lo; r < hi; r++ {
		row := dst[(r-lo)*ld:][:g.depth()]
		top, left := line%g.oh*g.stride-g.top, ox*g.stride-g.left
		from, to := min(max(0, -left), g.kw), min(max(0, g.w-left), g.kw) // taps within the image
		for ky := range g.kh {
			part := row[ky*g.kw*c:][:g.kw*c]
			iy := top + ky
			if iy < 0 || iy >= g.h || to <= from {
				clear(part)
				continue
			}
			clear(part[:from*c])
			clear(part[to*c:])
			copyPixels(part[from*c:to*c], g.in[((line/g.oh*g.h+iy)*g.w+left+from)*g.ld:], c, g.ld)
		}
		if ox++; ox == g.ow {
			line, ox = line+1, 0
		}
	}
}

// copyPixels fills dst with pixels of c channels that lie ld apart.
func copyPixels(dst, src []float32, c, ld int) {
	if ld == c {
		copy(dst, src)
		return
	}
	for i := 0; i < len(dst); i += c {
		copy(dst[i:i+c], src)
		src = src[min(ld, len(src)):]
	}
}

// rows applies the activation to rows lo..hi of a matrix.
func (a Activation) rows(x []float32, ld, cols, lo, hi int) {
	if a == NoActivation {
		return
	}
	f := activations[a].host
	for r := lo; r < hi; r++ {
		row := x[r*ld:][:cols]
		if a == ActReLU { // a call for each element would cost more than the work
			for i, x := range row {
				row[i] = max(x, 0)
			}
			continue
		}
		for i, x := range row {
			row[i] = f(x)
		}
	}
}

// floor is the number below which the activation cuts, and what is left of it to do.
func (a Activation) floor() (float32, Activation) {
	if a == ActReLU {
		return 0, NoActivation
	}
	return float32(math.Inf(-1)), a
}
