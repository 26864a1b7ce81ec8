package models

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/nn"
)

// loader is a way to load a network, with a fixture that it takes. stranger is a tensor that
// it must not pass over, and spare those of the fixture that it does not look at.
type loader struct {
	name, fixture, stranger string
	spare                   func(name string) bool
	load                    func(s *engine.Scope, w Checkpoint) (*nn.Params, error)
}

var loaders = []loader{
	{"clip", "clip", "stranger.weight", nothing, clipParams},
	{"clip of hugging face", "clip_huggingface", "stranger.weight", nothing, clipParams},
	{"image tower", "clip", "stranger.weight", func(name string) bool { return !strings.HasPrefix(name, "visual.") }, vitParams},
	{"text tower", "clip", "stranger.weight", func(name string) bool { return strings.HasPrefix(name, "visual.") || name == "logit_scale" }, textParams},
	{"vit", "vit", "stranger.weight", func(name string) bool { return strings.HasPrefix(name, "heads.") }, vitParams},
	{"vit of first names", "vit_first", "stranger.weight", func(name string) bool { return strings.HasPrefix(name, "heads.") }, vitParams},
	{"resnet", "resnet_bottleneck", "layer1.2.bn1.weight", func(name string) bool { return strings.HasPrefix(name, "fc.") }, resNetParams},
}

func nothing(string) bool { return false }

func clipParams(s *engine.Scope, w Checkpoint) (*nn.Params, error) {
	_, p, err := LoadCLIP(s, w)
	return p, err
}

func vitParams(s *engine.Scope, w Checkpoint) (*nn.Params, error) {
	_, p, err := LoadViT(s, w)
	return p, err
}

func textParams(s *engine.Scope, w Checkpoint) (*nn.Params, error) {
	_, p, err := LoadText(s, w)
	return p, err
}

func resNetParams(s *engine.Scope, w Checkpoint) (*nn.Params, error) {
	_, p, err := LoadResNet(s, w)
	return p, err
}

