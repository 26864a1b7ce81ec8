package kernels

import (
	"fmt"

	"mindgap/engine"
)

// convShape is what variants of conv2d and of its gradient need to know of a launch: the
// same shaders serve both.
type convShape struct {
	classes      int // of pixels that take the same taps: stride^2 in a gradient
	pixels       int // of the largest class
	width, depth int // channels that come out; that are summed over at each tap
	taps         int
	fours        bool // depth, and strides of what is read, are multiples of four
	whole        bool // so is the width
	inside       bool // no tap falls outside the image
}

func (p ConvParams) shape() convShape {
	reach := func(out, k, in int32) bool { return (out-1)*p.Stride+k <= in }
	return convShape{
		classes: 1, pixels: p.pixels(), width: int(p.O), depth: int(p.C), taps: p.taps(),
		fours:  p.C%4 == 0 && p.LdX%4 == 0 && p.LdW%4 == 0,
		whole:  true, // weights lie along the depth
		inside: p.Padding == 0 && reach(p.Oh, p.Kh, p.H) && reach(p.Ow, p.Kw, p.W),
	}
}

func (s convShape) tiles(high, wide int) int {
	return s.classes * ceil(s.pixels, high) * ceil(s.width, wide)
}

func conv2dVariants() []engine.Variant[ConvParams] {
	return convVariants(ConvParams.shape, []string{"x", "weights"})
}

// convVariants: tiles in shared memory for GPUs, tiles in registers for processors, and the
// plain definition, which runs anywhere. Processors' variant needs a border (Conv2D makes it).
func convVariants[P any](shape func(P) convShape, inputs []string, defines ...string) []engine.Variant[P] {
	type V = engine.Variant[P]
	with := func(more ...string) []string { return append(more, defines...) }
	tile := func(name string, tile, vec int) V {
		v := V{
			Name: name, File: "conv2d_tile.comp.glsl", Defines: with(fmt.Sprintf("TILE=%d", tile), fmt.Sprintf("VEC=%d", vec)),
			Groups: func(p P) int { return shape(p).tiles(tile, tile) },
			Loops:  func(p P) int { s := shape(p); return tileLoops(tile, s.taps*s.depth) },
			Prefer: engine.Hardware[P],
		}
		if vec == 4 {
			v.Vec4 = inputs
			v.Fits = func(p P, _ *engine.Caps) bool { s := shape(p); return s.fours && s.whole }
		}
		return v
	}
	large := tile("tile", 128, 4)
	large.Prefer = func(p P, c *engine.Caps) bool {
		s := shape(p)
		return !c.Software && s.width > 64 && s.tiles(128, 128) >= 96
	}
	texel := func(name string, high, wide int, more ...string) V {
		return V{
			Name: name, File: "conv2d_texel.comp.glsl", Defines: with(append(more, "TEXEL=1")...), Texel: inputs,
			Groups: func(p P) int { return shape(p).tiles(high, wide) },
			Loops:  func(p P) int { s := shape(p); return s.taps*(s.depth/4+2) + 16*10 + 16 },
			Fits:   func(p P, _ *engine.Caps) bool { s := shape(p); return s.fours && s.inside },
			Prefer: engine.Software[P],
		}
	}
	tall := texel("texel_tall", 256, 8, "TALL=1")
	tall.Prefer = func(p P, c *engine.Caps) bool { s := shape(p); return c.Software && s.tiles(256, 8) < s.tiles(16, 128) }
	return []V{
		large, tile("tile_64", 64, 4), tile("tile_scalar", 64, 1), tall, texel("texel", 16, 128),
		{
			Name: "naive", File: "conv2d_naive.comp.glsl", Defines: with(),
			Groups: func(p P) int { s := shape(p); return ceil(s.classes*s.pixels*s.width, 64) },
			Loops:  func(p P) int { s := shape(p); return s.taps * (s.depth + 2) },
		},
	}
}

// tileLoops: steps of 16 along k of matmul_5_warp's inner loops, and its stores.
func tileLoops(tile, k int) int {
	rows, parts := tile/16, tile/32
	return ceil(k, 16)*(1+8+16*(1+rows/4+parts+rows+rows*parts)) + 4 + 2*rows*(1+parts) + 8*rows*parts
}
