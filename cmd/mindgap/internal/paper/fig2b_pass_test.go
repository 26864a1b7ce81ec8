package paper

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The pass walks as the experiment does: at the seed 1 both measure the same cosines, and the
// networks that it names are those.
func TestFig2bPass(t *testing.T) {
	d := open(t, "host")
	size := smallFig2b
	size.seeds = 1
	pass := newFig2bPass(size)
	got, err := pass.walk(t.Context(), d)
	require.NoError(t, err)
	want := newFig2bData(size, false)
	require.NoError(t, want.run(t.Context(), &Env{Device: d, Seed: 1}, 0))
	require.Len(t, pass.Networks, len(want.curves)+len(want.stacks))
	for i, c := range want.curves {
		require.Equal(t, c.cosine, got.curves[i].cosine)
		require.Equal(t, c.net.Bias.String(), pass.Networks[i].Bias)
		require.Contains(t, pass.Networks[i].Steps, c.net.Activation.Name)
		require.Len(t, c.cosine[0], size.depth+1)
	}
	require.NoError(t, pass.Run(t.Context(), d))
	published := NewFig2bPass()
	require.Equal(t, []int{1024, 512, 25}, []int{published.N, published.Width, published.Depth}) // EXPERIMENTS.md, E4
}
