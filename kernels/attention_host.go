package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// attentionHost makes blocks of rows of one head's logits by BLAS, turns them into weights,
// and multiplies by the values: every block on one core, in scratch of block x Len numbers.
func attentionHost(h *engine.Host, p AttentionParams, v []engine.View) {
	n, d := int(p.Len), int(p.Width)
	if n == 0 {
		return
	}
	block := evenly(n, attentionTile)
	blocks := ceil(n, block)
	ldO, ldQ, ldK, ldV := int(p.LdO), int(p.LdQ), int(p.LdK), int(p.LdV)
	h.Parallel(int(p.Batch*p.Heads)*blocks, max(1, 1<<16/(block*n*d)), func(lo, hi int) {
		borrowed := borrow(block*n + block)
		defer giveBack(borrowed)
		scratch, sums := (*borrowed)[:block*n], (*borrowed)[block*n:]
		for item := lo; item < hi; item++ {
			head, i0 := item/blocks, item%blocks*block
			row0, col := head/int(p.Heads)*n, head%int(p.Heads)*d
			rows := min(block, n-i0)
			keys := p.seen(i0 + rows - 1)
			s := scratch[:rows*keys]
			coreGemm(h, blas.NoTrans, blas.Trans, rows, keys, d, p.Scale, v[2].F[(row0+i0)*ldQ+col:], ldQ, v[3].F[row0*ldK+col:], ldK, 0, s, keys)
			for i := range rows {
				row := s[i*keys:][:keys]
				seen := p.seen(i0 + i)
				var top float32
				sums[i], top = weigh(row[:seen])
				clear(row[seen:])
				if p.HasLse != 0 { // log 1 = 0: a top that is not finite stays
					v[1].F[head*n+i0+i] = float32(float64(top) + math.Log(float64(sums[i])))
				}
			}
			o := v[0].F[(row0+i0)*ldO+col:]
			coreGemm(h, blas.NoTrans, blas.NoTrans, rows, d, keys, 1, s, keys, v[4].F[row0*ldV+col:], ldV, 0, o, ldO)
			for i, sum := range sums[:rows] {
				vector.Scale(o[i*ldO:][:d], 1/sum)
			}
		}
	})
}

// weigh turns logits into e^(s - top), top being the largest, and gives their sum. Nothing but
// -Inf gives zeros, some +Inf or NaN gives NaN; then 1 is what to divide by.
func weigh(s []float32) (sum, top float32) {
	top = vector.Max(s)
	if finite(top) {
		return vector.ExpSum(s, top), top
	}
	fill := float32(math.NaN())
	if top < 0 {
		fill = 0
	}
	for j := range s {
		s[j] = fill
	}
	return 1, top
}

// evenly is the size of the fewest pieces of at most most that cover n, all but the last alike.
func evenly(n, most int) int { return ceil(n, ceil(n, most)) }

// coreWork is the number of multiply-adds up to which OpenBLAS makes a product on its caller's
// core. Larger ones, called from all cores at once, would wait for each other's threads.
const coreWork = 1 << 18

// coreGemm is Sgemm in pieces of coreWork, halving the longest side.
func coreGemm(h *engine.Host, tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	switch half := (max(m, n, k)/2 + 7) &^ 7; {
	case m*n*k <= coreWork:
		sgemm(h, math.MaxInt, tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	case k >= m && k >= n:
		coreGemm(h, tA, tB, m, n, half, alpha, a, lda, b, ldb, beta, c, ldc)
		coreGemm(h, tA, tB, m, n, k-half, alpha, along(a, lda, half, tA == blas.Trans), lda, along(b, ldb, half, tB == blas.NoTrans), ldb, 1, c, ldc)
	case n >= m:
		coreGemm(h, tA, tB, m, half, k, alpha, a, lda, b, ldb, beta, c, ldc)
		coreGemm(h, tA, tB, m, n-half, k, alpha, a, lda, along(b, ldb, half, tB == blas.Trans), ldb, beta, c[half:], ldc)
	default:
		coreGemm(h, tA, tB, half, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		coreGemm(h, tA, tB, m-half, n, k, alpha, along(a, lda, half, tA == blas.NoTrans), lda, b, ldb, beta, along(c, ldc, half, true), ldc)
	}
}
