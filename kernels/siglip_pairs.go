package kernels

import (
	"slices"

	"mindgap/engine"
)

// SigLIPParams describes a block of rows x cols pairs out of Total matched ones, row i being
// matched with column First + i. RowBlock x ColBlock pairs share one number of part: their
// loss or, of gradients, their part of dscale and, in the second half of part, of dbias. LdG is
// the row stride of the gradient g.
type SigLIPParams struct {
	Rows, Cols, D, LdQ, LdK, LdG     int32
	First, Total, RowBlock, ColBlock int32
}

// tiles is the number of blocks that share a number of part.
func (p SigLIPParams) tiles() int {
	return ceil(int(p.Rows), int(p.RowBlock)) * ceil(int(p.Cols), int(p.ColBlock))
}

func (p SigLIPParams) tile(i, j int) int {
	return i/int(p.RowBlock)*ceil(int(p.Cols), int(p.ColBlock)) + j/int(p.ColBlock)
}

var (
	siglipLoss = siglipPairs("siglip_loss", "part = sums of log(1 + e^u)/total, u = -s for matched pairs, else s, s = scale q.k + bias", false)
	siglipGrad = siglipPairs("siglip_grad", "g = scale x, x = +-dloss/total sigmoid(u) as in siglip_loss; part = sums of x q.k and of x", true)
)

func siglipPairs(name, doc string, grad bool) *engine.Kernel[SigLIPParams] {
	k := &engine.Kernel[SigLIPParams]{
		Name: name, Doc: doc, Source: shaders,
		Bufs: []engine.Buf{
			{Name: "part", Access: engine.Out}, {Name: "q", Access: engine.In}, {Name: "k", Access: engine.In},
			{Name: "scale", Access: engine.In}, {Name: "bias", Access: engine.In},
		},
		Variants: slices.Concat(siglipShared("shared", 8), siglipShared("shared_64", 4), []engine.Variant[SigLIPParams]{
			siglipTexel("texel", false), siglipTexel("texel_tail", true),
			{
				Name: "plain", File: "siglip.comp.glsl", Groups: SigLIPParams.tiles,
				Loops: func(p SigLIPParams) int { return ceil(int(p.RowBlock)*int(p.ColBlock), 64)*(int(p.D)+1) + 64 },
			},
		}),
		Size: func(p SigLIPParams) []int {
			checkMatrix(name, p.Rows, p.D, p.LdQ)
			checkMatrix(name, p.Cols, p.D, p.LdK)
			engine.Check(name, p.D > 0 && p.Total > 0 && p.RowBlock > 0 && p.ColBlock > 0, "width %d, %d pairs, blocks of %d x %d", p.D, p.Total, p.RowBlock, p.ColBlock)
			return []int{p.tiles(), span(p.Rows, p.D, p.LdQ), span(p.Cols, p.D, p.LdK), 1, 1}
		},
		Cost: func(p SigLIPParams) engine.Cost {
			n, m, d := float64(p.Rows), float64(p.Cols), float64(p.D)
			return engine.Cost{Flops: 2 * n * m * d, Bytes: 4 * d * (n + m)}
		},
		Ref: siglipLossRef, Host: siglipLossHost, Bound: siglipLossBound, Inputs: siglipInputs,
		Cases: []SigLIPParams{
			{0, 3, 4, 4, 4, 4, 0, 5, 8, 16}, {1, 1, 1, 1, 1, 1, 0, 1, 8, 16}, {1, 1, 4, 4, 4, 1, 0, 1, 64, 64},
			{9, 17, 4, 4, 8, 17, 0, 17, 8, 16}, {8, 16, 6, 8, 8, 20, -2, 90, 8, 16}, {33, 300, 33, 36, 40, 300, 5, 400, 8, 16},
			{65, 129, 20, 20, 21, 132, 3, 140, 64, 64}, {150, 260, 17, 17, 19, 260, -7, 260, 128, 128}, {40, 50, 12, 12, 12, 51, 0, 50, 8, 16},
			{70, 131, 36, 36, 40, 132, 3, 140, 64, 64}, {140, 260, 20, 20, 24, 261, -7, 260, 128, 128},
		},
		Bench:  []SigLIPParams{{2048, 2048, 512, 512, 512, 2048, 0, 65536, 8, 16}},
		Bucket: SigLIPParams.bucket, Tune: siglipTune,
	}
	if !grad {
		return k
	}
	for i := range k.Variants {
		k.Variants[i].Defines = append(k.Variants[i].Defines, "GRAD=1")
	}
	k.Bufs = append(k.Bufs, engine.Buf{Name: "dloss", Access: engine.In}, engine.Buf{Name: "g", Access: engine.Out})
	loss := *k
	k.Size = func(p SigLIPParams) []int {
		checkMatrix(name, p.Rows, p.Cols, p.LdG)
		size := append(loss.Size(p), 1, span(p.Rows, p.Cols, p.LdG))
		size[0] *= 2
		return size
	}
	k.Cost = func(p SigLIPParams) engine.Cost {
		c := loss.Cost(p)
		c.Bytes += 4 * float64(p.Rows) * float64(p.Cols)
		return c
	}
	k.Ref, k.Host, k.Bound = siglipGradRef, siglipGradHost, siglipGradBound
	return k
}

func siglipShared(name string, tm int) []engine.Variant[SigLIPParams] {
	tile := int32(16 * tm)
	return sharedTile(engine.Variant[SigLIPParams]{
		Name: name, File: "siglip_shared.comp.glsl",
		Groups: SigLIPParams.tiles,
		Loops:  func(p SigLIPParams) int { return sharedTileLoops(int(p.D), tm) + 2*tm*tm + 16 },
		Fits:   func(p SigLIPParams, _ *engine.Caps) bool { return p.RowBlock == tile && p.ColBlock == tile },
		Prefer: engine.Hardware[SigLIPParams],
	}, tm, []string{"q", "k"}, func(p SigLIPParams) bool { return rowsOfFour(p.D, p.LdQ) && rowsOfFour(p.D, p.LdK) })
}

func siglipTexel(name string, tail bool) engine.Variant[SigLIPParams] {
	v := engine.Variant[SigLIPParams]{
		Name: name, File: "siglip_texel.comp.glsl", Texel: []string{"q", "k"},
		Groups: func(p SigLIPParams) int {
			return ceil(int(p.Rows), texelRows) * ceil(int(p.Cols), texelCols*texelLanes)
		},
		Loops: func(p SigLIPParams) int { return ceil(int(p.D), 4) + 400 },
		Fits: func(p SigLIPParams, _ *engine.Caps) bool {
			return p.RowBlock == texelRows && p.ColBlock == texelCols && p.LdQ%4 == 0 && p.LdK%4 == 0 && (tail || p.D%4 == 0)
		},
		Prefer: engine.Software[SigLIPParams],
	}
	if tail {
		v.Defines = []string{"TAIL=1"}
	}
	return v
}
