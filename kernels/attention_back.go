package kernels

import (
	"math/rand/v2"

	"mindgap/engine"
)

// AttentionBackParams describes the gradients of attention; sizes are those of AttentionParams.
// Parts says which are wanted: 1 dq, 2 dk, 4 dv, or any sum of these. With Accumulate 1 they are
// added to what dq, dk and dv hold.
type AttentionBackParams struct {
	Batch, Len, Heads, Width  int32
	LdDq, LdDk, LdDv, LdDout  int32
	LdQ, LdK, LdV             int32
	Causal, Parts, Accumulate int32
	Scale                     float32
}

// Parts of the gradient of attention.
const (
	partQ int32 = 1
	partK int32 = 2
	partV int32 = 4
)

var attentionBack = &engine.Kernel[AttentionBackParams]{
	Name: "attention_back", Source: shaders,
	Doc: "dq (+)= G K, dk (+)= G^T Q, dv (+)= P^T dO; P = exp(scale Q K^T - lse), G = scale P (dO V^T - delta), head by head",
	Bufs: []engine.Buf{
		{Name: "dq", Access: engine.InOut}, {Name: "dk", Access: engine.InOut}, {Name: "dv", Access: engine.InOut},
		{Name: "dout", Access: engine.In}, {Name: "q", Access: engine.In}, {Name: "k", Access: engine.In}, {Name: "v", Access: engine.In},
		{Name: "rows", Access: engine.In},
	},
	Variants: attentionBackVariants(),
	Size: func(p AttentionBackParams) []int {
		checkHeads("attention_back", p.Batch, p.Len, p.Heads, p.Width, p.LdDq, p.LdDk, p.LdDv, p.LdDout, p.LdQ, p.LdK, p.LdV)
		engine.Check("attention_back", p.Parts > 0 && p.Parts <= partQ|partK|partV, "parts %d", p.Parts)
		rows, cols := p.Batch*p.Len, p.Heads*p.Width
		of := func(part, ld int32) int {
			if part != 0 && p.Parts&part == 0 {
				return 0
			}
			return span(rows, cols, ld)
		}
		return []int{
			of(partQ, p.LdDq), of(partK, p.LdDk), of(partV, p.LdDv),
			of(0, p.LdDout), of(0, p.LdQ), of(0, p.LdK), of(0, p.LdV), 2 * int(p.Batch*p.Heads*p.Len),
		}
	},
	Cost: func(p AttentionBackParams) engine.Cost {
		products := 1.0 // S
		for _, n := range []struct{ parts, products int32 }{{partQ | partK, 1}, {partQ, 1}, {partK, 1}, {partV, 1}} {
			if p.Parts&n.parts != 0 {
				products++
			}
		}
		return engine.Cost{
			Flops: 2 * products * attentionPairs(p.Batch, p.Heads, p.Len, p.Causal) * float64(p.Width),
			Bytes: 20 * float64(p.Batch*p.Len) * float64(p.Heads*p.Width),
		}
	},
	Split: func(p AttentionBackParams) engine.Split[AttentionBackParams] {
		n := int(p.Len)
		of := func(part, ld int32) int {
			if p.Parts&part == 0 {
				return 0
			}
			return n * int(ld)
		}
		return engine.Split[AttentionBackParams]{
			Rows: int(p.Batch),
			Step: []int{
				of(partQ, p.LdDq), of(partK, p.LdDk), of(partV, p.LdDv),
				n * int(p.LdDout), n * int(p.LdQ), n * int(p.LdK), n * int(p.LdV), 2 * n * int(p.Heads),
			},
			Part: func(lo, hi int) AttentionBackParams { p.Batch = int32(hi - lo); return p },
		}
	},
	Ref:    attentionBackRef,
	Host:   attentionBackHost,
	Bound:  attentionBackBound,
	Inputs: attentionBackInputs,
	Cases:  attentionBackCases(),
	Bench: []AttentionBackParams{
		{16, 50, 12, 64, 2304, 2304, 2304, 768, 2304, 2304, 2304, 0, partQ, 0, 0.125},
		{16, 50, 12, 64, 2304, 2304, 2304, 768, 2304, 2304, 2304, 0, partK, 0, 0.125},
		{16, 50, 12, 64, 2304, 2304, 2304, 768, 2304, 2304, 2304, 0, partV, 0, 0.125},
		{16, 77, 8, 64, 1536, 1536, 1536, 512, 1536, 1536, 1536, 1, partQ, 0, 0.125},
	},
	Bucket: AttentionBackParams.bucket,
}

// forward gives the parameters of the attention whose gradient this is.
func (p AttentionBackParams) forward() AttentionParams {
	return AttentionParams{
		Batch: p.Batch, Len: p.Len, Heads: p.Heads, Width: p.Width, LdO: p.LdDout, LdQ: p.LdQ, LdK: p.LdK, LdV: p.LdV,
		Causal: p.Causal, HasLse: 1, Scale: p.Scale,
	}
}

func attentionBackCases() []AttentionBackParams {
	list := []AttentionBackParams{
		{0, 3, 2, 4, 8, 8, 8, 8, 8, 8, 8, 0, 7, 0, 0.5}, {2, 0, 2, 4, 8, 8, 8, 8, 8, 8, 8, 0, 7, 0, 0.5}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 7, 1, 1},
		{2, 13, 2, 7, 14, 15, 16, 17, 14, 15, 16, 1, 7, 0, 0.4},
	}
	for _, parts := range []int32{partQ, partK, partV, partK | partV, partQ | partK | partV} {
		list = append(list,
			AttentionBackParams{3, 5, 3, 16, 144, 144, 144, 48, 144, 144, 144, 0, parts, 0, 0.25},
			AttentionBackParams{1, 19, 2, 18, 36, 36, 36, 36, 40, 36, 36, 1, parts, 1, 0.2},
			AttentionBackParams{1, 77, 1, 64, 64, 64, 64, 64, 64, 64, 64, 1, parts, 0, 0.125},
			AttentionBackParams{1, 67, 2, 32, 64, 68, 72, 64, 192, 192, 192, 0, parts, 1, 1},
			AttentionBackParams{1, 21, 1, 80, 80, 80, 80, 80, 80, 80, 80, 1, parts, 0, 2},
		)
	}
	return list
}

// attentionBackInputs makes normal numbers, and the rows that belong to them.
func attentionBackInputs(p AttentionBackParams, r *rand.Rand, b [][]float64) {
	normalInputs(r, b[:7]...)
	f := p.forward()
	o, lse := make([]float64, len(b[3])), make([]float64, len(b[7])/2)
	attentionRef(f, [][]float64{o, lse, b[4], b[5], b[6]})
	d := AttentionDeltaParams{Batch: p.Batch, Len: p.Len, Heads: p.Heads, Width: p.Width, LdDout: p.LdDout, LdO: p.LdDout}
	attentionDelta.Ref(d, [][]float64{b[7], lse, b[3], o})
}
