package models

import (
	"math"

	"mindgap/nn"
)

// CLIPConfig is the shape of both towers; their outputs have one width.
type CLIPConfig struct {
	Image ViTConfig
	Text  TextConfig
}

// The published models (Radford et al. 2021).
var (
	CLIPB32 = CLIPConfig{ViTB32, TextB}
	CLIPB16 = CLIPConfig{ViTB16, TextB}
	CLIPL14 = CLIPConfig{ViTL14, TextL}
)

// CLIP is a dual encoder: images and texts embedded into one space.
type CLIP struct {
	Image *ViT
	Text  *Text
	// LogitScale is the logarithm of the logit scale 1/tau.
	LogitScale *nn.Param
}

// NewCLIP makes the network in the names of OpenAI's checkpoints. The logit scale begins at
// ln(1/0.07).
func NewCLIP(b *nn.Builder, c CLIPConfig) *CLIP {
	m := &CLIP{Image: NewViT(b.In("visual"), c.Image), Text: NewText(b, c.Text)}
	m.LogitScale = b.Param("logit_scale", nn.Constant(float32(math.Log(1/0.07))), 1)
	return m
}

// SwitchNorms switches every layer norm of both towers on or off (Supplementary Figure 15).
func (m *CLIP) SwitchNorms(on bool) {
	norms := []*nn.Norm{m.Image.pre, m.Image.post, m.Text.final}
	for _, t := range []*transformer{m.Image.blocks, m.Text.blocks} {
		for _, b := range t.blocks {
			norms = append(norms, b.norm1, b.norm2)
		}
	}
	for _, n := range norms {
		if n != nil {
			n.Off = !on
		}
	}
}
