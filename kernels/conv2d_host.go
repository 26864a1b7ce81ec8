package kernels

import "mindgap/engine"

// conv2dHost runs the convolution as a gather.
func conv2dHost(h *engine.Host, p ConvParams, v []engine.View) {
	g := p.patches().gather()
	g.o, g.out, g.ldOut = int(p.O), v[0].F, int(p.LdY)
	g.in, g.act = v[1].F, p.Act
	g.filters = compactRows(h, v[2].F, int(p.O*p.Kh*p.Kw), int(p.C), int(p.LdW))
	if p.HasBias != 0 {
		g.vector = v[3].F
	}
	if p.HasResidual != 0 {
		g.matrix, g.ldM = v[4].F, int(p.LdR)
	}
	g.run(h)
}

// compactRows is x itself, or a copy without what lies between its rows.
func compactRows(h *engine.Host, x []float32, rows, cols, ld int) []float32 {
	if ld == cols || rows <= 1 || cols == 0 {
		return x
	}
	y := make([]float32, rows*cols)
	h.Parallel(rows, rowGrain(int32(cols), elementGrain), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			copy(y[r*cols:][:cols], x[r*ld:])
		}
	})
	return y
}
