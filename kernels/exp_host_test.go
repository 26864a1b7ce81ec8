package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// expAll is engine.Exp32 to the bit where the result is not tiny, and 0 below.
func TestExpAll(t *testing.T) {
	inf := float32(math.Inf(1))
	for x := float32(-87.3); x < 88.8; x += 0.0137 {
		got := []float32{x}
		expAll(got)
		require.Equal(t, engine.Exp32(x), got[0], "e^%g", x)
	}
	got := []float32{-inf, -1000, -87.4, 0, 89, inf, float32(math.NaN())}
	expAll(got)
	require.Equal(t, []float32{0, 0, 0, 1, inf, inf}, got[:6])
	require.True(t, got[6] != got[6])
}
