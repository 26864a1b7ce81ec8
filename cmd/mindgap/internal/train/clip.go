package train

import (
	"errors"
	"fmt"
	"strings"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// shape is a CLIP by name. Heads are 64 wide, as in all published models, so that `mindgap
// embed` finds their number in a file of weights.
type shape struct {
	name string
	clip models.CLIPConfig
	rate float64 // the learning rate where none is given
}

// smallContext is the length of a row of token ids in the shapes that are not published.
const smallContext = 32

var shapes = []shape{
	{"tiny", models.CLIPConfig{
		Image: models.ViTConfig{Image: 32, Patch: 8, Width: 64, Layers: 2, Heads: 1, Out: 32},
		Text:  models.TextConfig{Context: smallContext, Width: 64, Layers: 2, Heads: 1, Out: 32},
	}, 1e-3},
	{"small", models.CLIPConfig{
		Image: models.ViTConfig{Image: 64, Patch: 8, Width: 128, Layers: 4, Heads: 2, Out: 64},
		Text:  models.TextConfig{Context: smallContext, Width: 128, Layers: 4, Heads: 2, Out: 64},
	}, 1e-3},
	{"ViT-B/32", models.CLIPB32, 5e-4},
	{"ViT-B/16", models.CLIPB16, 5e-4},
	{"ViT-L/14", models.CLIPL14, 5e-4},
}

// Models are the names of the shapes.
func Models() []string {
	var list []string
	for _, s := range shapes {
		list = append(list, s.name)
	}
	return list
}

// shapeOf gives a shape, without the size of its vocabulary, and its learning rate.
func shapeOf(name string) (models.CLIPConfig, float64, error) {
	for _, s := range shapes {
		if s.name == name {
			return s.clip, s.rate, nil
		}
	}
	return models.CLIPConfig{}, 0, oneOf("model", name, Models())
}

// learntMerges is how many merges a vocabulary has that is made from the captions: with the
// bytes and the marks, ids below 2,562.
const learntMerges = 2048

// vocabulary opens the vocabulary of --vocab, or makes one from captions, which file then holds.
func vocabulary(path string, captions []string, context int) (bpe *preprocess.BPE, file []byte, err error) {
	if path != "" {
		if bpe, err = preprocess.OpenBPE(path, context); err != nil {
			return nil, nil, fmt.Errorf("--vocab %w", err)
		}
		return bpe, nil, nil
	}
	file = preprocess.LearnMerges(captions, learntMerges)
	bpe, err = preprocess.BPEOfMerges(file, context)
	return bpe, file, err
}

// loadCLIP makes a CLIP from a checkpoint, with the digest of its tensors.
func loadCLIP(s *engine.Scope, file string) (m *models.CLIP, p *nn.Params, digest string, err error) {
	n, err := tensorfile.OpenNamed(file)
	if err != nil {
		return nil, nil, "", fmt.Errorf("--weights %w", err)
	}
	defer n.Close()
	tensors, err := n.StateDict()
	if err != nil {
		return nil, nil, "", fmt.Errorf("--weights %w", err)
	}
	w := models.File{Named: tensors}
	if m, p, err = models.LoadCLIP(s, w); err == nil {
		digest, err = models.Digest(w)
	}
	if err != nil {
		if _, named := errors.AsType[*tensorfile.Error](err); !named {
			err = w.FileError(err)
		}
		return nil, nil, "", fmt.Errorf("--weights %w", err)
	}
	return m, p, digest, nil
}

// imageTwin is the parameter of the image tower that a text tower's is like.
func imageTwin(name string) string {
	switch {
	case name == "text_projection":
		return "visual.proj"
	case strings.HasPrefix(name, "ln_final."):
		return "visual.ln_post." + strings.TrimPrefix(name, "ln_final.")
	case strings.HasPrefix(name, "transformer."):
		return "visual." + name
	}
	return ""
}
