package models

import "mindgap/kernels"

// GELUOf tells by the names of a file's tensors which GELU its transformers have, the exact one or
// CLIP's QuickGELU. No tensor shows it. Torchvision's are exact, and files of OpenAI, which alone
// keep the sizes of their inputs as tensors, have QuickGELU. All else is a guess: open_clip's
// models with a text tower of their own are later ones, which are exact; OpenAI's own names and
// Hugging Face's are taken for CLIP as published.
func GELUOf(w Checkpoint) (exact, sure bool) {
	w = unwrapped(w)
	for _, sign := range []struct {
		tensor      string
		exact, sure bool
	}{
		{"conv_proj.weight", true, true},
		{"input_resolution", false, true},
		{"text.token_embedding.weight", true, false},
	} {
		if _, ok := w.Shape(sign.tensor); ok {
			return sign.exact, sign.sure
		}
	}
	return false, false
}

// UseGELU switches the blocks of a tower to the exact GELU or to QuickGELU.
func (v *ViT) UseGELU(exact bool) {
	v.Config.GELU = exact
	v.blocks.useGELU(exact)
}

// UseGELU switches the blocks of a tower to the exact GELU or to QuickGELU.
func (t *Text) UseGELU(exact bool) {
	t.Config.GELU = exact
	t.blocks.useGELU(exact)
}

// UseGELU switches both towers to the exact GELU or to QuickGELU.
func (m *CLIP) UseGELU(exact bool) {
	m.Image.UseGELU(exact)
	m.Text.UseGELU(exact)
}

func (t *transformer) useGELU(exact bool) {
	for _, b := range t.blocks {
		b.act = kernels.ActQuickGELU
		if exact {
			b.act = kernels.ActGELU
		}
	}
}
