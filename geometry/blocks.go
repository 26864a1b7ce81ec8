package geometry

import (
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// blockRows is how many rows of n dot products are held at once: 32 MB of them,
// between 16 and 256 rows.
func blockRows(n int) int { return min(max(16, (4<<20)/max(1, n)), 256) }

// dotBlocks calls fn with a[lo:hi] b^T, block by block: g[(i-lo)*b.N + j] = a_i . b_j.
// fn must not keep g.
func dotBlocks(a, b Rows, fn func(lo, hi int, g []float64)) {
	step := min(blockRows(b.N), a.N)
	buf := make([]float64, step*b.N)
	for lo := 0; lo < a.N; lo += step {
		hi := min(lo+step, a.N)
		g := buf[:(hi-lo)*b.N]
		c := blas64.General{Rows: hi - lo, Cols: b.N, Stride: b.N, Data: g}
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, a.Slice(lo, hi).general(), b.general(), 0, c)
		fn(lo, hi, g)
	}
}

// dots is the whole a b^T.
func dots(a, b Rows) []float64 {
	g := make([]float64, a.N*b.N)
	dotBlocks(a, b, func(lo, hi int, blk []float64) { copy(g[lo*b.N:], blk) })
	return g
}

// squaredNorms is |x_i|^2 of every row.
func squaredNorms(r Rows) []float64 {
	s := make([]float64, r.N)
	for i := range s {
		s[i] = floats.Dot(r.Row(i), r.Row(i))
	}
	return s
}

// parallel cuts 0..n into pieces and runs fn on all cores. Every output of fn must
// belong to one index alone, so that the result does not depend on the cut.
func parallel(n int, fn func(lo, hi int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		if n > 0 {
			fn(0, n)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		lo, hi := n*w/workers, n*(w+1)/workers
		wg.Go(func() { fn(lo, hi) })
	}
	wg.Wait()
}

// logSumExp is log sum exp(scale*v), by its largest term.
func logSumExp(v []float64, scale float64) float64 {
	top := math.Inf(-1)
	for _, x := range v {
		top = math.Max(top, scale*x)
	}
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(scale*x - top)
	}
	return top + math.Log(sum)
}
