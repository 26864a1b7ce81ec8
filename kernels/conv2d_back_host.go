package kernels

import "mindgap/engine"

// conv2dBackHost runs each class of pixels as a gather of dy: those that agree in their row
// and column modulo the stride take the same taps, which, from the last to the first, walk
// forward through dy.
func conv2dBackHost(h *engine.Host, p ConvBackParams, v []engine.View) {
	s := int(p.Stride)
	for a := range s {
		for b := range s {
			if h.Stopped() {
				return
			}
			p.class(h, a, b, v)
		}
	}
}

func (p ConvBackParams) class(h *engine.Host, a, b int, v []engine.View) {
	g := gather{
		n: int(p.N), h: int(p.dyH()), w: int(p.dyW()), c: int(p.O), ld: int(p.LdDy), o: int(p.C), stride: 1,
		in: v[1].F, turned: true,
	}
	var tapY, tapX int // the last tap of the class
	g.oh, g.kh, g.top, tapY = p.along(a, p.H, p.Kh)
	g.ow, g.kw, g.left, tapX = p.along(b, p.W, p.Kw)
	if g.pixels() == 0 || g.o == 0 {
		return
	}
	filters := borrow(g.depth() * g.o)
	defer giveBack(filters)
	g.filters = *filters
	w, s := v[2].F, int(p.Stride)
	h.Parallel(g.kh*g.kw*g.c, rowGrain(p.C, elementGrain), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			o, ky, kx := r%g.c, tapY-r/g.c/g.kw*s, tapX-r/g.c%g.kw*s
			copy(g.filters[r*g.o:][:g.o], w[((o*int(p.Kh)+ky)*int(p.Kw)+kx)*int(p.LdW):])
		}
	})
	if s == 1 {
		g.out, g.ldOut = v[0].F, int(p.LdDx)
		if p.Accumulate != 0 {
			g.matrix, g.ldM = g.out, g.ldOut
		}
		g.run(h)
		return
	}
	// The pixels of a class do not lie side by side in dx.
	sums := borrow(g.pixels() * g.o)
	defer giveBack(sums)
	g.out, g.ldOut = *sums, g.o
	g.run(h)
	h.Parallel(g.pixels(), rowGrain(p.C, elementGrain), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			line, x := r/g.ow, r%g.ow*s+b
			y := line%g.oh*s + a
			dx := v[0].F[((line/g.oh*int(p.H)+y)*int(p.W)+x)*int(p.LdDx):][:g.o]
			for i, d := range g.out[r*g.o:][:g.o] {
				put(dx, i, d, p.Accumulate)
			}
		}
	})
}

// along gives, along one axis, for pixels that leave the remainder a: their number, that of
// their taps, how far before a pixel's own number its first row of dy lies, and the last tap.
func (p ConvBackParams) along(a int, in, k int32) (pixels, taps, before, last int) {
	s := int(p.Stride)
	pixels = max(ceil(int(in)-a, s), 0)
	first := (a + int(p.Padding)) % s
	taps = max(ceil(int(k)-first, s), 0)
	origin := (a+int(p.Padding)-first)/s + int(p.Border)
	return pixels, taps, taps - 1 - origin, first + s*(taps-1)
}
