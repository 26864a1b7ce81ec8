package models

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What training scripts put before all names, and the buffers that publishers leave in their
// files, change nothing.
func TestLoadSeesThroughWrappings(t *testing.T) {
	d := host(t)
	for _, l := range loaders {
		whole := checkpoint(t, l.fixture)
		want := l.numbers(t, d, whole)
		for _, prefix := range []string{"module.", "state_dict.", "state_dict.module.", "model.", "state_dict.model."} {
			require.Equal(t, want, l.numbers(t, d, whole.renamed(func(name string) string { return prefix + name })), "%s: %s", l.name, prefix)
		}
		w := whole.renamed(keep)
		for _, buffer := range []string{"input_resolution", "context_length", "vocab_size", "text_model.embeddings.position_ids", "attn_mask", "bn1.num_batches_tracked"} {
			w.set(buffer, nil, []float32{7})
		}
		require.Equal(t, want, l.numbers(t, d, w), "%s: buffers", l.name)
	}
	w := checkpoint(t, "clip")
	half := w.renamed(func(name string) string {
		if strings.HasPrefix(name, "visual.") {
			return "module." + name
		}
		return name
	})
	require.ErrorContains(t, loaders[0].try(d, half), "does not hold CLIP", "a prefix of some names is none")
}

// open_clip's models with a text tower of their own name it "text."; towers that were saved
// alone have no prefix at all.
func TestLoadOtherNamings(t *testing.T) {
	d := host(t)
	clip, image, text := loaders[0], loaders[2], loaders[3]
	whole := checkpoint(t, "clip")
	own := whole.renamed(func(name string) string {
		if strings.HasPrefix(name, "visual.") || name == "logit_scale" {
			return name
		}
		return "text." + name
	})
	for _, l := range []loader{clip, image, text} {
		require.Equal(t, l.numbers(t, d, whole), l.numbers(t, d, own), l.name)
	}
	lacks := own.renamed(keep)
	lacks.remove("text.ln_final.bias")
	require.ErrorContains(t, clip.try(d, lacks), "missing: text.ln_final.bias")

	alone := whole.renamed(func(name string) string {
		short, _ := strings.CutPrefix(name, "visual.")
		if short == name {
			return ""
		}
		return short
	})
	require.Equal(t, image.numbers(t, d, whole), image.numbers(t, d, alone))
	alone = whole.renamed(func(name string) string {
		if strings.HasPrefix(name, "visual.") || name == "logit_scale" {
			return ""
		}
		return name
	})
	require.Equal(t, text.numbers(t, d, whole), text.numbers(t, d, alone))
}

// The number of heads shows in no tensor: it goes by the width, as published. torchvision's and
// open_clip's ViT-H have 16 heads of 80, open_clip's ViT-bigG 16 of 104 beside 20 of 64 for
// its texts.
func TestHeadsGoByWidth(t *testing.T) {
	sized := func(image, text int) *memory {
		return checkpoint(t, "clip").renamed(keep).with("visual.conv1.weight", image, 3, 8, 8).
			with("visual.positional_embedding", 17, image).with("token_embedding.weight", 50, text)
	}
	for _, c := range []struct{ image, text, imageHeads, textHeads int }{
		{768, 512, 12, 8}, {1024, 768, 16, 12}, {1280, 1024, 16, 16}, {1408, 1024, 16, 16}, {1664, 1280, 16, 20}, {128, 64, 2, 1},
	} {
		w := sized(c.image, c.text)
		image, err := imageConfig(w, clipDialects[0])
		require.NoError(t, err)
		text, err := textConfig(w, clipDialects[0])
		require.NoError(t, err)
		require.Equal(t, []int{c.imageHeads, c.textHeads}, []int{image.Heads, text.Heads}, "%+v", c)
	}
}
