package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// UnitSumParams describes the sums of chunks of the unit rows of a matrix of rows x cols.
type UnitSumParams struct{ Rows, Cols, Chunk, LdX int32 }

// Chunks of unitColumnSum: about unitWords elements, which a cache holds between two reads.
const (
	unitLanes = 64
	unitMost  = 256 // rows, for which a group has shared memory
	unitLeast = 16
	unitWords = 1 << 15
)

func unitChunk(rows, cols int) int32 {
	return int32(min(max(unitWords/max(cols, 1), unitLeast), unitMost, max(rows, 1)))
}

func unitSumVariant(name string, read int) engine.Variant[UnitSumParams] {
	width := 1
	v := engine.Variant[UnitSumParams]{
		Name: name, File: "unit_column_sum.comp.glsl", Defines: []string{fmt.Sprintf("READ=%d", read)},
		Groups: func(p UnitSumParams) int { return chunks(p.Rows, p.Chunk) },
		Loops: func(p UnitSumParams) int {
			rows, cols := int(min(p.Rows, p.Chunk)), int(p.Cols)/width
			return ceil(rows, unitLanes)*(cols+1) + ceil(cols, unitLanes)*(rows+1)
		},
	}
	if read > 0 {
		width = 4
		v.Vec4 = []string{"y", "x"}
		v.Fits = func(p UnitSumParams, _ *engine.Caps) bool { return p.Cols%4 == 0 && p.LdX%4 == 0 }
	}
	if read == 2 {
		v.Vec4, v.Texel, v.Prefer = []string{"y"}, []string{"x"}, engine.Software[UnitSumParams]
	}
	return v
}

var unitColumnSum = &engine.Kernel[UnitSumParams]{
	Name: "unit_column_sum", Source: shaders,
	Doc:      "norm[r] = length of x[r]; y[2k][c] = sum of x / max(norm[r], 1e-12) over the rows r of chunk k, y[2k+1][c] what rounding took from it",
	Bufs:     []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "norm", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: []engine.Variant[UnitSumParams]{unitSumVariant("texel", 2), unitSumVariant("vec4", 1), unitSumVariant("scalar", 0)},
	Size: func(p UnitSumParams) []int {
		engine.Check("unit_column_sum", p.Chunk >= 1 && p.Chunk <= unitMost, "a chunk of %d", p.Chunk)
		checkMatrix("unit_column_sum", p.Rows, p.Cols, p.LdX)
		return []int{2 * chunks(p.Rows, p.Chunk) * int(p.Cols), int(p.Rows), span(p.Rows, p.Cols, p.LdX)}
	},
	Cost: func(p UnitSumParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 4 * n, Bytes: 4 * (n + float64(p.Rows))}
	},
	Split: func(p UnitSumParams) engine.Split[UnitSumParams] {
		rows := p.Rows
		return engine.Split[UnitSumParams]{
			Rows: chunks(p.Rows, p.Chunk), Step: []int{2 * int(p.Cols), int(p.Chunk), int(p.Chunk) * int(p.LdX)},
			Part: func(lo, hi int) UnitSumParams {
				p.Rows = int32(min(hi*int(p.Chunk), int(rows)) - lo*int(p.Chunk))
				return p
			},
		}
	},
	Ref: func(p UnitSumParams, b [][]float64) {
		clear(b[0])
		for r := range int(p.Rows) {
			b[1][r] = floats.Norm(p.row(b[2], r), 2)
		}
		p.eachSum(b[2], b[1], func(y int, terms []float64, _ float64) { b[0][y] = compensatedSum(terms) })
	},
	Host: func(h *engine.Host, p UnitSumParams, v []engine.View) {
		cols := int(p.Cols)
		h.Parallel(chunks(p.Rows, p.Chunk), 1, func(from, to int) {
			sum := make([]float64, cols)
			for k := from; k < to; k++ {
				clear(sum)
				for r := k * int(p.Chunk); r < min((k+1)*int(p.Chunk), int(p.Rows)); r++ {
					var x []float32
					if cols > 0 {
						x = v[2].F[r*int(p.LdX):][:cols]
					}
					length := math.Sqrt(vector.Squares(x))
					v[1].F[r] = float32(length)
					vector.AddScaled(sum, x, 1/atLeastEps(length))
				}
				y := v[0].F[2*k*cols:][:2*cols]
				for c, s := range sum {
					y[c] = float32(s)
					y[cols+c] = float32(s - float64(y[c]))
				}
			}
		})
	},
	// A term errs by its row's length, a division and a product, the sum as Sum2 does; rounding
	// takes half a unit in the last place from it at most.
	Bound: func(p UnitSumParams, e engine.MathErrors, b [][]float64) [][]float64 {
		y, norm := make([]float64, len(b[0])), make([]float64, len(b[1]))
		worst := 0.0
		for r := range norm {
			norm[r] = normError(p.row(b[2], r), e)
			worst = max(worst, norm[r]/atLeastEps(b[1][r]))
		}
		p.eachSum(b[2], b[1], func(at int, terms []float64, size float64) {
			d := worst/(1-worst) + (e.Div+1)*engine.U
			y[at] = (d+d*d)*size + (1+d)*compensatedError(terms, e) + float64(len(terms))*e.Tiny
			y[at+int(p.Cols)] = engine.U*(math.Abs(b[0][at])+y[at]) + e.Tiny
		})
		return [][]float64{y, norm, nil}
	},
	Cases: []UnitSumParams{{0, 6, 7, 6}, {5, 0, 5, 0}, {1, 1, 1, 1}, {7, 5, 100, 9}, {65, 19, 16, 23}, {64, 260, 64, 264}, {300, 64, 128, 64}, {300, 64, 256, 68}},
	Bench: []UnitSumParams{{131072, 512, 64, 512}}, Bucket: UnitSumParams.bucket,
}

// row is row r of a matrix of p.Cols columns.
func (p UnitSumParams) row(x []float64, r int) []float64 {
	if p.Cols == 0 {
		return nil
	}
	return x[r*int(p.LdX):][:p.Cols]
}

// eachSum calls f for every chunk and column: its place in y, its terms, and the sum of their sizes.
func (p UnitSumParams) eachSum(x, norm []float64, f func(y int, terms []float64, size float64)) {
	eachChunk(p.Rows, p.Chunk, func(k, lo, hi int) {
		for c := range int(p.Cols) {
			terms := make([]float64, 0, p.Chunk)
			for r := lo; r < hi; r++ {
				terms = append(terms, x[r*int(p.LdX)+c]/atLeastEps(norm[r]))
			}
			f(2*k*int(p.Cols)+c, terms, floats.Norm(terms, 1))
		}
	})
}
