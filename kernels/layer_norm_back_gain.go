package kernels

import (
	"fmt"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// LayerNormBackGainParams describes the gradients of layer_norm with respect to gain and bias,
// one row of each for every chunk of rows; with Accumulate 1 they are added.
type LayerNormBackGainParams struct {
	Rows, Cols, Chunk, LdDy, LdX int32
	Accumulate                   int32
}

var layerNormBackGain = &engine.Kernel[LayerNormBackGainParams]{
	Name: "layer_norm_back_gain", Doc: "dgain[k][c] (+)= sum dy (x - mean) rstd, dbias[k][c] (+)= sum dy, over chunk k of column c",
	Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "dgain", Access: engine.InOut}, {Name: "dbias", Access: engine.InOut},
		{Name: "dy", Access: engine.In}, {Name: "x", Access: engine.In}, {Name: "stats", Access: engine.In},
	},
	Variants: []engine.Variant[LayerNormBackGainParams]{
		backGainVariant("texel", 4, []string{"dgain", "dbias"}, []string{"dy", "x"}),
		backGainVariant("vec4", 4, []string{"dgain", "dbias", "dy", "x"}, nil),
		backGainVariant("scalar", 1, nil, nil),
	},
	Size: func(p LayerNormBackGainParams) []int {
		checkMatrix("layer_norm_back_gain", p.Rows, p.Cols, p.LdDy, p.LdX)
		engine.Check("layer_norm_back_gain", p.Cols > 0 && p.Chunk > 0, "%d columns, chunks of %d", p.Cols, p.Chunk)
		parts := chunks(p.Rows, p.Chunk) * int(p.Cols)
		return []int{parts, parts, span(p.Rows, p.Cols, p.LdDy), span(p.Rows, p.Cols, p.LdX), 2 * int(p.Rows)}
	},
	Cost: func(p LayerNormBackGainParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 5 * n, Bytes: 8 * n}
	},
	Split: func(p LayerNormBackGainParams) engine.Split[LayerNormBackGainParams] {
		rows, cols, chunk := int(p.Rows), int(p.Cols), int(p.Chunk)
		return engine.Split[LayerNormBackGainParams]{
			Rows: chunks(p.Rows, p.Chunk), Step: []int{cols, cols, chunk * int(p.LdDy), chunk * int(p.LdX), 2 * chunk},
			Part: func(lo, hi int) LayerNormBackGainParams {
				p.Rows = int32(min(hi*chunk, rows) - lo*chunk)
				return p
			},
		}
	},
	Ref: func(p LayerNormBackGainParams, b [][]float64) {
		for k := range chunks(p.Rows, p.Chunk) {
			for c := range int(p.Cols) {
				var gain, bias float64
				for r := k * int(p.Chunk); r < min((k+1)*int(p.Chunk), int(p.Rows)); r++ {
					d := b[2][r*int(p.LdDy)+c]
					gain += d * ((b[3][r*int(p.LdX)+c] - b[4][2*r]) * b[4][2*r+1])
					bias += d
				}
				put(b[0], k*int(p.Cols)+c, gain, p.Accumulate)
				put(b[1], k*int(p.Cols)+c, bias, p.Accumulate)
			}
		}
	},
	Host:  layerNormBackGainHost,
	Bound: layerNormBackGainBound,
	Inputs: func(p LayerNormBackGainParams, r *rand.Rand, b [][]float64) {
		farRows(r, p.Rows, p.Cols, p.LdX, b[3], b[0], b[1], b[2])
		keptStats(b[4], b[3], p.Rows, p.Cols, p.LdX)
	},
	Cases: []LayerNormBackGainParams{
		{0, 5, 8, 5, 5, 0}, {1, 1, 1, 1, 1, 1}, {5, 7, 100, 9, 8, 0}, {65, 19, 16, 19, 23, 1}, {64, 260, 64, 260, 264, 1}, {130, 64, 64, 68, 64, 0},
	},
	Bench: []LayerNormBackGainParams{{800, 768, 64, 768, 768, 0}},
}

func backGainVariant(name string, vec int, vectors, texel []string) engine.Variant[LayerNormBackGainParams] {
	v := engine.Variant[LayerNormBackGainParams]{
		Name: name, File: "layer_norm_back_gain.comp.glsl", Defines: []string{fmt.Sprintf("VEC=%d", vec)}, Vec4: vectors, Texel: texel,
		Groups: func(p LayerNormBackGainParams) int { return ceil(chunks(p.Rows, p.Chunk)*int(p.Cols)/vec, 64) },
		Loops:  func(p LayerNormBackGainParams) int { return int(min(p.Rows, p.Chunk)) },
	}
	if vec == 4 {
		v.Fits = func(p LayerNormBackGainParams, _ *engine.Caps) bool {
			return p.Cols%4 == 0 && p.LdDy%4 == 0 && p.LdX%4 == 0
		}
	}
	if texel != nil {
		v.Defines, v.Prefer = append(v.Defines, "TEXEL=1"), engine.Software[LayerNormBackGainParams]
	}
	return v
}

// layerNormBackGainHost goes down blocks of columns and sums in float64.
func layerNormBackGainHost(h *engine.Host, p LayerNormBackGainParams, v []engine.View) {
	blocks := ceil(int(p.Cols), columnBlock)
	h.Parallel(chunks(p.Rows, p.Chunk)*blocks, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			k, col := i/blocks, i%blocks*columnBlock
			w := min(columnBlock, int(p.Cols)-col)
			var gain, bias [columnBlock]float64
			for r := k * int(p.Chunk); r < min((k+1)*int(p.Chunk), int(p.Rows)); r++ {
				dy, x := v[2].F[r*int(p.LdDy)+col:][:w], v[3].F[r*int(p.LdX)+col:][:w]
				vector.GradColumns(gain[:], bias[:], dy, x, v[4].F[2*r], v[4].F[2*r+1])
			}
			at := k*int(p.Cols) + col
			for c := range w {
				put(v[0].F, at+c, float32(gain[c]), p.Accumulate)
				put(v[1].F, at+c, float32(bias[c]), p.Accumulate)
			}
		}
	})
}
