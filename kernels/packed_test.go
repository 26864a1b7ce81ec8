package kernels

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/gonum"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

// Every tile of this processor against float64, and their bits against each other's.
func TestPackedTiles(t *testing.T) {
	if len(packedTiles()) == 0 {
		t.Skip("this processor has no vectors of fused multiply-adds that are known here")
	}
	for _, v := range packedTiles() {
		for _, k := range []int{1, 3, 4, 5, 8, 31, 256} {
			t.Run(fmt.Sprintf("%s/%d", v.name, k), func(t *testing.T) {
				r := rand.New(rand.NewPCG(23, uint64(k)))
				const ld, ldInit, alpha = 37, 41, 0.75
				a, b := normalSlice(r, k*v.rows), normalSlice(r, k*v.cols)
				init, got := normalSlice(r, v.rows*ldInit), make([]float32, v.rows*ld)
				v.run(&packedArgs{
					c: &got[1], ldC: 4 * ld, init: &init[2], ldInit: 4 * ldInit, a: &a[0], b: &b[0],
					ahead: &b[0], aheadStep: 16, k: k, alpha: alpha,
				})
				for row := range v.rows {
					for col := range v.cols {
						sum, size := float64(init[row*ldInit+2+col]), 5.0
						for i := range k {
							sum += alpha * float64(a[i*v.rows+row]) * float64(b[i*v.cols+col])
							size += 20 // no two normal numbers here reach that
						}
						require.InDelta(t, sum, got[row*ld+1+col], engine.Gamma(k+1)*size, "row %d, column %d", row, col)
					}
					for col := range ld - v.cols {
						require.Zero(t, got[row*ld+(1+v.cols+col)%ld], "written beside row %d", row)
					}
				}
			})
		}
	}
}

// Products of small integers are exact: every shape, layout and way to cut them gives what gonum gives,
// and all tiles the same bits of any numbers.
func TestGemm(t *testing.T) {
	if hostPacked == nil {
		t.Skip("this processor has no vectors of fused multiply-adds that are known here")
	}
	d, err := engine.Open("host")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	for _, c := range []struct{ m, n, k int }{
		{1, 1, 1}, {5, 3, 2}, {12, 32, 4}, {13, 33, 300}, {40, 700, 513}, {700, 40, 513}, {200, 100, 1},
		{450, 520, 2*slabDepth + 5}, // more than is packed at a time, both ways
		{30, 400, slabDepth + 1},    // few rows
	} {
		for _, l := range []layout{{}, {tB: true}, {tA: true}} {
			t.Run(fmt.Sprintf("%dx%dx%d/A^T %v, B^T %v", c.m, c.n, c.k, l.tA, l.tB), func(t *testing.T) {
				r := rand.New(rand.NewPCG(29, uint64(c.m)))
				g := gemm{m: c.m, n: c.n, k: c.k, tA: l.tA, tB: l.tB, lda: c.k + 3, ldb: c.n + 2, ldc: c.n + 1, alpha: 2}
				heightA, heightB := c.m, c.k
				if l.tA {
					heightA, g.lda = c.k, c.m+3
				}
				if l.tB {
					heightB, g.ldb = c.n, c.k+2
				}
				integers := func(n int) []float32 {
					x := make([]float32, n)
					for i := range x {
						x[i] = float32(r.IntN(5) - 2)
					}
					return x
				}
				g.a, g.b = integers(heightA*g.lda), integers(heightB*g.ldb)
				start := integers(c.m * g.ldc)
				betas := []float32{0, 1, -3}
				if c.k > slabDepth {
					betas = betas[:1]
				}
				for _, beta := range betas {
					want := append([]float32(nil), start...)
					gonum.Implementation{}.Sgemm(transposed(l.tA), transposed(l.tB), c.m, c.n, c.k, 2, g.a, g.lda, g.b, g.ldb, beta, want, g.ldc)
					for _, v := range packedTiles() {
						g.c, g.beta = append([]float32(nil), start...), beta
						var finished atomic.Int64
						g.done = func(y0, y1, x0, x1 int) { finished.Add(int64((y1 - y0) * (x1 - x0))) }
						onHost(d, func(h *engine.Host) { g.run(h, &v) })
						require.Equal(t, want, g.c, "%s, beta %g", v.name, beta)
						require.EqualValues(t, c.m*c.n, finished.Load())
					}
				}
				if c.k > slabDepth {
					return
				}
				g.a, g.b, g.beta, g.done = normalSlice(r, len(g.a)), normalSlice(r, len(g.b)), 0.5, nil
				var first []float32
				for _, v := range packedTiles() {
					g.c = append([]float32(nil), start...)
					onHost(d, func(h *engine.Host) { g.run(h, &v) })
					if first == nil {
						first = g.c
					}
					require.Equal(t, first, g.c, "the bits of %s", v.name)
				}
			})
		}
	}
}

// Products, and what is made of them, by every tile of packed operands that this processor has, and
// without; a batch of long products is one after the other on all cores.
func TestProductsByEveryTile(t *testing.T) {
	best := hostPacked
	t.Cleanup(func() { hostPacked = best })
	d, err := engine.Open("host")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	tiles := []*packedTile{nil}
	for _, v := range packedTiles() {
		tiles = append(tiles, &v)
	}
	s := d.Scope()
	r := rand.New(rand.NewPCG(31, 1))
	const m, n, k = 230, 240, 260 // above hostWork
	a, b := s.Upload(normalSlice(r, 3*m*k), 3, m, k), s.Upload(normalSlice(r, 3*k*n), 3, k, n)
	var first []float32
	for _, hostPacked = range tiles {
		for _, k := range []engine.Spec{matmul, matmulNT, matmulTN, infoncePartial, allPairsCosineHistogram, attention} {
			for _, r := range enginetest.VerifyKernel(d, k) {
				require.True(t, r.OK, "%s: %s: %s", r.Kernel, r.Case, r.Why)
			}
		}
		c := s.Floats(3, m, n)
		Gemm(c, a, b, MatMulOptions{Act: ActReLU})
		got := read(t, c)
		if first == nil {
			first = got
		}
		require.InDeltaSlice(t, first, got, 1e-4)
	}
}
