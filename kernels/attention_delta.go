package kernels

import (
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// AttentionDeltaParams describes what the gradient of attention needs of every row of every
// head: its logsumexp, and the inner product of do and o. Sizes are those of AttentionParams.
type AttentionDeltaParams struct {
	Batch, Len, Heads, Width int32
	LdDout, LdO              int32
}

var attentionDelta = &engine.Kernel[AttentionDeltaParams]{
	Name: "attention_delta", Doc: "rows[i] = (lse[i], do_i . o_i) for every query of every head", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "rows", Access: engine.Out}, {Name: "lse", Access: engine.In},
		{Name: "dout", Access: engine.In}, {Name: "o", Access: engine.In},
	},
	Variants: []engine.Variant[AttentionDeltaParams]{
		{
			Name: "vec4", File: "attention_delta.comp.glsl", Defines: []string{"VEC=4"}, Vec4: []string{"dout", "o"},
			Groups: func(p AttentionDeltaParams) int { return ceil(p.rows(), 64) },
			Loops:  func(p AttentionDeltaParams) int { return int(p.Width) / 4 },
			Fits: func(p AttentionDeltaParams, _ *engine.Caps) bool {
				return p.Width%4 == 0 && p.LdDout%4 == 0 && p.LdO%4 == 0
			},
		},
		{
			Name: "scalar", File: "attention_delta.comp.glsl",
			Groups: func(p AttentionDeltaParams) int { return ceil(p.rows(), 64) },
			Loops:  func(p AttentionDeltaParams) int { return int(p.Width) },
		},
	},
	Size: func(p AttentionDeltaParams) []int {
		checkHeads("attention_delta", p.Batch, p.Len, p.Heads, p.Width, p.LdDout, p.LdO)
		rows, cols := p.Batch*p.Len, p.Heads*p.Width
		return []int{2 * p.rows(), p.rows(), span(rows, cols, p.LdDout), span(rows, cols, p.LdO)}
	},
	Cost: func(p AttentionDeltaParams) engine.Cost {
		n := float64(p.rows())
		return engine.Cost{Flops: 2 * n * float64(p.Width), Bytes: 4 * n * (2*float64(p.Width) + 3)}
	},
	Split: func(p AttentionDeltaParams) engine.Split[AttentionDeltaParams] {
		n, heads := int(p.Len), int(p.Len*p.Heads)
		return engine.Split[AttentionDeltaParams]{
			Rows: int(p.Batch), Step: []int{2 * heads, heads, n * int(p.LdDout), n * int(p.LdO)},
			Part: func(lo, hi int) AttentionDeltaParams { p.Batch = int32(hi - lo); return p },
		}
	},
	Ref: func(p AttentionDeltaParams, b [][]float64) {
		p.each(func(i, dout, o int) {
			b[0][2*i], b[0][2*i+1] = b[1][i], floats.Dot(b[2][dout:][:p.Width], b[3][o:][:p.Width])
		})
	},
	Host: func(h *engine.Host, p AttentionDeltaParams, v []engine.View) {
		n, heads, d := int(p.Len), int(p.Heads), int(p.Width)
		h.Parallel(int(p.Batch)*n, rowGrain(p.Heads*p.Width, reduceGrain), func(lo, hi int) {
			for row := lo; row < hi; row++ {
				for head := range heads {
					i := (row/n*heads+head)*n + row%n
					v[0].F[2*i] = v[1].F[i]
					v[0].F[2*i+1] = dotRow(v[2].F[row*int(p.LdDout)+head*d:][:d], v[3].F[row*int(p.LdO)+head*d:][:d])
				}
			}
		})
	},
	Bound: func(p AttentionDeltaParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		p.each(func(i, dout, o int) { out[2*i+1] = dotError(b[2][dout:][:p.Width], b[3][o:][:p.Width], e) })
		return [][]float64{out, nil, nil, nil}
	},
	Cases: []AttentionDeltaParams{
		{0, 3, 2, 4, 8, 8}, {2, 0, 2, 4, 8, 8}, {1, 1, 1, 1, 1, 1}, {2, 13, 3, 12, 36, 40}, {3, 9, 2, 7, 15, 14}, {2, 50, 4, 64, 256, 256},
	},
	Bench: []AttentionDeltaParams{{16, 50, 12, 64, 768, 768}},
}

// rows is the number of rows of all heads.
func (p AttentionDeltaParams) rows() int { return int(p.Batch) * int(p.Len) * int(p.Heads) }

// each calls f for every row of every head: its number, and where it begins in do and o.
func (p AttentionDeltaParams) each(f func(i, dout, o int)) {
	eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
		for i := range int(p.Len) {
			f(head*int(p.Len)+i, (row0+i)*int(p.LdDout)+col, (row0+i)*int(p.LdO)+col)
		}
	})
}
