package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// ArgmaxMergeParams describes the best of the candidates of each line; strides as in
// ArgmaxParams, for candidates c and elements x.
type ArgmaxMergeParams struct {
	Lines, Items, Candidates, YLine, CLine, CItem, XLine, XItem int32
}

var argmaxMerge = &engine.Kernel[ArgmaxMergeParams]{
	Name: "argmax_merge", Doc: "y[l] = the candidate c[l][k] with the largest x[l][c]; -1 where there is none",
	Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "y", Type: engine.Int32, Access: engine.Out},
		{Name: "c", Type: engine.Int32, Access: engine.In}, {Name: "x", Access: engine.In},
	},
	Variants: []engine.Variant[ArgmaxMergeParams]{{
		Name: "single", File: "argmax_merge.comp.glsl",
		Groups: func(p ArgmaxMergeParams) int { return ceil(int(p.Lines), 16) },
		Loops:  func(p ArgmaxMergeParams) int { return int(p.Candidates) },
	}},
	Size: func(p ArgmaxMergeParams) []int {
		engine.Check("argmax_merge", min(p.Lines, p.Items, p.Candidates) >= 0, "%d lines of %d items, %d candidates", p.Lines, p.Items, p.Candidates)
		engine.Check("argmax_merge", min(p.YLine, p.CLine, p.CItem, p.XLine, p.XItem) >= 0, "a stride is negative")
		return []int{strided(p.Lines, 1, p.YLine, 1), strided(p.Lines, p.Candidates, p.CLine, p.CItem), strided(p.Lines, p.Items, p.XLine, p.XItem)}
	},
	Cost: func(p ArgmaxMergeParams) engine.Cost {
		n := float64(p.Lines) * float64(p.Candidates)
		return engine.Cost{Flops: n, Bytes: 8*n + 4*float64(p.Lines)}
	},
	Ref: func(p ArgmaxMergeParams, b [][]float64) {
		for l := range int(p.Lines) {
			at, m := -1, 0.0
			for k := range int(p.Candidates) {
				i := int(b[1][l*int(p.CLine)+k*int(p.CItem)])
				if i < 0 || i >= int(p.Items) {
					continue
				}
				v := b[2][l*int(p.XLine)+i*int(p.XItem)]
				if at < 0 || ahead(v, m) || !ahead(m, v) && i < at {
					at, m = i, v
				}
			}
			b[0][l*int(p.YLine)] = float64(at)
		}
	},
	Host: func(h *engine.Host, p ArgmaxMergeParams, v []engine.View) {
		h.Parallel(int(p.Lines), rowGrain(p.Candidates, reduceGrain), func(lo, hi int) {
			for l := lo; l < hi; l++ {
				best, m := int32(-1), float32(math.Inf(-1))
				for k := range int(p.Candidates) {
					i := v[1].I[l*int(p.CLine)+k*int(p.CItem)]
					if i < 0 || i >= p.Items {
						continue
					}
					x := v[2].F[l*int(p.XLine)+int(i)*int(p.XItem)]
					if best < 0 || ahead(x, m) || !ahead(m, x) && i < best {
						best, m = i, x
					}
				}
				v[0].I[l*int(p.YLine)] = best
			}
		})
	},
	// Candidates from one before the first item to one beyond the last, values often equal.
	Inputs: func(p ArgmaxMergeParams, r *rand.Rand, b [][]float64) {
		for i := range b[1] {
			b[1][i] = float64(r.IntN(int(p.Items)+2) - 1)
		}
		for i := range b[2] {
			b[2][i] = math.Round(2 * r.NormFloat64())
		}
	},
	Cases: []ArgmaxMergeParams{
		{0, 3, 2, 1, 2, 1, 3, 1}, {2, 3, 0, 1, 0, 1, 3, 1}, {1, 1, 1, 1, 1, 1, 1, 1},
		{19, 40, 5, 2, 6, 1, 41, 1}, {37, 300, 3, 1, 1, 37, 1, 39},
	},
}

// RowArgmax is y[r] = the smallest c at which x[r][c] is largest, NaN counting as largest
// (as in PyTorch). y is int32. No column: -1.
func RowArgmax(y, x *engine.Tensor) {
	argmaxTo(rowArgmax, rowsUncut, y, x, ArgmaxParams{
		Lines: int32(x.Rows()), Items: int32(x.Cols()), XLine: int32(x.LD()), XItem: 1,
	})
}

// ColumnArgmax is y[c] = the smallest r at which x[r][c] is largest; see RowArgmax.
func ColumnArgmax(y, x *engine.Tensor) {
	argmaxTo(columnArgmax, columnsUncut, y, x, ArgmaxParams{
		Lines: int32(x.Cols()), Items: int32(x.Rows()), XLine: 1, XItem: int32(x.LD()),
	})
}

// argmaxTo queues one stage, or two: positions of the chunks' maxima, and the best of them.
func argmaxTo(k *engine.Kernel[ArgmaxParams], uncut int, y, x *engine.Tensor, p ArgmaxParams) {
	p.YLine = int32(vectorStride(k.Name, y, int(p.Lines)))
	p.Chunk = int32(chunkFor(int(p.Items), uncut))
	n := chunks(p.Items, p.Chunk)
	if n == 1 {
		k.Run(p, y, x)
		return
	}
	s := x.Device().Scope()
	defer s.Close()
	c := s.Ints(n, int(p.Lines))
	q := p
	q.YLine, q.YChunk = 1, p.Lines
	k.Run(q, c, x)
	argmaxMerge.Run(ArgmaxMergeParams{
		Lines: p.Lines, Items: p.Items, Candidates: int32(n), YLine: p.YLine,
		CLine: 1, CItem: p.Lines, XLine: p.XLine, XItem: p.XItem,
	}, y, c, x)
}
