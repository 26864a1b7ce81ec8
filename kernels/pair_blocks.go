package kernels

import (
	"math"

	"mindgap/engine"
)

// pairBlocks makes the logits alpha q_i.k_j + bias_j of all pairs of N rows of q and M >= N rows
// of k block by block of rows, in the memory of one block.
type pairBlocks struct {
	q, k  *engine.Tensor
	alpha float32
	bias  *engine.Tensor // M numbers; nil: none
	rows  int            // of a block
	flat  *engine.Tensor // the block, and room for its diagonal
	ld    int
	none  *engine.Tensor // a column of -Inf; nil: pairs (i, i) count as all others
}

// blockRows is how many rows of logits against the rows of k fit 64 MiB.
func blockRows(k *engine.Tensor) int {
	return min(k.Rows(), max(1, 1<<24/(paddedRow(k.Rows())+1)))
}

// newPairBlocks makes room for one block. Without self pairs (i, i) have the logit -Inf.
func newPairBlocks(s *engine.Scope, q, k *engine.Tensor, alpha float32, bias *engine.Tensor, rows int, self bool) pairBlocks {
	b := pairBlocks{q: q, k: k, alpha: alpha, bias: bias, rows: rows, ld: paddedRow(k.Rows())}
	b.flat = s.Floats(rows * (b.ld + 1))
	if !self {
		b.none = filled(s, float32(math.Inf(-1)), rows, 1)
	}
	return b
}

// each calls f for every block: rows lo..hi against all, and the column of the block's elements
// (i, i), which lie one more than a row apart.
func (b pairBlocks) each(f func(lo, hi int, logits, diagonal *engine.Tensor)) {
	n, m := b.q.Rows(), b.k.Rows()
	for lo := 0; lo < n; lo += b.rows {
		hi := min(lo+b.rows, n)
		logits := b.flat.SliceRows(0, (hi-lo)*b.ld).Reshape(hi-lo, b.ld).SliceCols(0, m)
		Gemm(logits, b.q.SliceRows(lo, hi), b.k, MatMulOptions{TransB: true, Alpha: b.alpha, Bias: b.bias})
		diagonal := b.flat.Reshape(b.rows, b.ld+1).SliceRows(0, hi-lo).SliceCols(lo, lo+1)
		if b.none != nil {
			Scale(diagonal, 1, b.none.SliceRows(0, hi-lo))
		}
		f(lo, hi, logits, diagonal)
	}
}

// products gives, with the softmax P_ij = e^(logit_ij - lse_i), y = P k and z = P^T x.
func (b pairBlocks) products(y, z, lse, x *engine.Tensor) {
	b.each(func(lo, hi int, logits, _ *engine.Tensor) {
		SoftmaxOf(logits, logits, lse.SliceRows(lo, hi))
		Gemm(y.SliceRows(lo, hi), logits, b.k, MatMulOptions{})
		Gemm(z, logits, x.SliceRows(lo, hi), MatMulOptions{TransA: true, Beta: float32(flag(lo > 0))})
	})
}

// filled is a matrix of one number.
func filled(s *engine.Scope, v float32, rows, cols int) *engine.Tensor {
	list := make([]float32, rows*cols)
	for i := range list {
		list[i] = v
	}
	return s.Upload(list, rows, cols)
}
