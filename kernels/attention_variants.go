package kernels

import (
	"fmt"

	"mindgap/engine"
)

// attentionTile is how many rows and keys a group of include/attention_shared.glsl takes, and
// how many dimensions of a head.
const attentionTile = 64

func attentionShared() engine.Variant[AttentionParams] {
	return engine.Variant[AttentionParams]{
		Name: "shared", File: "attention_shared.comp.glsl", Vec4: []string{"o", "q", "k", "v"},
		Groups: func(p AttentionParams) int {
			return int(p.Batch*p.Heads) * ceil(int(p.Len), attentionTile) * ceil(int(p.Width), attentionTile)
		},
		Loops: func(p AttentionParams) int {
			return ceil(int(p.Len), attentionTile)*(sharedDotsLoops(p.Width)+sharedTimesLoops+90) + 60
		},
		Fits:   func(p AttentionParams, _ *engine.Caps) bool { return p.fours() },
		Prefer: engine.Hardware[AttentionParams],
	}
}

// Loop iterations of DOTS and TIMES, where a compiler unrolls nothing.
func sharedDotsLoops(width int32) int { return ceil(int(width), 16)*(1+4+16*5) + 4 }

const sharedTimesLoops = 4 * (1 + 2 + 16*5)

// fours says whether every head of every row begins at a multiple of four elements.
func (p AttentionParams) fours() bool {
	return p.Width%4 == 0 && p.LdO%4 == 0 && p.LdQ%4 == 0 && p.LdK%4 == 0 && p.LdV%4 == 0
}

// texelOwn is how many rows an invocation of include/attention_texel.glsl has of its own.
const texelOwn = 4

// attentionTexel takes so many texels of a head.
func attentionTexel(name string, texels int) engine.Variant[AttentionParams] {
	return engine.Variant[AttentionParams]{
		Name: name, File: "attention_texel.comp.glsl", Texel: []string{"q", "k", "v"}, Vec4: []string{"o"},
		Defines: []string{fmt.Sprintf("T=%d", texels)},
		Groups: func(p AttentionParams) int {
			return ceil(int(p.Batch*p.Heads)*ceil(int(p.Len), texelOwn)*ceil(int(p.Width), 4*texels), 16)
		},
		Loops: func(p AttentionParams) int {
			return ceil(int(p.Len), 8)*(1+8+2*texelOwn+int(p.Width)/4) + texelOwn*(2+2*texels)
		},
		Fits: func(p AttentionParams, _ *engine.Caps) bool { return p.fours() },
		Prefer: func(p AttentionParams, c *engine.Caps) bool {
			return c.Software && (int(p.Width) <= 4*texels || texels == 16)
		},
	}
}
