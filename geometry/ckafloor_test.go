package geometry

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The law of CKA over pairings, by closed form and by 20,000 pairings drawn: the mean within 5
// standard errors, the standard deviation within 5 of its own (1/sqrt(2 draws), widened by the
// law's skewness), and the share beyond the upper quantile near 2.5 %.
func TestCKAFloor(t *testing.T) {
	const draws = 20000
	for seed, n := range []int{12, 40} {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		a, b := Zeros(n, 6), Zeros(n, 3)
		for i := range a.Data {
			a.Data[i] = rng.NormFloat64() * float64(1+i%6)
		}
		for i := range b.Data {
			b.Data[i] = math.Exp(rng.NormFloat64())
		}
		sa, err := CKASideOf(a)
		require.NoError(t, err)
		sb, err := CKASideOf(b)
		require.NoError(t, err)
		observed, err := CKA(a, b)
		require.NoError(t, err)
		f, err := CKAFloor(n, observed, sa, sb)
		require.NoError(t, err)
		above := 0
		drawn, err := PermutationFloor(n, draws, 3, observed, func(perm []int) float64 {
			v, err := CKA(a, b.Take(perm))
			require.NoError(t, err)
			if v > f.Hi {
				above++
			}
			return v
		})
		require.NoError(t, err)
		require.InDelta(t, drawn.Mean, f.Mean, 5*drawn.SD/math.Sqrt(draws))
		require.InEpsilon(t, drawn.SD, f.SD, 0.05)
		require.InDelta(t, 0.025, float64(above)/draws, 0.01)
		require.InDelta(t, drawn.P, f.P, 0.03)
	}
	_, err := CKAFloor(3, 0, CKASide{1, 1, 1}, CKASide{1, 1, 1})
	require.Error(t, err)
	_, err = CKAFloor(9, 0, CKASide{1, 0, 1}, CKASide{1, 1, 1})
	require.Error(t, err)
}
