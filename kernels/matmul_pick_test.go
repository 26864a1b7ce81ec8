package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Which variant a GPU takes where nothing was measured: the largest tiles that occupy it, one read
// of the large operand for skinny products, scalar loads where rows do not come in fours. The last
// variant, which runs anywhere, is never what a GPU is left with.
func TestMatMulVariantsOfAGPU(t *testing.T) {
	gpu := &engine.Caps{Kind: "gl", MaxTexels: 1 << 27}
	for _, x := range []struct {
		m, n, k int32
		want    [3]string // matmul, matmul_nt, matmul_tn
	}{
		{4096, 4096, 4096, [3]string{"warp", "warp", "warp"}},
		{1024, 1024, 1024, [3]string{"warp_64", "warp_64", "warp_64"}}, // 64 tiles of 128, 256 of 64
		{256, 256, 256, [3]string{"vec4_32", "vec4_32", "vec4_32"}},
		{1, 768, 3072, [3]string{"gemv_b", "gemv_b", "gemv_b"}},
		{768, 1, 3072, [3]string{"gemv_a", "gemv_a", "gemv_a"}},
		{8, 768, 3072, [3]string{"skinny_b", "skinny_b", "skinny_b"}},
		{768, 5, 3072, [3]string{"skinny_a", "skinny_a", "skinny_a"}},
		{4096, 4095, 512, [3]string{"warp_scalar", "warp_scalar", "warp_scalar"}},
		{100, 101, 512, [3]string{"register", "register", "register"}},
	} {
		for i, l := range []layout{{}, {tB: true}, {tA: true}} {
			p := l.product(x.m, x.n, x.k)
			picked := ""
			for _, v := range l.variants() {
				if (v.Fits == nil || v.Fits(p, gpu)) && (v.Prefer == nil || v.Prefer(p, gpu)) {
					picked = v.Name
					break
				}
			}
			require.Equal(t, x.want[i], picked, "%d x %d x %d, layout %d", x.m, x.n, x.k, i)
		}
	}
}
