package engine

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
)

// The library's threads go down to one with the first caller who asks, and up again after the last.
func TestOneThread(t *testing.T) {
	var set []int32
	l := &openBLASLib{setThreads: func(n int32) { set = append(set, n) }, threads: 7}
	first, second := l.oneThread(), l.oneThread()
	first()
	require.Equal(t, []int32{1}, set)
	second()
	l.oneThread()()
	require.Equal(t, []int32{1, 7, 1, 7}, set)
	(&openBLASLib{}).oneThread()() // a library without the function is left alone
}

// Products within ParallelBLAS are what they are one by one, over each BLAS that is here.
func TestParallelBLAS(t *testing.T) {
	for _, name := range []string{"gonum", "openblas"} {
		d, err := Open("host", WithBLAS(name))
		if err != nil {
			t.Log("left out:", err)
			continue
		}
		h := d.host
		const n, count = 70, 24
		a := make([]float32, count*n*n)
		for i := range a {
			a[i] = float32(i%13) - 6 // small integers: sums are exact
		}
		want, got := make([]float32, len(a)), make([]float32, len(a))
		product := func(c []float32, i int) {
			x := a[i*n*n:][:n*n]
			h.BLAS.Sgemm(blas.NoTrans, blas.Trans, n, n, n, 1, x, n, x, n, 0, c[i*n*n:], n)
		}
		for i := range count {
			product(want, i)
		}
		var calls atomic.Int32
		h.ParallelBLAS(count, 1, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				product(got, i)
				calls.Add(1)
			}
		})
		require.EqualValues(t, count, calls.Load())
		require.Equal(t, want, got)
		d.Close()
	}
}
