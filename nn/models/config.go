package models

import (
	"fmt"
	"math"
	"strings"
)

// headWidth is that of OpenAI's CLIPs, of every text tower and of ViTs up to L. No tensor of a
// file shows it.
const headWidth = 64

// wideHeads are the widths of the larger published image towers, whose heads are wider:
// ViT-H (torchvision and open_clip), ViT-g and ViT-bigG (open_clip) have 16.
var wideHeads = map[int]int{1280: 16, 1408: 16, 1664: 16}

// heads counts those of a tower by its width.
func (s *shaped) heads(width int) int {
	if s.err == nil && width%headWidth != 0 {
		s.err = fmt.Errorf("models: %s: width %d is no multiple of %d, the width of a published network's heads", s.d.name, width, headWidth)
	}
	return width / headWidth
}

// shaped reads sizes off a file's tensors by this package's names, and keeps the first fault.
type shaped struct {
	w   Checkpoint
	d   dialect
	err error
}

// of gives the sizes of a tensor, as many as want says. Where the dialect stores it
// transposed, its sizes are turned round.
func (s *shaped) of(name string, want int) []int {
	parts, turned := s.d.ours(name)
	shape, ok := s.w.Shape(parts[0])
	if s.err == nil && (!ok || len(shape) != want) {
		s.err = fmt.Errorf("models: tensor %s of %s: want %d sizes, it has %v", parts[0], s.d.name, want, shape)
		if !ok {
			s.err = fmt.Errorf("models: tensor %s of %s is missing", parts[0], s.d.name)
		}
	}
	if s.err != nil {
		return make([]int, want)
	}
	out := append([]int{}, shape...)
	if turned {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// has says whether the file has a tensor of this package's name.
func (s *shaped) has(name string) bool {
	parts, _ := s.d.ours(name)
	_, ok := s.w.Shape(parts[0])
	return ok
}

// layers counts the blocks under a prefix.
func (s *shaped) layers(prefix string) int {
	n := 0
	for s.has(fmt.Sprintf("%stransformer.resblocks.%d.ln_1.weight", prefix, n)) {
		n++
	}
	return n
}

func imageConfig(w Checkpoint, d dialect) (ViTConfig, error) {
	s := &shaped{w: w, d: d}
	kernel := s.of("visual.conv1.weight", 4)
	c := ViTConfig{Width: kernel[0], Patch: kernel[2], Layers: s.layers("visual."), Torchvision: strings.HasPrefix(d.name, "torchvision")}
	for s.has(fmt.Sprintf("visual.stem.%d.weight", c.Stem)) && c.Stem < 8 {
		c.Stem++
	}
	c.Patch <<= c.Stem
	tokens := 0
	if c.Torchvision { // its positions are 1 x tokens x width
		if pos := s.of("visual.positional_embedding", 3); s.err == nil {
			tokens = pos[1]
		}
	} else {
		tokens = s.of("visual.positional_embedding", 2)[0]
		c.Out = s.of("visual.proj", 2)[1]
	}
	if c.Heads = wideHeads[c.Width]; c.Heads == 0 {
		c.Heads = s.heads(c.Width)
	}
	side := int(math.Round(math.Sqrt(float64(max(tokens-1, 0)))))
	if s.err == nil && (side*side != tokens-1 || side == 0) {
		s.err = fmt.Errorf("models: %d positions are no square of patches and a class token", tokens)
	}
	c.Image = side * c.Patch
	if c.Layers > 0 {
		c.Hidden = s.of("visual.transformer.resblocks.0.mlp.c_fc.weight", 2)[0]
	}
	if s.err != nil {
		return c, s.err
	}
	return c, c.Check()
}

func textConfig(w Checkpoint, d dialect) (TextConfig, error) {
	s := &shaped{w: w, d: d}
	token := s.of("token_embedding.weight", 2)
	c := TextConfig{
		Vocab: token[0], Width: token[1], Heads: s.heads(token[1]), Layers: s.layers(""),
		Context: s.of("positional_embedding", 2)[0], Out: s.of("text_projection", 2)[1],
	}
	if s.err != nil {
		return c, s.err
	}
	return c, c.Check()
}

func resNetConfig(w Checkpoint) (ResNetConfig, error) {
	stem, ok := w.Shape("conv1.weight")
	if !ok || len(stem) != 4 || stem[1] != 3 || stem[2] != 7 {
		return ResNetConfig{}, fmt.Errorf("models: the file does not hold a residual network of torchvision: conv1.weight is not there as width x 3 x 7 x 7; it has %s", some(w.Names()))
	}
	c := ResNetConfig{Width: stem[0]}
	_, c.Bottleneck = w.Shape("layer1.0.conv3.weight")
	for s := range c.Blocks {
		for {
			if _, ok := w.Shape(fmt.Sprintf("layer%d.%d.conv1.weight", s+1, c.Blocks[s])); !ok {
				break
			}
			c.Blocks[s]++
		}
		if c.Blocks[s] == 0 {
			return c, fmt.Errorf("models: tensor layer%d.0.conv1.weight is missing", s+1)
		}
	}
	return c, nil
}
