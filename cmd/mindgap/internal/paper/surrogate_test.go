package paper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/geometry"
)

// Random encoders open a gap between the embeddings of paired inputs; the same seed gives the
// same rows, another seed others.
func TestSurrogateFeatures(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	f := FeatureFile{Model: "clip", N: 100, D: 128}
	surrogate := func(seed uint64, number int) *featureSet {
		s, err := surrogateFeatures(&Env{Device: d, Seed: seed}, f, number)
		require.NoError(t, err)
		require.False(t, s.Authors)
		require.Equal(t, Random, s.Init)
		require.Less(t, s.A.NormDeviation()+s.B.NormDeviation(), 1e-12)
		return s
	}
	s := surrogate(1, 0)
	gap, err := geometry.CentroidGap(s.A, s.B)
	require.NoError(t, err)
	require.InDelta(t, 1.1, gap.Distance, .2) // orthogonal cones: sqrt(rho_a + rho_b), rho near .6
	require.Equal(t, s, surrogate(1, 0))
	require.NotEqual(t, s.A, surrogate(2, 0).A)
	require.NotEqual(t, s.A, surrogate(1, 1).A)
	require.Zero(t, d.Memory().Live)
}
