package kernels

import (
	"math"

	"mindgap/engine"
)

// siglipBlocks computes the products by BLAS, strip by strip, and on all cores turns each row of
// each block into u and e = e^-|u| of its pairs. row takes those, with the products and the
// place of the matched pair (-1: none), and gives its parts of the block's sums; put gets the
// block's number and the sums.
func siglipBlocks(h *engine.Host, p SigLIPParams, v []engine.View, row func(i, j0, matched int, dots, u, e []float32) (a, b float64), put func(tile int, a, b float64)) {
	rows, cols, d := int(p.Rows), int(p.Cols), int(p.D)
	if rows == 0 || cols == 0 {
		return
	}
	rb, cb := int(p.RowBlock), int(p.ColBlock)
	height := max(256/rb, 1) * rb
	buf := make([]float32, min(height, rows)*cols)
	for r0 := 0; r0 < rows && !h.Stopped(); r0 += height {
		nr := min(height, rows-r0)
		hostDots(h, nr, cols, d, int(p.LdQ), int(p.LdK), v[1].F[r0*int(p.LdQ):], v[2].F, buf[:nr*cols])
		across := ceil(cols, cb)
		h.Parallel(ceil(nr, rb)*across, max(1, 1<<13/(rb*cb)), func(lo, hi int) {
			u, e := make([]float32, cb), make([]float32, cb)
			for t := lo; t < hi; t++ {
				i0, j0 := t/across*rb, t%across*cb
				var a, b float64
				for i := i0; i < min(i0+rb, nr); i++ {
					dots := buf[i*cols+j0 : i*cols+min(j0+cb, cols)]
					matched := p.logits(v, r0+i, j0, dots, u, e)
					first, second := row(r0+i, j0, matched, dots, u[:len(dots)], e[:len(dots)])
					a, b = a+first, b+second
				}
				put(r0/rb*across+t, a, b)
			}
		})
	}
}

// logits sets u and e for row i and columns j0, j0+1, ..., and gives the place of the matched pair.
func (p SigLIPParams) logits(v []engine.View, i, j0 int, dots, u, e []float32) (matched int) {
	scale, bias := v[3].F[0], v[4].F[0]
	u, e = u[:len(dots)], e[:len(dots)]
	for t, dot := range dots {
		u[t] = scale*dot + bias
	}
	matched = int(p.First) + i - j0
	if matched < 0 || matched >= len(u) {
		matched = -1
	} else {
		u[matched] = -u[matched]
	}
	for t, x := range u {
		e[t] = -float32(math.Abs(float64(x)))
	}
	expAll(e)
	return matched
}

func siglipLossHost(h *engine.Host, p SigLIPParams, v []engine.View) {
	f := 1 / float32(p.Total)
	siglipBlocks(h, p, v, func(_, _, _ int, _, u, e []float32) (sum, _ float64) {
		for t, x := range u {
			sum += float64(f * (max(x, 0) + log1p32(e[t])))
		}
		return sum, 0
	}, func(tile int, sum, _ float64) { v[0].F[tile] = float32(sum) })
}

func siglipGradHost(h *engine.Host, p SigLIPParams, v []engine.View) {
	scale, f := v[3].F[0], v[5].F[0]/float32(p.Total)
	siglipBlocks(h, p, v, func(i, j0, matched int, dots, u, e []float32) (dscale, dbias float64) {
		g := v[6].F[i*int(p.LdG)+j0:][:len(dots)]
		for t, x := range u {
			top := float32(1)
			if x < 0 {
				top = e[t]
			}
			x = f * (top / (1 + e[t]))
			if t == matched {
				x = -x
			}
			g[t] = scale * x
			dscale += float64(dots[t] * x)
			dbias += float64(x)
		}
		return dscale, dbias
	}, func(tile int, dscale, dbias float64) {
		v[0].F[tile], v[0].F[p.tiles()+tile] = float32(dscale), float32(dbias)
	})
}

// log1p32 is log(1 + e) for e in 0..1, as in include/siglip_params.glsl.
func log1p32(e float32) float32 {
	z := e / (2 + e)
	w := z * z
	p := float32(1.0 / 13)
	p = p*w + 1.0/11
	p = p*w + 1.0/9
	p = p*w + 1.0/7
	p = p*w + 1.0/5
	p = p*w + 1.0/3
	p = p*w + 1
	return 2 * z * p
}
