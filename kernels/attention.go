package kernels

import (
	"math/rand/v2"

	"mindgap/engine"
)

// AttentionParams describes softmax(Scale Q K^T) V for Heads heads of Width columns each, in
// Batch sequences of Len rows: token i of sequence b is row b Len + i of q, k, v and o, and
// head h their columns h Width .. (h+1) Width. With Causal 1 a row sees no key behind its own.
// With HasLse 1 the logsumexp of every row's logits is kept: Batch x Heads x Len.
type AttentionParams struct {
	Batch, Len, Heads, Width int32
	LdO, LdQ, LdK, LdV       int32
	Causal, HasLse           int32
	Scale                    float32
}

var attention = &engine.Kernel[AttentionParams]{
	Name: "attention", Doc: "o = softmax(scale Q K^T) V for each head of each sequence, full or causal; its logsumexps kept", Source: shaders,
	Bufs: []engine.Buf{
		{Name: "o", Access: engine.Out}, {Name: "lse", Access: engine.Out},
		{Name: "q", Access: engine.In}, {Name: "k", Access: engine.In}, {Name: "v", Access: engine.In},
	},
	Variants: []engine.Variant[AttentionParams]{
		attentionShared(), attentionTexel("texel_32", 8), attentionTexel("texel_64", 16),
		{
			Name: "plain", File: "attention.comp.glsl",
			Groups: func(p AttentionParams) int {
				return ceil(int(p.Batch)*int(p.Heads)*int(p.Len)*ceil(int(p.Width), 16), 64)
			},
			Loops: func(p AttentionParams) int { return ceil(int(p.Len), 8)*(1+int(p.Width)+3*8+16) + 2*16 },
		},
	},
	Size: func(p AttentionParams) []int {
		checkHeads("attention", p.Batch, p.Len, p.Heads, p.Width, p.LdO, p.LdQ, p.LdK, p.LdV)
		rows, cols := p.Batch*p.Len, p.Heads*p.Width
		return []int{
			span(rows, cols, p.LdO), int(p.Batch * p.Heads * p.Len * p.HasLse),
			span(rows, cols, p.LdQ), span(rows, cols, p.LdK), span(rows, cols, p.LdV),
		}
	},
	Cost: func(p AttentionParams) engine.Cost {
		return engine.Cost{
			Flops: 4 * attentionPairs(p.Batch, p.Heads, p.Len, p.Causal) * float64(p.Width),
			Bytes: 16 * float64(p.Batch*p.Len) * float64(p.Heads*p.Width),
		}
	},
	Split: func(p AttentionParams) engine.Split[AttentionParams] {
		n := int(p.Len)
		return engine.Split[AttentionParams]{
			Rows: int(p.Batch), Step: []int{n * int(p.LdO), n * int(p.Heads*p.HasLse), n * int(p.LdQ), n * int(p.LdK), n * int(p.LdV)},
			Part: func(lo, hi int) AttentionParams { p.Batch = int32(hi - lo); return p },
		}
	},
	Ref:    attentionRef,
	Host:   attentionHost,
	Bound:  attentionBound,
	Inputs: func(_ AttentionParams, r *rand.Rand, b [][]float64) { normalInputs(r, b[2:]...) },
	Cases: []AttentionParams{
		{0, 3, 2, 4, 8, 8, 8, 8, 0, 1, 0.5}, {2, 0, 2, 4, 8, 8, 8, 8, 0, 1, 0.5}, {1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1}, {3, 1, 2, 4, 8, 8, 8, 8, 1, 1, 0.5},
		{2, 5, 3, 16, 48, 144, 144, 144, 0, 1, 0.25}, {2, 13, 2, 12, 28, 24, 28, 24, 1, 0, 0.3}, {2, 19, 2, 7, 14, 15, 16, 17, 1, 1, 0.4},
		{1, 9, 2, 18, 36, 36, 40, 36, 0, 1, 0.2}, {1, 65, 2, 32, 64, 192, 192, 192, 1, 1, 0.18}, {1, 77, 1, 64, 64, 64, 64, 64, 1, 1, 0.125},
		{1, 130, 1, 64, 64, 64, 64, 64, 0, 1, 10}, {1, 21, 2, 80, 160, 160, 160, 160, 1, 1, 0.1}, {1, 70, 1, 20, 20, 20, 20, 20, 0, 0, 100}, {1, 300, 1, 8, 8, 8, 8, 8, 1, 1, 0.35},
	},
	Bench: []AttentionParams{
		{16, 50, 12, 64, 768, 2304, 2304, 2304, 0, 1, 0.125}, {16, 77, 8, 64, 512, 1536, 1536, 1536, 1, 1, 0.125},
		{4, 197, 12, 64, 768, 2304, 2304, 2304, 0, 1, 0.125}, {64, 17, 4, 32, 128, 384, 384, 384, 0, 1, 0.18}, {64, 17, 4, 16, 64, 192, 192, 192, 0, 1, 0.25},
	},
	Bucket: AttentionParams.bucket,
}

// checkHeads refuses sizes and strides that mean no attention.
func checkHeads(kernel string, batch, length, heads, width int32, lds ...int32) {
	engine.Check(kernel, batch >= 0 && length >= 0 && heads > 0 && width > 0, "%d sequences of %d, %d heads of width %d", batch, length, heads, width)
	checkMatrix(kernel, batch*length, heads*width, lds...)
}

// attentionPairs is the number of pairs of a query and a key that it sees.
func attentionPairs(batch, heads, length, causal int32) float64 {
	n := float64(length)
	pairs := n * n
	if causal != 0 {
		pairs = n * (n + 1) / 2
	}
	return float64(batch) * float64(heads) * pairs
}

// normalInputs fills buffers with normal numbers.
func normalInputs(r *rand.Rand, b ...[]float64) {
	for _, list := range b {
		for i := range list {
			list[i] = r.NormFloat64()
		}
	}
}
