package sceneclip

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn/models"
)

// The weights that the program brings along are small, what they say they are, and as good as
// the experiments need: R@1 at least .5 both ways among 1,000 scenes whose captions all differ,
// zero-shot shape and colour at least .95.
func TestPretrained(t *testing.T) {
	require.LessOrEqual(t, len(weights), 4<<20, "bytes in the program")
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	m, err := Pretrained(s)
	require.NoError(t, err)
	want := Config()
	want.Image.Hidden = 4 * want.Image.Width
	require.Equal(t, want, models.CLIPConfig{Image: m.Image.Config, Text: m.Text.Config}, "sizes are read off the tensors")

	card, err := PretrainedCard()
	require.NoError(t, err)
	f, err := tensorfile.NamedBytes("weights", weights)
	require.NoError(t, err)
	digest, err := models.Digest(models.File{Named: f})
	require.NoError(t, err)
	require.Equal(t, digest, card.Digest)
	require.Contains(t, PretrainedSays(), card.Command)

	q, err := m.Quality(d)
	require.NoError(t, err)
	require.Equal(t, 1000, q.Pairs.PairsMeasured)
	require.GreaterOrEqual(t, q.Pairs.RecallImages, .5)
	require.GreaterOrEqual(t, q.Pairs.RecallTexts, .5)
	require.GreaterOrEqual(t, q.ZeroShot["shape"], .95)
	require.GreaterOrEqual(t, q.ZeroShot["color"], .95)
	// Another BLAS may decide a few scenes otherwise than the run that wrote the file.
	require.InDelta(t, card.Quality.Pairs.Gap, q.Pairs.Gap, 1e-4)
	require.InDelta(t, card.Quality.Pairs.RecallImages, q.Pairs.RecallImages, .005)
	for task, accuracy := range card.Quality.ZeroShot {
		require.InDelta(t, accuracy, q.ZeroShot[task], .005, task)
	}
}

// The model sees the same on every device.
func TestPretrainedOnGL(t *testing.T) {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	host, err := engine.Open("host")
	require.NoError(t, err)
	defer host.Close()
	gl, err := engine.Open("gl")
	require.NoError(t, err)
	defer gl.Close()
	specs := scenes.Source{Seed: 4, Split: scenes.HeldOut}.Take(0, 6)
	embed := func(d *engine.Device) []float64 {
		s := d.Scope()
		defer s.Close()
		m, err := Pretrained(s)
		require.NoError(t, err)
		x, err := m.EmbedScenes(d, specs, 6)
		require.NoError(t, err)
		texts := make([]string, len(specs))
		for i, spec := range specs {
			texts[i] = spec.Caption()
		}
		y, err := m.EmbedTexts(d, texts, 6)
		require.NoError(t, err)
		return append(x.Data, y.Data...)
	}
	require.InDeltaSlice(t, embed(host), embed(gl), 2e-5)
}
