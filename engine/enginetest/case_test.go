package enginetest

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// A bound that is not finite lets no finite element pass, unless inputs were not finite.
func TestCompare(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name             string
		got, want, bound float64
		special          bool
		ok, compared     bool
	}{
		{"within", 1.5, 1, 1, false, true, true},
		{"beyond", 3, 1, 1, false, false, true},
		{"NaN for a number", nan, 1, 1, false, false, true},
		{"NaN for NaN", nan, nan, nan, false, true, true},
		{"Inf for -Inf", inf, -inf, 1, false, false, true},
		{"overflow of float32", inf, 1e39, 1, false, true, true},
		{"bound NaN", 1, 1, nan, false, false, true},
		{"bound Inf", 7, 1, inf, false, false, true},
		{"bound NaN, special", 7, 1, nan, true, false, false},
		{"bound Inf, special", 7, 1, inf, true, false, false},
	} {
		e, limit, at := compare([]float64{c.got}, []float64{c.want}, []float64{c.bound}, 0x1p-149, c.special)
		require.Equal(t, c.compared, at == 0, c.name)
		if c.compared {
			require.Equal(t, c.ok, e <= limit, c.name)
		}
	}
	_, _, at := compare([]float64{1, 2.5, 3}, []float64{1, 2, 3}, []float64{1, 1, 1}, 0, false)
	require.Equal(t, 1, at, "the element nearest to its bound")
	e, limit, _ := compare([]float64{2}, []float64{1}, nil, 1, false)
	require.Greater(t, e, limit, "no bound: equal to the bit")
}
