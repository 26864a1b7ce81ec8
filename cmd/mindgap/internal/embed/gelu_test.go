package embed

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// names are a checkpoint of which only the names are looked at.
type names []string

func (n names) Names() []string { return n }
func (n names) Shape(name string) ([]int, bool) {
	for _, x := range n {
		if x == name {
			return []int{1}, true
		}
	}
	return nil, false
}
func (n names) Floats(string) ([]float32, error) { panic("not read") }

// Which GELU a file's network has: by choice, by the configuration beside it, by its names.
func TestGELUOf(t *testing.T) {
	openAI := names{"visual.conv1.weight", "input_resolution"}
	resaved := names{"module.visual.conv1.weight", "module.token_embedding.weight"}
	ownText := names{"visual.conv1.weight", "text.token_embedding.weight"}
	torchvision := names{"conv_proj.weight"}
	hf := names{"vision_model.embeddings.patch_embedding.weight"}
	for _, c := range []struct {
		choice, config, text string
		w                    names
		exact, guess         bool
	}{
		{"", "", "", openAI, false, false},
		{"", "config.json", `{"vision_config": {"hidden_act": "gelu"}}`, openAI, false, false},
		{"", "", "", resaved, false, true},
		{"", "", "", ownText, true, true},
		{"", "", "", torchvision, true, false},
		{"", "", "", hf, false, true},
		{"exact", "", "", openAI, true, false},
		{"quick", "", "", ownText, false, false},
		{"quick", "config.json", `{"text_config": {"hidden_act": "gelu"}}`, hf, false, false},
		{"", "config.json", `{"text_config": {"hidden_act": "gelu"}}`, hf, true, false},
		{"", "config.json", `{"vision_config": {"hidden_act": "quick_gelu"}}`, hf, false, false},
		{"", "config.json", `{"vision_config": {"hidden_act": "relu"}}`, hf, false, true},
		{"", "config.json", `not JSON`, hf, false, true},
		{"", "open_clip_config.json", `{"model_cfg": {"quick_gelu": true}}`, ownText, false, false},
		{"", "open_clip_config.json", `{"model_cfg": {"embed_dim": 512}}`, resaved, true, false},
		{"", "open_clip_config.json", `{}`, resaved, false, true},
	} {
		dir := t.TempDir()
		if c.config != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, c.config), []byte(c.text), 0o644))
		}
		g, err := GELUOf(c.choice, filepath.Join(dir, "x.safetensors"), c.w)
		require.NoError(t, err)
		require.Equal(t, c.exact, g.Exact, "%+v", c)
		require.Equal(t, c.guess, g.Guess != "", "%+v", c)
		if c.guess {
			require.Contains(t, g.Guess, "taken: "+g.Name())
			require.Contains(t, g.String(), "a guess")
		}
	}
	_, err := GELUOf("quick", "x", torchvision)
	require.ErrorContains(t, err, "leave --gelu quick away")
	_, err = GELUOf("tanh", "x", openAI)
	require.ErrorContains(t, err, `no GELU is called "tanh"`)
}
