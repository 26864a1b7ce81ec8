package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// UnitSumParams describes the sums of chunks of the unit rows of a matrix of rows x cols.
type UnitSumParams struct{ Rows, Cols, Chunk, LdX int32 }

func unitSumVariant(name string, vec int) engine.Variant[UnitSumParams] {
	v := engine.Variant[UnitSumParams]{
		Name: name, File: "unit_column_sum.comp.glsl", Defines: []string{fmt.Sprintf("VEC=%d", vec)},
		Groups: func(p UnitSumParams) int { return ceil(chunks(p.Rows, p.Chunk)*(int(p.Cols)/vec), 64) },
		Loops:  func(p UnitSumParams) int { return int(min(p.Rows, p.Chunk)) },
	}
	if vec == 4 {
		v.Vec4 = []string{"y", "x"}
		v.Fits = func(p UnitSumParams, _ *engine.Caps) bool { return p.Cols%4 == 0 && p.LdX%4 == 0 }
	}
	return v
}

var unitColumnSum = &engine.Kernel[UnitSumParams]{
	Name: "unit_column_sum", Doc: "y[k][c] = sum of x / max(norm[r], 1e-12) over the rows r of chunk k, compensated", Source: shaders,
	Bufs:     []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}, {Name: "norm", Access: engine.In}},
	Variants: []engine.Variant[UnitSumParams]{unitSumVariant("vec4", 4), unitSumVariant("scalar", 1)},
	Size: func(p UnitSumParams) []int {
		engine.Check("unit_column_sum", p.Chunk >= 1, "a chunk of %d", p.Chunk)
		checkMatrix("unit_column_sum", p.Rows, p.Cols, p.LdX)
		return []int{chunks(p.Rows, p.Chunk) * int(p.Cols), span(p.Rows, p.Cols, p.LdX), int(p.Rows)}
	},
	Cost: func(p UnitSumParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 2 * n, Bytes: 4 * (n + float64(p.Rows))}
	},
	Split: func(p UnitSumParams) engine.Split[UnitSumParams] {
		rows := p.Rows
		return engine.Split[UnitSumParams]{
			Rows: chunks(p.Rows, p.Chunk), Step: []int{int(p.Cols), int(p.Chunk) * int(p.LdX), int(p.Chunk)},
			Part: func(lo, hi int) UnitSumParams {
				p.Rows = int32(min(hi*int(p.Chunk), int(rows)) - lo*int(p.Chunk))
				return p
			},
		}
	},
	Ref: func(p UnitSumParams, b [][]float64) {
		cols := int(p.Cols)
		terms := make([]float64, 0, p.Chunk)
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			for c := range cols {
				terms = terms[:0]
				for r := lo; r < hi; r++ {
					terms = append(terms, b[1][r*int(p.LdX)+c]/atLeastEps(b[2][r]))
				}
				b[0][k*cols+c] = compensatedSum(terms)
			}
		})
	},
	Host: func(h *engine.Host, p UnitSumParams, v []engine.View) {
		cols := int(p.Cols)
		if cols == 0 {
			return
		}
		h.Parallel(chunks(p.Rows, p.Chunk), 1, func(from, to int) {
			sum := make([]float64, cols)
			for k := from; k < to; k++ {
				clear(sum)
				for r := k * int(p.Chunk); r < min((k+1)*int(p.Chunk), int(p.Rows)); r++ {
					vector.AddScaled(sum, v[1].F[r*int(p.LdX):][:cols], 1/float64(atLeastEps(v[2].F[r])))
				}
				for c, s := range sum {
					v[0].F[k*cols+c] = float32(s)
				}
			}
		})
	},
	// A term errs by a division and a product, the sum as Sum2 does.
	Bound: func(p UnitSumParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
			for c := range int(p.Cols) {
				terms, size := []float64(nil), 0.0
				for r := lo; r < hi; r++ {
					terms = append(terms, b[1][r*int(p.LdX)+c]/atLeastEps(b[2][r]))
					size += math.Abs(terms[len(terms)-1])
				}
				d := (e.Div + 1) * engine.U
				out[k*int(p.Cols)+c] = (d+d*d)*size + (1+d)*compensatedError(terms, e) + float64(hi-lo)*e.Tiny
			}
		})
		return [][]float64{out, nil, nil}
	},
	Inputs: func(p UnitSumParams, r *rand.Rand, b [][]float64) { normInputs(r, b[1:2], b[2]) },
	Cases:  []UnitSumParams{{0, 6, 7, 6}, {5, 0, 5, 0}, {1, 1, 1, 1}, {7, 5, 100, 9}, {65, 19, 16, 23}, {64, 260, 64, 264}, {300, 64, 128, 64}},
	Bench:  []UnitSumParams{{131072, 512, 1024, 512}},
}
