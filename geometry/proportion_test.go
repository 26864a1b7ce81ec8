package geometry

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// McNemar's exact test, by hand.
func TestMcNemarP(t *testing.T) {
	for _, c := range []struct {
		gained, lost int
		p            float64
	}{
		{0, 0, 1}, {1, 0, 1}, {5, 5, 1}, {6, 0, 2. / 64}, {0, 6, 2. / 64}, {3, 1, 10. / 16}, // 2 (1 + 4) / 2^4
	} {
		p, err := McNemarP(c.gained, c.lost)
		require.NoError(t, err)
		require.InDelta(t, c.p, p, 1e-12, "%+v", c)
	}
	_, err := McNemarP(-1, 2)
	require.ErrorContains(t, err, "-1 gained")
}
