package kernels

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// A product cut along k, with a rest or without, is the product: alpha, beta, bias and activation
// come once, at the end.
func TestGemmInParts(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, x := range []struct {
			kernel         *engine.Kernel[MatMulParams]
			tA, tB         bool
			m, n, k, parts int
		}{
			{matmul, false, false, 33, 20, 512, 4}, {matmul, false, false, 3, 7, 301, 5},
			{matmulNT, false, true, 20, 36, 516, 3}, {matmulNT, false, true, 1, 5, 1000, 7},
			{matmulTN, true, false, 36, 24, 600, 4}, {matmulTN, true, false, 9, 1, 77, 2},
		} {
			s := d.Scope()
			r := rand.New(rand.NewPCG(7, 9))
			a, b, before, shift := normalSlice(r, x.m*x.k), normalSlice(r, x.k*x.n), normalSlice(r, x.m*x.n), normalSlice(r, x.n)
			at, bt := s.Upload(a, x.m, x.k), s.Upload(b, x.k, x.n)
			if x.tA {
				at = at.Reshape(x.k, x.m)
			}
			if x.tB {
				bt = bt.Reshape(x.n, x.k)
			}
			c, bias := s.Upload(before, x.m, x.n), s.Upload(shift, x.n)
			o := MatMulOptions{TransA: x.tA, TransB: x.tB, Alpha: 0.5, Beta: 2, Bias: bias, Act: ActReLU}
			p := gemmParams(x.kernel.Name, c, at, bt, o)
			gemmInParts(x.kernel, p, x.parts, c, at, bt, bias, o)
			want := gemm64(x.tA, x.tB, x.m, x.n, x.k, a, b)
			for i := range want {
				want[i] = max(0, 0.5*want[i]+2*float64(before[i])+float64(shift[i%x.n]))
			}
			nearProduct(t, c, want, x.k)
			s.Close()
		}
	})
}

// Products whose tiles occupy a GPU, and short ones, stay whole; parts never fall below partLength
// terms, nor does their number exceed what the tiles leave to be filled.
func TestKParts(t *testing.T) {
	for _, x := range []struct{ m, n, k, want int32 }{
		{4096, 4096, 4096, 1}, {64, 64, 511, 1}, {64, 64, 512, 2}, {64, 64, 1 << 20, partGroups},
		{256, 256, 4096, 8},                                       // 16 tiles: 128/16
		{512, 512, 4096, 2}, {1, 768, 3072, 5}, {768, 1, 3072, 5}, // 24 groups: 128/24
		{0, 5, 4096, 1}, {640, 1280, 4096, 1},
	} {
		p := layout{}.product(x.m, x.n, x.k)
		require.Equal(t, int(x.want), kParts(p), "%d x %d x %d", x.m, x.n, x.k)
		p.Batch = 2
		require.Equal(t, 1, kParts(p), "a batch has tiles of its own")
	}
}
