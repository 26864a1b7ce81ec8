package kernels

import (
	"fmt"

	"mindgap/engine"
)

func columnReduction(name string, op reduction) *engine.Kernel[ReduceParams] {
	length := func(p ReduceParams) int { return int(min(p.Rows, p.Chunk)) }
	variant := func(name string, vec int) engine.Variant[ReduceParams] {
		v := engine.Variant[ReduceParams]{
			Name: name, File: "reduce_columns.comp.glsl",
			Defines: []string{"OP=" + op.op, fmt.Sprintf("VEC=%d", vec)},
			Groups:  func(p ReduceParams) int { return ceil(chunks(p.Rows, p.Chunk)*(int(p.Cols)/vec), 64) },
			Loops:   func(p ReduceParams) int { return op.sweeps * length(p) },
		}
		if vec == 4 {
			v.Vec4 = []string{"y", "x"}
			v.Fits = func(p ReduceParams, _ *engine.Caps) bool {
				return p.Cols%4 == 0 && p.LdX%4 == 0 && (p.LdY%4 == 0 || p.Chunk >= p.Rows)
			}
		}
		return v
	}
	// each calls f for every chunk and column: the index of its number in y, its elements.
	each := func(p ReduceParams, x []float64, f func(y int, x []float64)) {
		column := make([]float64, 0, length(p))
		for k := range chunks(p.Rows, p.Chunk) {
			for c := range int(p.Cols) {
				column = column[:0]
				for r := k * int(p.Chunk); r < min((k+1)*int(p.Chunk), int(p.Rows)); r++ {
					column = append(column, x[r*int(p.LdX)+c])
				}
				f(k*int(p.LdY)+c, column)
			}
		}
	}
	return &engine.Kernel[ReduceParams]{
		Name: name, Doc: "y[k][c] = " + op.doc + ", over chunk k of column c", Source: shaders, Special: true,
		Bufs:     []engine.Buf{{Name: "y", Access: engine.InOut}, {Name: "x", Access: engine.In}},
		Variants: []engine.Variant[ReduceParams]{variant("vec4", 4), variant("scalar", 1)},
		Size: func(p ReduceParams) []int {
			op.check(name, p)
			checkMatrix(name, p.Rows, p.Cols, p.LdX)
			k := int32(chunks(p.Rows, p.Chunk))
			checkMatrix(name, k, p.Cols, p.LdY)
			return []int{span(k, p.Cols, p.LdY), span(p.Rows, p.Cols, p.LdX)}
		},
		Cost: func(p ReduceParams) engine.Cost { return op.cost(p, chunks(p.Rows, p.Chunk)*int(p.Cols)) },
		Split: func(p ReduceParams) engine.Split[ReduceParams] {
			rows := p.Rows
			return engine.Split[ReduceParams]{
				Rows: chunks(p.Rows, p.Chunk), Step: []int{int(p.LdY), int(p.Chunk) * int(p.LdX)},
				Part: func(lo, hi int) ReduceParams {
					p.Rows = int32(min(hi*int(p.Chunk), int(rows)) - lo*int(p.Chunk))
					return p
				},
			}
		},
		Ref: func(p ReduceParams, b [][]float64) {
			each(p, b[1], func(y int, x []float64) { b[0][y] = op.define(p, x, b[0][y]) })
		},
		Host: func(h *engine.Host, p ReduceParams, v []engine.View) {
			blocks := ceil(int(p.Cols), columnBlock)
			h.Parallel(chunks(p.Rows, p.Chunk)*blocks, 1, func(lo, hi int) {
				borrowed := borrow(columnBlock)
				defer giveBack(borrowed)
				part := *borrowed
				for i := lo; i < hi; i++ {
					first, col := i/blocks*int(p.Chunk), i%blocks*columnBlock
					w := min(columnBlock, int(p.Cols)-col)
					rows := min(int(p.Chunk), int(p.Rows)-first)
					var x []float32
					if rows > 0 {
						x = v[1].F[first*int(p.LdX)+col:]
					}
					op.columns(part[:w], x, rows, int(p.LdX))
					y := v[0].F[i/blocks*int(p.LdY)+col:][:w]
					for c := range y {
						p.finish(&y[c], part[c], op.means)
					}
				}
			})
		},
		Bound: func(p ReduceParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([]float64, len(b[0]))
			each(p, b[1], func(y int, x []float64) { out[y] = op.bound(p, e, x, b[0][y]) })
			return [][]float64{out, nil}
		},
		Cases: op.cases([]ReduceParams{
			{Rows: 5, Cols: 0, Chunk: 5, LdY: 0, LdX: 0}, {Rows: 0, Cols: 6, Chunk: 7, LdY: 6, LdX: 6, Count: 0},
			{Rows: 1, Cols: 1, Chunk: 1, LdY: 1, LdX: 1, Count: 1}, {Rows: 7, Cols: 5, Chunk: 100, LdY: 5, LdX: 9, Count: 7},
			{Rows: 65, Cols: 19, Chunk: 16, LdY: 23, LdX: 19, Count: 65}, {Rows: 64, Cols: 260, Chunk: 64, LdY: 260, LdX: 264, Count: 64},
			{Rows: 300, Cols: 64, Chunk: 128, LdY: 68, LdX: 64, Count: 300}, {Rows: 70001, Cols: 1, Chunk: 32000, LdY: 1, LdX: 1, Count: 3},
		}),
		Bench:  op.cases([]ReduceParams{{Rows: 4096, Cols: 4096, Chunk: 64, LdY: 4096, LdX: 4096, Count: 1}})[:1],
		Bucket: ReduceParams.bucket,
	}
}

var (
	columnSum       = columnReduction("column_sum", reduceSum)
	columnMean      = columnReduction("column_mean", reduceMean)
	columnMax       = columnReduction("column_max", reduceMax)
	columnLogSumExp = columnReduction("column_logsumexp", reduceLogSumExp)
	centroid        = columnReduction("centroid", reduceCentroid)
)
