package paper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/nn/models"
)

// The pass walks as the experiment does: with one seed both measure the same cosines.
func TestFig2bPass(t *testing.T) {
	d := open(t, "host")
	size := smallFig2b
	size.seeds = 1
	pass := newFig2bPass(size)
	got, err := pass.walk(t.Context(), d)
	require.NoError(t, err)
	want := newFig2bData(size, false)
	require.NoError(t, want.run(t.Context(), &Env{Device: d, Seed: 1}, 0))
	require.Len(t, pass.Networks, len(models.Activations))
	for i, c := range got.curves {
		require.Equal(t, want.find(models.NormalBias, c.net.Activation.Name).cosine, c.cosine)
		require.Contains(t, pass.Networks[i].Steps, c.net.Activation.Name)
		require.Len(t, c.cosine[0], size.depth+1)
	}
	require.NoError(t, pass.Run(t.Context(), d))
	published := NewFig2bPass()
	require.Equal(t, []int{1024, 512, 25}, []int{published.N, published.Width, published.Depth}) // EXPERIMENTS.md, E4
}
