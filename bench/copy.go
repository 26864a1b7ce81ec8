package bench

import "mindgap/engine"

// CopyParams: n floats, a multiple of 4.
type CopyParams struct{ N int32 }

var copyFloats = &engine.Kernel[CopyParams]{
	Name: "roofline_copy", Doc: "y = x", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: append([]engine.Variant[CopyParams]{copyRun}, stored(engine.Variant[CopyParams]{
		File:   "copy.comp.glsl",
		Groups: func(p CopyParams) int { return (int(p.N)/4 + 255) / 256 },
		Loops:  func(CopyParams) int { return 0 },
	})...),
	Size: func(p CopyParams) []int {
		engine.Check("roofline_copy", p.N >= 0 && p.N%4 == 0, "n=%d must be a multiple of 4", p.N)
		return []int{int(p.N), int(p.N)}
	},
	Cost: func(p CopyParams) engine.Cost { return engine.Cost{Bytes: 8 * float64(p.N)} },
	Split: func(p CopyParams) engine.Split[CopyParams] {
		return engine.Split[CopyParams]{
			Rows: int(p.N), Quantum: 256, Step: []int{1, 1},
			Part: func(lo, hi int) CopyParams { return CopyParams{int32(hi - lo)} },
		}
	},
	Ref: func(_ CopyParams, b [][]float64) { copy(b[0], b[1]) },
	Host: func(h *engine.Host, p CopyParams, v []engine.View) {
		h.Parallel(int(p.N), 1<<16, func(lo, hi int) { copy(v[0].F[lo:hi], v[1].F[lo:hi]) })
	},
	Cases: []CopyParams{{0}, {4}, {1028}, {1280}, {1 << 18}},
}

// copyRun is the variant that was found to be the fastest on software devices.
var copyRun = engine.Variant[CopyParams]{
	Name: "run", File: "copy.comp.glsl", Defines: []string{"RUN", "TEXEL"}, Texel: []string{"x"}, Vec4: []string{"y"},
	Groups: func(p CopyParams) int { return (int(p.N)/4 + 511) / 512 },
	Loops:  func(CopyParams) int { return 8 },
	Fits:   func(p CopyParams, _ *engine.Caps) bool { return p.N%256 == 0 },
	Prefer: engine.Software[CopyParams],
}

// stored are two forms of a shader that goes from x to y: x as a texel buffer, the faster on
// software devices, and as a storage block.
func stored[P any](v engine.Variant[P]) []engine.Variant[P] {
	texel, block := v, v
	texel.Name, texel.Defines, texel.Texel, texel.Vec4 = "texel", []string{"TEXEL"}, []string{"x"}, []string{"y"}
	texel.Prefer = engine.Software[P]
	block.Name, block.Vec4 = "vec4", []string{"y", "x"}
	return []engine.Variant[P]{texel, block}
}
