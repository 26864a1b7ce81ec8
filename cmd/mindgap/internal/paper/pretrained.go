package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// weightsOf gives the first of the files that holds all of some networks; "" where none does.
func weightsOf(files []string, nets ...*network) (string, error) {
	for _, name := range files {
		f, err := tensorfile.OpenNamed(name)
		if err != nil {
			return "", err
		}
		all := true
		for _, n := range nets {
			all = all && n.isIn(models.File{Named: f})
		}
		f.Close()
		if all {
			return name, nil
		}
	}
	return "", nil
}

// isIn says whether a file looks like one of this architecture.
func (n *network) isIn(w models.Checkpoint) bool {
	signs := map[string][]string{
		"resnet18": {"layer1.0.conv1.weight", "module.layer1.0.conv1.weight"},
		"vit":      {"visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight", "conv_proj.weight"},
		"text":     {"token_embedding.weight", "text.token_embedding.weight", "text_model.embeddings.token_embedding.weight"},
	}
	for _, sign := range signs[n.name] {
		if _, ok := w.Shape(sign); ok {
			return true
		}
	}
	return false
}

// knownNetwork refuses a file of weights that no experiment takes.
func knownNetwork(name string) error {
	for _, n := range networks {
		if file, err := weightsOf([]string{name}, n); err != nil || file != "" {
			return err
		}
	}
	return fmt.Errorf("--weights %s holds none of the networks that experiments take: torchvision's ResNet or ViT, CLIP", name)
}

// clipFile gives the first of the files that holds both towers of CLIP; "" where none does.
func clipFile(files []string) (string, error) { return weightsOf(files, networks[1], networks[2]) }

// pretrained gives the rows of n inputs by the network of a file, prepared as its publisher
// prepares them: n x width, in scope s, not normalised.
func (n *network) pretrained(ctx context.Context, e *Env, s *engine.Scope, file string, count int, feed *inputs) (*engine.Tensor, error) {
	inner := e.Device.Scope()
	defer inner.Close()
	if n.name == "text" {
		x, words, err := textTower(e, inner, n.name, file)
		if err != nil {
			return nil, err
		}
		captions, err := feed.captions(0, count)
		if err != nil {
			return nil, err
		}
		list, err := x.All(ctx, captions, words, e.told)
		if err != nil {
			return nil, err
		}
		return s.Upload(list, count, x.Width), nil
	}
	x, err := embed.Model{Name: n.name, Weights: file, GELU: e.geluOf(n.name)}.OpenImages(inner)
	if err != nil {
		return nil, err
	}
	list, err := x.All(ctx, count, func(i int) (*preprocess.Image, error) { return feed.picture(i, x.Pipeline.Crop) }, e.told)
	if err != nil {
		return nil, err
	}
	return s.Upload(list, count, x.Width), nil
}

// textTower opens the text tower of a file with the vocabulary of --vocab.
func textTower(e *Env, s *engine.Scope, model, file string) (*embed.Texts, preprocess.Tokenizer, error) {
	if e.Vocab == "" {
		return nil, nil, fmt.Errorf("the CLIP of --weights %s reads texts: give its vocabulary, --vocab FILE (bpe_simple_vocab_16e6.txt.gz)", file)
	}
	x, err := embed.Model{Name: model, Weights: file, GELU: e.GELU}.OpenTexts(s)
	if err != nil {
		return nil, nil, err
	}
	words, err := preprocess.OpenBPE(e.Vocab, x.Size)
	if err != nil {
		return nil, nil, fmt.Errorf("--vocab %w", err)
	}
	if err := x.Fits(words); err != nil {
		return nil, nil, fmt.Errorf("--vocab %s: %w", e.Vocab, err)
	}
	return x, words, nil
}

// geluOf is what --gelu says of a network: nothing of residual ones.
func (e *Env) geluOf(model string) string {
	if model == "resnet18" {
		return ""
	}
	return e.GELU
}

// told counts inputs that are done.
func (e *Env) told(n int) { e.Progress.Add(float64(n)) }