func host(t *testing.T) *engine.Device {
	t.Helper()
	d, err := engine.Open("host")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// try loads a checkpoint for its error.
func (l loader) try(d *engine.Device, w Checkpoint) error {
	s := d.Scope()
	defer s.Close()
	_, err := l.load(s, w)
	return err
}

// numbers are all parameters that loading fills in.
func (l loader) numbers(t *testing.T, d *engine.Device, w Checkpoint) map[string][]float32 {
	t.Helper()
	s := d.Scope()
	defer s.Close()
	p, err := l.load(s, w)
	require.NoError(t, err)
	out := map[string][]float32{}
	for _, x := range p.All() {
		out[x.Name] = floats(t, x.Value.T)
	}
	return out
}

func keep(name string) string { return name }

// Every tensor of every file matters: without it, or with an axis more, loading fails in one
// line that names it.
func TestLoadNamesMissingAndMisshaped(t *testing.T) {
	d := host(t)
	for _, l := range loaders {
		whole := checkpoint(t, l.fixture)
		for _, name := range whole.names {
			shape := whole.shapes[name]
			lacks, twice := whole.renamed(keep), whole.renamed(keep)
			lacks.remove(name)
			twice.set(name, append(slices.Clone(shape), 2), make([]float32, 2*elements(shape)))
			for _, w := range []*memory{lacks, twice} {
				if l.spare(name) {
					continue
				}
				err := l.try(d, w)
				require.Error(t, err, "%s: %s", l.name, name)
				require.NotContains(t, err.Error(), "\n")
				if w == twice || !tells(name) {
					require.ErrorContains(t, err, name, l.name)
				}
			}
		}
		w := whole.renamed(func(name string) string {
			if l.spare(name) {
				return ""
			}
			return name
		})
		require.NoError(t, l.try(d, w), "%s needs no more than its own", l.name)
		w.set(l.stranger, []int{3}, make([]float32, 3))
		require.ErrorContains(t, l.try(d, w), "not of this network: "+l.stranger, l.name)
	}
}

// tells says whether a tensor's presence tells the kind of network or counts its blocks: what
// is reported is then what the others lack or have too much.
func tells(name string) bool {
	for _, end := range []string{".ln_1.weight", ".layer_norm1.weight", ".0.conv3.weight", ".1.conv1.weight", "encoder_layer_0.mlp.linear_1.weight"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// Numbers that are not finite are found wherever they are, and named; in tensors that the
// network does not take they do no harm.
func TestLoadNamesWhatIsNotFinite(t *testing.T) {
	d := host(t)
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, l := range loaders {
		whole := checkpoint(t, l.fixture)
		for i := 0; i < len(whole.names); i += 5 {
			name := whole.names[i]
			w, values := whole.renamed(keep), slices.Clone(whole.values[name])
			values[len(values)-1] = float32(bad[i%3])
			w.set(name, whole.shapes[name], values)
			err := l.try(d, w)
			if l.spare(name) {
				require.NoError(t, err, name)
				continue
			}
			require.EqualError(t, err, fmt.Sprintf("models: tensor %s: element %d is %g; weights must be finite", name, len(values)-1, bad[i%3]))
		}
	}
}

// A file of another network is refused in one line that says what was looked for and what
// the file has.
func TestLoadRefusesAnotherArchitecture(t *testing.T) {
	d := host(t)
	for _, c := range []struct {
		loader      int
		fixture, is string
	}{
		{0, "resnet_basic", "does not hold CLIP: none of visual.conv1.weight (OpenAI CLIP), vision_model.embeddings.patch_embedding.weight (Hugging Face CLIP) is there; it has conv1.weight, bn1.weight"},
		{0, "vit", "does not hold CLIP"},
		{2, "resnet_basic", "positional_embedding of a single image tower is missing"},
		{3, "resnet_basic", "does not hold CLIP's text tower"},
		{3, "vit", "does not hold CLIP's text tower"},
		{6, "clip", "does not hold a residual network of torchvision: conv1.weight is not there as width x 3 x 7 x 7"},
		{6, "vit", "does not hold a residual network of torchvision"},
	} {
		err := loaders[c.loader].try(d, checkpoint(t, c.fixture))
		require.ErrorContains(t, err, c.is)
		require.NotContains(t, err.Error(), "\n")
	}
	nothing := &memory{shapes: map[string][]int{}}
	for _, l := range loaders {
		require.Error(t, l.try(d, nothing), l.name)
	}
}

// Sizes that contradict one another are found before anything is computed from them.
func TestLoadRefusesContradictingSizes(t *testing.T) {
	d := host(t)
	for _, c := range []struct {
		name  string
		shape []int
		is    string
	}{
		{"visual.positional_embedding", []int{16, 128}, "16 positions are no square of patches and a class token"},
		{"visual.positional_embedding", []int{0, 128}, "0 positions"},
		{"text_projection", []int{128, 64}, "the towers' outputs differ: images 32, texts 64"},
		{"visual.conv1.weight", []int{96, 3, 8, 8}, "width 96 is no multiple of 64"},
		{"token_embedding.weight", []int{50, 100}, "width 100 is no multiple of 64"},
		{"visual.conv1.weight", []int{128, 4, 8, 8}, "visual.conv1.weight is 128x4x8x8, want 128x3x8x8"},
		{"visual.conv1.weight", []int{128, 3, 8, 4}, "visual.conv1.weight is 128x3x8x4, want 128x3x8x8"},
		{"transformer.resblocks.1.mlp.c_fc.weight", []int{128, 512}, "is 128x512, want 512x128"},
	} {
		w := checkpoint(t, "clip")
		w.set(c.name, c.shape, make([]float32, elements(c.shape)))
		require.ErrorContains(t, loaders[0].try(d, w), c.is)
	}
}
