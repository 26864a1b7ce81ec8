package models

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// TextConfig is the shape of CLIP's text tower.
type TextConfig struct {
	Context, Vocab       int // tokens of a text, and how many there are
	Width, Layers, Heads int
	Out                  int // of the projection
	// GELU is the exact one in place of CLIP's QuickGELU (open_clip's later models).
	GELU bool
}

// TextB is the text tower of CLIP ViT-B/32 and ViT-B/16; TextL that of ViT-L/14.
var (
	TextB = TextConfig{Context: 77, Vocab: 49408, Width: 512, Layers: 12, Heads: 8, Out: 512}
	TextL = TextConfig{Context: 77, Vocab: 49408, Width: 768, Layers: 12, Heads: 12, Out: 768}
)

// Check refuses shapes that no network can have.
func (c TextConfig) Check() error {
	switch {
	case c.Context <= 0 || c.Vocab <= 0 || c.Width <= 0 || c.Layers < 0 || c.Heads <= 0 || c.Out <= 0:
		return fmt.Errorf("models: text: %+v has a size that is not positive", c)
	case c.Width%c.Heads != 0:
		return fmt.Errorf("models: text: width %d is no multiple of %d heads", c.Width, c.Heads)
	}
	return nil
}

// Text is the text tower of CLIP: a causal transformer, read at the position of each text's
// largest token id (the end mark of real texts; the first such position where ids repeat).
type Text struct {
	Config TextConfig
	token  *nn.Param
	pos    *nn.Param
	blocks *transformer
	final  *nn.Norm
	proj   *nn.Param
}

// NewText makes the network in the names of CLIP, with its initialisers: tokens N(0, 0.02^2),
// positions N(0, 0.01^2), projection N(0, 1/Width), blocks as textInit says.
func NewText(b *nn.Builder, c TextConfig) *Text {
	act := kernels.ActQuickGELU
	if c.GELU {
		act = kernels.ActGELU
	}
	s := shape{width: c.Width, layers: c.Layers, heads: c.Heads, hidden: 4 * c.Width, causal: true, act: act, eps: 1e-5}
	t := &Text{Config: c, blocks: newTransformer(b.In("transformer"), s, textInit(c.Width, max(c.Layers, 1)))}
	t.token = b.Param("token_embedding.weight", nn.Normal(0.02), c.Vocab, c.Width)
	t.pos = b.Param("positional_embedding", nn.Normal(0.01), c.Context, c.Width)
	t.final = nn.NewNorm(b.In("ln_final"), c.Width, 1e-5)
	t.proj = b.Param("text_projection", nn.Normal(1/math.Sqrt(float64(c.Width))), c.Width, c.Out)
	return t
}

// Forward embeds texts of Context token ids each, one after the other: N x Out, not
// normalised. It marks "tokens", "blocks.0" and so on, and "pooled". Ids outside the vocabulary
// panic.
func (t *Text) Forward(tp *nn.Tape, ids []int32) *nn.Value {
	c := t.Config
	engine.Check("text", len(ids) > 0 && len(ids)%c.Context == 0, "%d ids are no texts of %d", len(ids), c.Context)
	n := len(ids) / c.Context
	x := nn.Gather(tp, t.token.Value, ids)
	x = nn.AddRow(tp, nn.Reshape(x, n, c.Context*c.Width), t.pos.Value)
	x = tp.Mark("tokens", nn.Reshape(x, n*c.Context, c.Width))
	x = t.blocks.apply(tp, "blocks", x, n)
	y := nn.Gather(tp, x, pooledRows(ids, c.Context))
	y = tp.Mark("pooled", t.final.Apply(tp, y))
	return nn.Project(tp, y, t.proj.Value)
}

// pooledRows is, for each text, the row of its largest token id: the first of equals.
func pooledRows(ids []int32, context int) []int32 {
	rows := make([]int32, len(ids)/context)
	for i := range rows {
		best := i * context
		for j := best; j < (i+1)*context; j++ {
			if ids[j] > ids[best] {
				best = j
			}
		}
		rows[i] = int32(best)
	}
	return rows
}

// Bytes estimates the memory of Forward for one text, without a recording.
func (t *Text) Bytes() int64 {
	return 4 * int64(t.Config.Context) * int64(8*t.Config.Width)
}
