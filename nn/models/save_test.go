package models_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// What Save writes LoadCLIP reads, to the bit, and the digest is that of the tensors alone.
func TestSave(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	p := nn.NewParams(s)
	b := nn.NewBuilder(p, kernels.NewRandom(3, 0))
	models.NewCLIP(b, models.CLIPConfig{
		Image: models.ViTConfig{Image: 8, Patch: 4, Width: 64, Layers: 1, Heads: 1, Out: 6},
		Text:  models.TextConfig{Context: 5, Vocab: 9, Width: 64, Layers: 1, Heads: 1, Out: 6},
	})
	weights := p.All()
	b.Param("logit_bias", nn.Constant(-10), 1) // of SigLIP's loss: saved, and passed over
	name := filepath.Join(t.TempDir(), "clip.safetensors")
	require.NoError(t, models.Save(name, map[string]string{"seed": "3"}, p.All()))

	n, err := tensorfile.OpenNamed(name)
	require.NoError(t, err)
	defer n.Close()
	info, err := n.Info("visual.conv1.weight")
	require.NoError(t, err)
	require.Equal(t, []int{64, 3, 4, 4}, info.Shape)
	_, again, err := models.LoadCLIP(s, models.File{Named: n})
	require.NoError(t, err)
	require.Len(t, again.All(), len(weights))
	for _, x := range weights {
		want, err := x.Value.T.Floats()
		require.NoError(t, err)
		got, err := again.Find(x.Name).Value.T.Floats()
		require.NoError(t, err)
		require.Equal(t, want, got, x.Name)
	}

	texts := n.Metadata()
	require.Equal(t, "3", texts["seed"])
	digest, err := models.Digest(models.File{Named: n})
	require.NoError(t, err)
	require.Equal(t, digest, texts[models.DigestText])
	p.Find("visual.proj").Value.T.Zero()
	require.NoError(t, models.Save(name+"2", nil, p.All()))
	other, err := tensorfile.OpenNamed(name + "2")
	require.NoError(t, err)
	defer other.Close()
	require.NotEqual(t, digest, other.Metadata()[models.DigestText])
}
