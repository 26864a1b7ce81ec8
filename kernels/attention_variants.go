package kernels

import (
	"fmt"

	"mindgap/engine"
)

// attentionTile is how many rows and keys a group of include/attention_shared.glsl takes, and
// how many dimensions of a head.
const attentionTile = 64

func attentionShared(name string, vec int) engine.Variant[AttentionParams] {
	v := engine.Variant[AttentionParams]{
		Name: name, File: "attention_shared.comp.glsl", Defines: []string{fmt.Sprintf("VEC=%d", vec)},
		Groups: func(p AttentionParams) int {
			return int(p.Batch*p.Heads) * ceil(int(p.Len), attentionTile) * ceil(int(p.Width), attentionTile)
		},
		Loops: func(p AttentionParams) int {
			return ceil(int(p.Len), attentionTile)*(sharedDotsLoops(p.Width)+sharedTimesLoops+90) + 60
		},
		Prefer: engine.Hardware[AttentionParams],
	}
	if vec == 4 {
		v.Vec4 = []string{"o", "q", "k", "v"}
		v.Fits = func(p AttentionParams, _ *engine.Caps) bool { return p.fours() }
	}
	return v
}

// Loop iterations of DOTS and TIMES, where a compiler unrolls nothing.
func sharedDotsLoops(width int32) int { return ceil(int(width), 16)*(1+4+16*5) + 4 }

const sharedTimesLoops = 4 * (1 + 2 + 16*5)

// fours says whether every head of every row begins at a multiple of four elements.
func (p AttentionParams) fours() bool {
	return p.Width%4 == 0 && p.LdO%4 == 0 && p.LdQ%4 == 0 && p.LdK%4 == 0 && p.LdV%4 == 0
}

// attentionTexel takes rows at a time, and the given number of texels of a head.
func attentionTexel(name string, rows, texels int) engine.Variant[AttentionParams] {
	return engine.Variant[AttentionParams]{
		Name: name, File: "attention_texel.comp.glsl", Texel: []string{"q", "k", "v"}, Vec4: []string{"o"},
		Defines: []string{fmt.Sprintf("R=%d", rows), fmt.Sprintf("T=%d", texels)},
		Groups: func(p AttentionParams) int {
			return ceil(int(p.Batch*p.Heads)*ceil(int(p.Len), rows)*ceil(int(p.Width), 4*texels), 16)
		},
		Loops: func(p AttentionParams) int {
			return ceil(int(p.Len), 8)*(1+8+2*rows+int(p.Width)/4) + rows*(2+2*texels)
		},
		Fits: func(p AttentionParams, _ *engine.Caps) bool { return p.fours() },
		Prefer: func(p AttentionParams, c *engine.Caps) bool {
			return c.Software && (int(p.Width) <= 4*texels || texels == 16)
		},
	}
}
