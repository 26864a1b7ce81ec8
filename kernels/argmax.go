package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// ArgmaxParams describes the position of the maximum of each chunk of each line. Lines are
// rows or columns of a matrix, so every axis has its stride. First is added to positions.
type ArgmaxParams struct {
	Lines, Items, Chunk, YLine, YChunk, XLine, XItem, First int32
}

// ahead reports whether v stands before m in the order of argmax: larger, or NaN.
func ahead[T float](v, m T) bool { return v > m || v != v && m == m }

// strided is the number of elements from the first to the last of a x b at two strides.
func strided(a, b, stepA, stepB int32) int {
	if a == 0 || b == 0 {
		return 0
	}
	return int(a-1)*int(stepA) + int(b-1)*int(stepB) + 1
}

func argmax(name, of string, columns bool, cases []ArgmaxParams, bench ArgmaxParams) *engine.Kernel[ArgmaxParams] {
	outputs := func(p ArgmaxParams) int { return int(p.Lines) * chunks(p.Items, p.Chunk) }
	length := func(p ArgmaxParams) int { return int(min(p.Items, p.Chunk)) }
	const file = "argmax.comp.glsl"
	return &engine.Kernel[ArgmaxParams]{
		Name: name, Doc: "y[l][k] = smallest position of the maximum in chunk k of " + of + " l; -1 where it is empty",
		Source: shaders, Special: true,
		Bufs: []engine.Buf{{Name: "y", Type: engine.Int32, Access: engine.Out}, {Name: "x", Access: engine.In}},
		Variants: []engine.Variant[ArgmaxParams]{
			{
				Name: "group", File: file, Defines: []string{fmt.Sprintf("LANES=%d", rowLanes)},
				Groups: outputs,
				Loops:  func(p ArgmaxParams) int { return ceil(length(p), rowLanes) + 6 },
				Prefer: func(p ArgmaxParams, c *engine.Caps) bool {
					return !c.Software && p.XItem == 1 && length(p) >= rowLanes
				},
			},
			{
				Name: "single", File: file,
				Groups: func(p ArgmaxParams) int { return ceil(outputs(p), 16) },
				Loops:  length,
			},
		},
		Size: func(p ArgmaxParams) []int {
			engine.Check(name, p.Lines >= 0 && p.Items >= 0 && p.Chunk >= 1, "%d x %d in chunks of %d", p.Lines, p.Items, p.Chunk)
			engine.Check(name, min(p.YLine, p.YChunk, p.XLine, p.XItem) >= 0, "a stride is negative")
			return []int{strided(p.Lines, int32(chunks(p.Items, p.Chunk)), p.YLine, p.YChunk), strided(p.Lines, p.Items, p.XLine, p.XItem)}
		},
		Cost: func(p ArgmaxParams) engine.Cost {
			n := float64(p.Lines) * float64(p.Items)
			return engine.Cost{Flops: n, Bytes: 4 * (n + float64(outputs(p)))}
		},
		Split: func(p ArgmaxParams) engine.Split[ArgmaxParams] {
			if !columns {
				return engine.Split[ArgmaxParams]{
					Rows: int(p.Lines), Step: []int{int(p.YLine), int(p.XLine)},
					Part: func(lo, hi int) ArgmaxParams { p.Lines = int32(hi - lo); return p },
				}
			}
			q := p
			return engine.Split[ArgmaxParams]{
				Rows: chunks(p.Items, p.Chunk), Step: []int{int(p.YChunk), int(p.Chunk) * int(p.XItem)},
				Part: func(lo, hi int) ArgmaxParams {
					from := lo * int(p.Chunk)
					q.Items, q.First = int32(min(hi*int(p.Chunk), int(p.Items))-from), p.First+int32(from)
					return q
				},
			}
		},
		Ref: func(p ArgmaxParams, b [][]float64) {
			for l := range int(p.Lines) {
				for k := range chunks(p.Items, p.Chunk) {
					at, m := -1, 0.0
					for i := k * int(p.Chunk); i < min((k+1)*int(p.Chunk), int(p.Items)); i++ {
						if v := b[1][l*int(p.XLine)+i*int(p.XItem)]; at < 0 || ahead(v, m) {
							at, m = int(p.First)+i, v
						}
					}
					b[0][l*int(p.YLine)+k*int(p.YChunk)] = float64(at)
				}
			}
		},
		Host: func(h *engine.Host, p ArgmaxParams, v []engine.View) {
			h.Parallel(outputs(p), rowGrain(int32(length(p)), reduceGrain), func(lo, hi int) {
				for o := lo; o < hi; o++ {
					k, l := o/int(p.Lines), o%int(p.Lines)
					from, to := k*int(p.Chunk), min((k+1)*int(p.Chunk), int(p.Items))
					best, m := int32(-1), float32(math.Inf(-1))
					for i := from; i < to; i++ {
						if x := v[1].F[l*int(p.XLine)+i*int(p.XItem)]; ahead(x, m) || best < 0 {
							best, m = p.First+int32(i), x
						}
					}
					v[0].I[l*int(p.YLine)+k*int(p.YChunk)] = best
				}
			})
		},
		Inputs: tied, Cases: cases, Bench: []ArgmaxParams{bench},
	}
}

// tied makes numbers that often are equal.
func tied(_ ArgmaxParams, r *rand.Rand, b [][]float64) {
	for i := range b[1] {
		b[1][i] = math.Round(4*r.NormFloat64()) / 4
	}
}

func rowsOf(rows, cols, chunk, ldY, ldX int32) ArgmaxParams {
	return ArgmaxParams{Lines: rows, Items: cols, Chunk: chunk, YLine: ldY, YChunk: 1, XLine: ldX, XItem: 1}
}

func columnsOf(rows, cols, chunk, ldY, ldX int32) ArgmaxParams {
	return ArgmaxParams{Lines: cols, Items: rows, Chunk: chunk, YLine: 1, YChunk: ldY, XLine: 1, XItem: ldX}
}

var (
	rowArgmax = argmax("row_argmax", "row", false, []ArgmaxParams{
		rowsOf(0, 5, 5, 1, 5), rowsOf(3, 0, 7, 2, 0), rowsOf(1, 1, 1, 1, 1), rowsOf(5, 7, 100, 1, 9),
		rowsOf(19, 65, 16, 6, 65), rowsOf(2, 1300, 516, 3, 1300), rowsOf(1, 70001, 32000, 3, 70001),
		{Lines: 9, Items: 130, Chunk: 64, YLine: 3, YChunk: 1, XLine: 131, XItem: 1, First: 1000},
	}, rowsOf(4096, 4096, 4096, 1, 4096))
	columnArgmax = argmax("column_argmax", "column", true, []ArgmaxParams{
		columnsOf(5, 0, 5, 0, 0), columnsOf(0, 6, 7, 6, 6), columnsOf(1, 1, 1, 1, 1), columnsOf(7, 5, 100, 5, 9),
		columnsOf(65, 19, 16, 23, 19), columnsOf(300, 64, 128, 68, 64), columnsOf(70001, 1, 32000, 1, 1),
	}, columnsOf(4096, 4096, 64, 4096, 4096))
)
