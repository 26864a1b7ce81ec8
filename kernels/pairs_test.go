package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
)

// plainBLAS adds up all terms of A B^T one after the other.
type plainBLAS struct{ engine.BLAS }

func (plainBLAS) Sgemm(_, _ blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	for i := range m {
		for j := range n {
			var sum float32
			for z := range k {
				sum += float32(a[i*lda+z] * b[j*ldb+z])
			}
			rescale(&c[i*ldc+j], beta)
			c[i*ldc+j] += float32(alpha * sum)
		}
	}
}

// The roundings of a chain of d normal products have a variance of d/2 terms, and 1 for the products;
// of two halves d/4 + 1, and 1 more where they meet. Eight thousand products settle the ratio of the
// roots to some per cent: 5 are allowed. Widths of no halves, and odd ones, are right as well.
func TestHostProductsInHalves(t *testing.T) {
	h := &engine.Host{BLAS: plainBLAS{}, ByName: true, Workers: 1}
	const rows, cols = 128, 64
	for _, d := range []int{1, 127, 128, 133, 512} {
		ld := d + 3
		q, k := normals(1, rows*ld, 0), normals(2, cols*ld, 0)
		c := make([]float32, rows*cols)
		rms := func(dots func(h *engine.Host, rows, cols, d, ldQ, ldK int, q, k, c []float32)) float64 {
			dots(h, rows, cols, d, ld, ld, q, k, c)
			squares := 0.0
			for i := range rows {
				for j := range cols {
					want := 0.0
					for z := range d {
						want += float64(q[i*ld+z]) * float64(k[j*ld+z])
					}
					squares += math.Pow(float64(c[i*cols+j])-want, 2)
				}
			}
			return math.Sqrt(squares / rows / cols)
		}
		plain, halves := rms(hostDots), rms(hostHalves)
		require.Less(t, plain, engine.U*float64(d+1)) // else the products themselves are wrong
		if d < 128 {
			require.Equal(t, plain, halves, d)
			continue
		}
		n := float64(d)
		require.InEpsilon(t, math.Sqrt((n/4+2)/(n/2+1)), halves/plain, 0.05, "width %d", d)
	}
}
