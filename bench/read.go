package bench

import (
	"math"

	"mindgap/engine"
)

// ReadParams: blocks of rows of 128 floats; rows is a multiple of 4.
type ReadParams struct{ Blocks, Rows int32 }

// readRow is the length of a row.
const readRow = 128

var readFloats = &engine.Kernel[ReadParams]{
	Name: "roofline_read", Doc: "y[b][j] = sum over r of x[b][r][j]", Source: shaders,
	Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: stored(engine.Variant[ReadParams]{
		File:   "read.comp.glsl",
		Groups: func(p ReadParams) int { return (int(p.Blocks)*readRow/4 + 63) / 64 },
		Loops:  func(p ReadParams) int { return int(p.Rows) / 4 },
	}),
	Size: func(p ReadParams) []int {
		engine.Check("roofline_read", p.Blocks >= 0 && p.Rows >= 0 && p.Rows%4 == 0, "blocks=%d, rows=%d must be a multiple of 4", p.Blocks, p.Rows)
		return []int{int(p.Blocks) * readRow, p.floats()}
	},
	Cost: func(p ReadParams) engine.Cost {
		return engine.Cost{Flops: float64(p.floats()), Bytes: 4 * float64(p.floats()+int(p.Blocks)*readRow)}
	},
	Split: func(p ReadParams) engine.Split[ReadParams] {
		return engine.Split[ReadParams]{
			Rows: int(p.Blocks), Quantum: 1, Step: []int{readRow, int(p.Rows) * readRow},
			Part: func(lo, hi int) ReadParams { return ReadParams{int32(hi - lo), p.Rows} },
		}
	},
	Ref: func(p ReadParams, b [][]float64) {
		clear(b[0])
		p.each(func(to, from int) { b[0][to] += b[1][from] })
	},
	Host: func(h *engine.Host, p ReadParams, v []engine.View) {
		h.Parallel(int(p.Blocks), 8, func(lo, hi int) {
			for b := lo; b < hi; b++ {
				y, x := v[0].F[b*readRow:][:readRow], v[1].F[b*int(p.Rows)*readRow:][:int(p.Rows)*readRow]
				if hasSumRows && len(x) > 0 {
					sumRows(&y[0], &x[0], int(p.Rows))
				} else {
					sumRowsGo(y, x)
				}
			}
		})
	},
	Bound: func(p ReadParams, _ engine.MathErrors, b [][]float64) [][]float64 {
		// A sum of rows numbers in any order: gamma_rows sum |x|.
		out := make([]float64, len(b[0]))
		p.each(func(to, from int) { out[to] += engine.Gamma(int(p.Rows)) * math.Abs(b[1][from]) })
		return [][]float64{out, nil}
	},
	Cases: []ReadParams{{0, 4}, {3, 0}, {1, 4}, {5, 8}, {2, 64}, {67, 12}},
}

func (p ReadParams) floats() int { return int(p.Blocks) * int(p.Rows) * readRow }

// each goes through the terms of all sums.
func (p ReadParams) each(add func(to, from int)) {
	for from := range p.floats() {
		add(from/(int(p.Rows)*readRow)*readRow+from%readRow, from)
	}
}

// sumRowsGo is y[j] = sum over rows of x[row][j]: what sumRows does in vectors, to the bit.
func sumRowsGo(y, x []float32) {
	var sums [readRow]float32
	for ; len(x) >= readRow; x = x[readRow:] {
		row := (*[readRow]float32)(x)
		for j := range sums {
			sums[j] += row[j]
		}
	}
	copy(y, sums[:])
}

// Table lists the probes' kernels, for the suite that verifies kernels.
var Table = []engine.Spec{multiplyAdd, copyFloats, readFloats}
