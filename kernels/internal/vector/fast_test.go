package vector

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// forGo compares what run gives with assembly and without, at many lengths.
func forGo(t *testing.T, run func(n int) []any) {
	t.Helper()
	skipWithoutAssembly(t)
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 31, 32, 50, 197, 768} {
		got := run(n)
		withoutAssembly(func() { require.Equal(t, run(n), got, "%d elements", n) })
	}
}

// Activations stop before what is not theirs: NaN, and numbers whose exponential is denormal.
func TestActivationsStop(t *testing.T) {
	skipWithoutAssembly(t)
	for name, f := range map[string]func([]float32) int{"quick_gelu": QuickGELU, "gelu": GELU} {
		denormal := map[string]float32{"quick_gelu": 56, "gelu": 14}[name] // e^(-1.702 x), e^(-x^2/2)
		for _, bad := range []float32{float32(math.NaN()), -denormal, denormal} {
			x := normals(5, 29)
			x[13] = bad
			require.Equal(t, 8, f(x), "%s of %g", name, bad)
			require.Equal(t, normals(5, 29)[8:13], x[8:13])
		}
		far := normals(6, 29)
		far[3], far[4], far[20] = 1000, -1000, float32(math.Inf(1))
		require.Equal(t, 24, f(far))
		require.Equal(t, float32(1000), far[3])
		require.Zero(t, far[4])
		require.Zero(t, f(nil))
	}
}

func skipWithoutAssembly(t *testing.T) {
	t.Helper()
	if !fast {
		t.Skip("this processor runs the Go form alone")
	}
}
