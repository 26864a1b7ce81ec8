package models

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// A tower that is switched to a GELU is the tower that was made with it, and back.
func TestUseGELU(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	c := CLIPConfig{
		Image: ViTConfig{Image: 16, Patch: 8, Width: 32, Layers: 2, Heads: 2, Out: 12},
		Text:  TextConfig{Context: 6, Vocab: 40, Width: 32, Layers: 2, Heads: 2, Out: 12},
	}
	build := func(exact bool) *CLIP {
		c.Image.GELU, c.Text.GELU = exact, exact
		return NewCLIP(nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(3, 1)), c)
	}
	pixels := s.Floats(2, 16, 16, 3)
	kernels.NewRandom(4, 1).Normal(pixels, 0, 1)
	ids := []int32{1, 5, 9, 39, 0, 0, 1, 7, 39, 0, 0, 0}
	rows := func(m *CLIP) (out []float32) {
		for _, y := range []*nn.Value{m.Image.Forward(nn.Inference(s), nn.Const(pixels)), m.Text.Forward(nn.Inference(s), ids)} {
			list, err := y.T.Floats()
			require.NoError(t, err)
			out = append(out, list...)
		}
		return out
	}
	quick, exact := build(false), build(true)
	a, b := rows(quick), rows(exact)
	for i := range a {
		require.NotEqual(t, a[i], b[i])
	}
	quick.UseGELU(true)
	require.Equal(t, b, rows(quick))
	require.True(t, quick.Image.Config.GELU && quick.Text.Config.GELU)
	quick.UseGELU(false)
	require.Equal(t, a, rows(quick))
}
