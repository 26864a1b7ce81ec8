// Package sceneclip is the project's own dual encoder: a small CLIP, image transformer and
// causal text transformer, trained by this program on drawn scenes. Where the paper's
// experiments need a pretrained model and none is given, it stands in for CLIP.
package sceneclip

import (
	"mindgap/contrastive"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// Side is the side of the pictures in pixels.
const Side = 48

// Config is the shape of the model: about a million parameters.
func Config() models.CLIPConfig {
	return models.CLIPConfig{
		Image: models.ViTConfig{Image: Side, Patch: 8, Stem: 3, Width: 128, Layers: 4, Heads: 2, Out: 64},
		Text:  models.TextConfig{Context: scenes.ContextLength, Vocab: scenes.Tokenizer().Size(), Width: 64, Layers: 3, Heads: 1, Out: 64},
	}
}

// norm centres the bytes of pictures.
var norm = scenes.Norm{Mean: [3]float32{0.5, 0.5, 0.5}, Std: [3]float32{0.25, 0.25, 0.25}}

// Model is the network with its parameters.
type Model struct {
	*models.CLIP
	Params *nn.Params
}

// streamInit is the stream of random numbers that initial weights are drawn from.
const streamInit = 7000

// New makes an untrained model, with CLIP's initial distributions from a seed.
func New(s *engine.Scope, c models.CLIPConfig, seed uint64) *Model {
	p := nn.NewParams(s)
	return &Model{models.NewCLIP(nn.NewBuilder(p, kernels.NewRandom(seed, streamInit)), c), p}
}

// Examples are scenes by number, with the caption that each is trained or measured with.
type Examples struct {
	At      func(i int) scenes.Spec
	Caption func(i int) string
}

// Canonical are scenes with the caption that says all that is in them.
func Canonical(specs []scenes.Spec) Examples {
	return Examples{func(i int) scenes.Spec { return specs[i] }, func(i int) string { return specs[i].Caption() }}
}

// Dual is the model as a dual encoder of examples.
func (m *Model) Dual(x Examples) *contrastive.Dual {
	return &contrastive.Dual{
		Params: m.Params, LogScale: m.LogitScale,
		Image: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			specs := make([]scenes.Spec, len(examples))
			for i, e := range examples {
				specs[i] = x.At(e)
			}
			return m.Images(tp, specs), nil
		}),
		Text: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			texts := make([]string, len(examples))
			for i, e := range examples {
				texts[i] = x.Caption(e)
			}
			return m.Texts(tp, texts), nil
		}),
	}
}

// Images embeds scenes as pictures: N x Out, not normalised.
func (m *Model) Images(tp *nn.Tape, specs []scenes.Spec) *nn.Value {
	side := m.Image.Config.Image
	pixels := make([]float32, len(specs)*side*side*3)
	scenes.Batch(pixels, specs, side, norm)
	return m.Image.Forward(tp, nn.Const(tp.Scope().Upload(pixels, len(specs), side, side, 3)))
}

// Texts embeds texts of the scenes' vocabulary: N x Out, not normalised.
func (m *Model) Texts(tp *nn.Tape, texts []string) *nn.Value {
	var ids []int32
	for _, text := range texts {
		ids = append(ids, scenes.Tokenizer().Encode(text)...)
	}
	return m.Text.Forward(tp, ids)
}
