package kernels

import "mindgap/engine"

// infonceGradHost computes the products by BLAS into g itself, strip by strip, and turns them
// into gradients in place, on all cores: one number of dscale_part per block.
func infonceGradHost(h *engine.Host, p InfoNCEGradParams, v []engine.View) {
	rows, cols, d := int(p.Rows), int(p.Cols), int(p.D)
	ldG, ldQ, ldK := int(p.LdG), int(p.LdQ), int(p.LdK)
	if rows == 0 || cols == 0 {
		return
	}
	rb, cb := int(p.RowBlock), int(p.ColBlock)
	height := max(256/rb, 1) * rb
	buf := make([]float32, min(height, rows)*cols)
	f := v[5].F[0] / float32(p.Total)
	for r0 := 0; r0 < rows && !h.Stopped(); r0 += height {
		nr := min(height, rows-r0)
		hostDots(h, nr, cols, d, ldQ, ldK, v[2].F[r0*ldQ:], v[3].F, buf[:nr*cols])
		across := ceil(cols, cb)
		h.Parallel(ceil(nr, rb)*across, max(1, 1<<13/(rb*cb)), func(lo, hi int) {
			tmp := make([]float32, cb)
			for t := lo; t < hi; t++ {
				i0, j0 := t/across*rb, t%across*cb
				var part float32
				for i := i0; i < min(i0+rb, nr); i++ {
					part += gradRow(p, v, r0+i, j0, buf[i*cols+j0:i*cols+min(j0+cb, cols)], v[0].F[(r0+i)*ldG+j0:], tmp, f)
				}
				v[1].F[(r0/rb)*across+t] = part
			}
		})
	}
}

// gradRow turns the products of row i with columns j0, j0+1, ... into g, and gives their
// share of dscale. tmp has room for as many numbers.
func gradRow(p InfoNCEGradParams, v []engine.View, i, j0 int, dots, g, tmp []float32, f float32) (part float32) {
	scale := v[4].F[0]
	g = g[:len(dots)]
	clear(g)
	if p.WRow != 0 {
		lse, w := v[6].F[i], p.WRow
		for t, dot := range dots {
			g[t] = scale*dot - lse
		}
		expAll(g)
		for t := range g {
			g[t] *= w
		}
	}
	if p.WCol != 0 {
		lse, w := v[7].F[j0:j0+len(dots)], p.WCol
		tmp = tmp[:len(dots)]
		for t, dot := range dots {
			tmp[t] = scale*dot - lse[t]
		}
		expAll(tmp)
		for t, x := range tmp {
			g[t] += w * x
		}
	}
	if t := int(p.First) + i - j0; t >= 0 && t < len(g) {
		g[t] -= p.WRow + p.WCol
	}
	for t, x := range g {
		x *= f
		g[t] = scale * x
		part += dots[t] * x
	}
	return part
}
