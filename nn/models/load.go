package models

import (
	"fmt"
	"regexp"
	"strings"

	"mindgap/engine"
	"mindgap/nn"
)

// buffers are tensors of published files that are no weights of these networks; logit_bias is
// of the loss of SigLIP.
var buffers = regexp.MustCompile(`(^|\.)(input_resolution|context_length|vocab_size|position_ids|attn_mask|num_batches_tracked|logit_bias)$`)

// LoadCLIP makes a CLIP from a checkpoint of OpenAI, Hugging Face or open_clip: sizes are
// those of its tensors, heads 64 wide as in all published models. The tensors live in scope s.
func LoadCLIP(s *engine.Scope, w Checkpoint) (*CLIP, *nn.Params, error) {
	w = unwrapped(w)
	d, err := speaks(w, "CLIP", clipDialects)
	if err != nil {
		return nil, nil, err
	}
	d = withOwnText(w, d)
	image, err := imageConfig(w, d)
	if err != nil {
		return nil, nil, err
	}
	text, err := textConfig(w, d)
	if err != nil {
		return nil, nil, err
	}
	if image.Out != text.Out {
		return nil, nil, fmt.Errorf("models: the towers' outputs differ: images %d, texts %d", image.Out, text.Out)
	}
	p := nn.NewParams(s)
	m := NewCLIP(nn.NewBuilder(p, nil), CLIPConfig{image, text})
	return m, p, load(w, translate(p, d), buffers.MatchString)
}

// LoadViT makes an image tower from a checkpoint of CLIP, of whose tensors it takes those of
// the image, or from torchvision's ViT, whose head is left out.
func LoadViT(s *engine.Scope, w Checkpoint) (*ViT, *nn.Params, error) {
	w = unwrapped(w)
	d, err := speaks(w, "a vision transformer", vitDialects)
	if err != nil {
		return nil, nil, err
	}
	c, err := imageConfig(w, d)
	if err != nil {
		return nil, nil, err
	}
	p := nn.NewParams(s)
	m := NewViT(nn.NewBuilder(p, nil).In("visual"), c)
	known := func(name string) bool {
		return buffers.MatchString(name) || strings.HasPrefix(name, "heads.") || isText(name)
	}
	return m, p, load(w, translate(p, d), known)
}

// LoadText makes a text tower from a checkpoint of CLIP.
func LoadText(s *engine.Scope, w Checkpoint) (*Text, *nn.Params, error) {
	w = unwrapped(w)
	alone := dialect{"a single text tower", "token_embedding.weight", same}
	d, err := speaks(w, "CLIP's text tower", append(append([]dialect{}, clipDialects...), alone))
	if err != nil {
		return nil, nil, err
	}
	d = withOwnText(w, d)
	c, err := textConfig(w, d)
	if err != nil {
		return nil, nil, err
	}
	p := nn.NewParams(s)
	m := NewText(nn.NewBuilder(p, nil), c)
	known := func(name string) bool { return buffers.MatchString(name) || isImage(name) || name == "logit_scale" }
	return m, p, load(w, translate(p, d), known)
}

// LoadResNet makes a residual network from torchvision's checkpoint, whose classifier is left
// out: ResNet-18 or ResNet-50 and their relatives, by the tensors that are there.
func LoadResNet(s *engine.Scope, w Checkpoint) (*ResNet, *nn.Params, error) {
	w = unwrapped(w)
	c, err := resNetConfig(w)
	if err != nil {
		return nil, nil, err
	}
	p := nn.NewParams(s)
	m := NewResNet(nn.NewBuilder(p, nil), c)
	var list []source
	for _, f := range m.folds {
		list = append(list, source{param: f.conv.Weight, parts: []string{f.from}, norm: f.bn}, source{param: f.conv.Bias, norm: f.bn})
	}
	known := func(name string) bool { return buffers.MatchString(name) || strings.HasPrefix(name, "fc.") }
	return m, p, load(w, list, known)
}

// translate asks the file for every parameter in its own names.
func translate(p *nn.Params, d dialect) []source {
	var list []source
	for _, x := range p.All() {
		parts, transposed := d.ours(x.Name)
		list = append(list, source{param: x, parts: parts, transposed: transposed})
	}
	return list
}

// speaks finds the dialect of a file.
func speaks(w Checkpoint, what string, list []dialect) (dialect, error) {
	var looked []string
	for _, d := range list {
		if _, ok := w.Shape(d.shows); ok {
			return d, nil
		}
		looked = append(looked, fmt.Sprintf("%s (%s)", d.shows, d.name))
	}
	names := w.Names()
	return dialect{}, fmt.Errorf("models: the file does not hold %s: none of %s is there; it has %s", what, strings.Join(looked, ", "), some(names))
}

// withOwnText is the dialect of an open_clip file whose text tower has a prefix.
func withOwnText(w Checkpoint, d dialect) dialect {
	if _, ok := w.Shape("text.token_embedding.weight"); ok {
		return dialect{"open_clip", d.shows, openCLIPText}
	}
	return d
}

// isImage says whether a tensor belongs to an image tower, or to a file that holds only one.
func isImage(name string) bool {
	for _, prefix := range []string{"visual", "vision_model.", "conv1.", "conv_proj.", "encoder.", "class_", "ln_pre.", "ln_post.", "proj"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// isText says whether a tensor belongs to a text tower, or to the pair.
func isText(name string) bool {
	for _, prefix := range []string{"text", "token_embedding.", "positional_embedding", "transformer.", "ln_final.", "logit_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// unwrapped sees a file without what training scripts put before all of its names.
func unwrapped(w Checkpoint) Checkpoint {
	for _, prefix := range []string{"state_dict.", "model.", "module."} {
		all := true
		names := w.Names()
		for _, n := range names {
			all = all && strings.HasPrefix(n, prefix)
		}
		if all && len(names) > 0 {
			w = stripped{w, prefix}
		}
	}
	return w
}

type stripped struct {
	Checkpoint
	prefix string
}

func (s stripped) Names() []string {
	names := s.Checkpoint.Names()
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimPrefix(n, s.prefix)
	}
	return out
}

func (s stripped) Shape(name string) ([]int, bool) { return s.Checkpoint.Shape(s.prefix + name) }

func (s stripped) Floats(name string) ([]float32, error) { return s.Checkpoint.Floats(s.prefix + name) }
