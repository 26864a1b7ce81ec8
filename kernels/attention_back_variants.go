package kernels

import (
	"fmt"

	"mindgap/engine"
)

// attentionBackVariants: on GPUs one launch for dq and one for dk and dv, on processors one
// for each (AttentionBack queues them); the last does whatever parts are asked for.
func attentionBackVariants() []engine.Variant[AttentionBackParams] {
	return []engine.Variant[AttentionBackParams]{
		attentionBackShared("shared_q", partQ), attentionBackShared("shared_kv", partK|partV),
		attentionBackTexel("texel_32_q", 8, partQ), attentionBackTexel("texel_32_k", 8, partK), attentionBackTexel("texel_32_v", 8, partV),
		attentionBackTexel("texel_64_q", 16, partQ), attentionBackTexel("texel_64_k", 16, partK), attentionBackTexel("texel_64_v", 16, partV),
		{
			Name: "plain", File: "attention_back.comp.glsl",
			Groups: func(p AttentionBackParams) int {
				parts := int(p.Parts&1 + p.Parts>>1&1 + p.Parts>>2&1)
				return ceil(parts*int(p.Batch)*int(p.Heads)*int(p.Len)*ceil(int(p.Width), 16), 64)
			},
			Loops: func(p AttentionBackParams) int { return ceil(int(p.Len), 4)*(1+int(p.Width)+2*4+16) + 2*16 + 3 },
		},
	}
}

func attentionBackShared(name string, parts int32) engine.Variant[AttentionBackParams] {
	times := 1
	if parts != partQ {
		times = 2
	}
	return engine.Variant[AttentionBackParams]{
		Name: name, File: "attention_back_shared.comp.glsl", Defines: []string{fmt.Sprintf("PART=%d", parts)},
		Vec4: []string{"dq", "dk", "dv", "dout", "q", "k", "v"},
		Groups: func(p AttentionBackParams) int {
			return int(p.Batch*p.Heads) * ceil(int(p.Len), attentionTile) * ceil(int(p.Width), attentionTile)
		},
		Loops: func(p AttentionBackParams) int {
			return ceil(int(p.Len), attentionTile)*(1+2*sharedDotsLoops(p.Width)+times*(sharedTimesLoops+10)) + 2*8*5 + 8
		},
		Fits:   func(p AttentionBackParams, _ *engine.Caps) bool { return p.Parts&^parts == 0 && p.fours() },
		Prefer: engine.Hardware[AttentionBackParams],
	}
}

func attentionBackTexel(name string, texels int, part int32) engine.Variant[AttentionBackParams] {
	return engine.Variant[AttentionBackParams]{
		Name: name, File: "attention_back_texel.comp.glsl", Texel: []string{"dout", "q", "k", "v"}, Vec4: []string{"dq", "dk", "dv"},
		Defines: []string{fmt.Sprintf("T=%d", texels), fmt.Sprintf("PART=%d", part)},
		Groups: func(p AttentionBackParams) int {
			return ceil(int(p.Batch*p.Heads)*ceil(int(p.Len), texelOwn)*ceil(int(p.Width), 4*texels), 16)
		},
		Loops: func(p AttentionBackParams) int {
			return ceil(int(p.Len), 8)*(1+8+2*(texelOwn+int(p.Width)/4)+3*texelOwn) + texelOwn*(1+2*texels)
		},
		Fits: func(p AttentionBackParams, _ *engine.Caps) bool { return p.Parts == part && p.fours() },
		Prefer: func(p AttentionBackParams, c *engine.Caps) bool {
			return c.Software && (int(p.Width) <= 4*texels || texels == 16)
		},
	}
}

// fours says whether every head of every row begins at a multiple of four elements.
func (p AttentionBackParams) fours() bool {
	return p.Width%4 == 0 && p.LdDq%4 == 0 && p.LdDk%4 == 0 && p.LdDv%4 == 0 && p.forward().fours()
}
