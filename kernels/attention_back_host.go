package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// attentionBackHost gives each core a head at a time, and goes through it in blocks of rows:
// five products by BLAS make all three gradients, in scratch of 2 block x Len numbers.
func attentionBackHost(h *engine.Host, p AttentionBackParams, v []engine.View) {
	n, d := int(p.Len), int(p.Width)
	if n == 0 {
		return
	}
	block := evenly(n, attentionTile)
	f := p.forward()
	h.Parallel(int(p.Batch*p.Heads), max(1, 1<<16/(n*n*d)), func(lo, hi int) {
		borrowed := borrow(2 * block * n)
		defer giveBack(borrowed)
		s, g := (*borrowed)[:block*n], (*borrowed)[block*n:]
		for head := lo; head < hi; head++ {
			if h.Stopped() {
				return
			}
			row0, col := head/int(p.Heads)*n, head%int(p.Heads)*d
			at := func(buf int, ld int32, row int) []float32 { return v[buf].F[(row0+row)*int(ld)+col:] }
			if p.Accumulate == 0 { // keys get their gradients from many blocks
				p.zero(partK, v[1].F, p.LdDk, row0, col)
				p.zero(partV, v[2].F, p.LdDv, row0, col)
			}
			for i0 := 0; i0 < n; i0 += block {
				rows := min(block, n-i0)
				keys := f.seen(i0 + rows - 1)
				q, do := at(4, p.LdQ, i0), at(3, p.LdDout, i0)
				ldQ, ldDout := int(p.LdQ), int(p.LdDout)
				coreGemm(h, blas.NoTrans, blas.Trans, rows, keys, d, p.Scale, q, ldQ, at(5, p.LdK, 0), int(p.LdK), 0, s, keys)
				if p.Parts&(partQ|partK) != 0 {
					coreGemm(h, blas.NoTrans, blas.Trans, rows, keys, d, 1, do, ldDout, at(6, p.LdV, 0), int(p.LdV), 0, g, keys)
				}
				for i := range rows {
					seen := f.seen(i0 + i)
					row := v[7].F[2*(head*n+i0+i):][:2]
					logitGradients(s[i*keys:][:keys], g[i*keys:][:keys], seen, row[0], row[1], p.Scale)
				}
				if p.Parts&partV != 0 {
					coreGemm(h, blas.Trans, blas.NoTrans, keys, d, rows, 1, s, keys, do, ldDout, 1, at(2, p.LdDv, 0), int(p.LdDv))
				}
				if p.Parts&partK != 0 {
					coreGemm(h, blas.Trans, blas.NoTrans, keys, d, rows, 1, g, keys, q, ldQ, 1, at(1, p.LdDk, 0), int(p.LdDk))
				}
				if p.Parts&partQ != 0 {
					coreGemm(h, blas.NoTrans, blas.NoTrans, rows, d, keys, 1, g, keys, at(5, p.LdK, 0), int(p.LdK), float32(p.Accumulate), at(0, p.LdDq, i0), int(p.LdDq))
				}
			}
		}
	})
}

// zero clears a head of one of the gradients, if it is wanted.
func (p AttentionBackParams) zero(part int32, x []float32, ld int32, row0, col int) {
	for row := row0; p.Parts&part != 0 && row < row0+int(p.Len); row++ {
		clear(x[row*int(ld)+col:][:p.Width])
	}
}

// logitGradients turns a row's logits s into probabilities, and do.v (g) into the gradients of
// the logits; keys from seen on get 0.
func logitGradients(s, g []float32, seen int, lse, delta, scale float32) {
	clear(s[seen:])
	clear(g[seen:])
	s, g = s[:seen], g[:seen]
	if lse < -math.MaxFloat32 {
		clear(s)
	} else {
		vector.ExpSum(s, lse)
	}
	vector.LogitGradients(g, s, delta, scale)
}
