package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func float64s(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// checkGradients compares gradients of a loss in float64, times factor, with its central
// differences along one random direction of each input, and of all inputs together.
func checkGradients(t *testing.T, loss func([][]float64) float64, inputs, grads [][]float32, factor float64) {
	t.Helper()
	at := make([][]float64, len(inputs))
	for which := range len(inputs) + 1 {
		var got, size float64
		shift := func(h float64) float64 {
			for i, x := range inputs {
				at[i] = float64s(x)
				if which == i || which == len(inputs) {
					for j, v := range normals(100+uint64(i), len(x), 0) {
						at[i][j] += h * float64(v)
					}
				}
			}
			return loss(at)
		}
		for i, g := range grads {
			if which == i || which == len(inputs) {
				for j, v := range normals(100+uint64(i), len(g), 0) {
					got += float64(g[j]) * float64(v)
					size += math.Abs(float64(g[j]) * float64(v))
				}
			}
		}
		// Differences err by h^2, about 1e-8; each term of the sum by some units in the last place.
		const h = 1e-4
		want := factor * (shift(h) - shift(-h)) / (2 * h)
		require.InDelta(t, want, got, 2e-6*(1+size), "input %d", which)
	}
}
