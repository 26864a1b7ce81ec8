package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// ReduceParams describes one number per row (or column) and chunk of a matrix of rows x
// cols. Row reductions cut columns into chunks and write y as rows x chunks; column
// reductions cut rows and write chunks x cols. No element at all is one empty chunk.
type ReduceParams struct {
	Rows, Cols, Chunk, LdY, LdX int32
	Count                       int32 // means divide by it; 0 for other kernels
	Accumulate                  int32 // sums only: 1 adds to y
}

// reduction is one meaning of "one number for many", shared by rows and columns.
type reduction struct {
	op, name, doc string
	means         bool // divides by Count
	sums          bool // may accumulate
	sweeps        int  // over the elements
	flops         float64
	ref           func(x []float64) float64
	// err bounds the error of the number for these elements, before division and addition.
	err func(x []float64, e engine.MathErrors) float64
	// row reduces one row's chunk; columns the block of len(y) columns that begins at x[0].
	row     func(x []float32) float32
	columns func(y, x []float32, rows, ld int)
}

var (
	reduceSum = reduction{
		op: "SUM", name: "sum", doc: "sum x_i", sums: true, sweeps: 1, flops: 1,
		ref: floats.Sum, err: sumError, row: rowTotal, columns: sumColumns,
	}
	reduceMean = reduction{
		op: "MEAN", name: "mean", doc: "sum x_i / count", means: true, sweeps: 1, flops: 1,
		ref: floats.Sum, err: sumError, row: rowTotal, columns: sumColumns,
	}
	reduceMax = reduction{
		op: "MAX", name: "max", doc: "max x_i; NaN counts as largest, no element gives -Inf", sweeps: 1, flops: 1,
		ref: maxOf, err: func([]float64, engine.MathErrors) float64 { return 0 }, row: maxRow, columns: maxColumns,
	}
	reduceLogSumExp = reduction{
		op: "LOGSUMEXP", name: "logsumexp", doc: "log sum exp(x_i); all -Inf, or no element, gives -Inf", sweeps: 2, flops: 3,
		ref: logSumExp, err: logSumExpError, row: logSumExpRow, columns: logSumExpColumns,
	}
	reduceNorm = reduction{
		op: "NORM", name: "norm", doc: "sqrt(sum x_i^2)", sweeps: 1, flops: 2,
		ref: func(x []float64) float64 { return floats.Norm(x, 2) }, err: normError, row: normRow,
	}
	reduceCentroid = reduction{
		op: "CENTROID", name: "centroid", doc: "sum x_i / count, the sum compensated", means: true, sweeps: 1, flops: 7,
		ref: compensatedSum, err: compensatedError, columns: compensatedColumns,
	}
)

// reduceGrain is how many elements a core of the host takes at a time.
const reduceGrain = 1 << 14

// chunks is the number of pieces that items are cut into: one where there is none.
func chunks(items, chunk int32) int { return max(1, ceil(int(items), int(chunk))) }

// eachChunk calls f for every chunk: its number, its first item and the one after its last.
func eachChunk(items, chunk int32, f func(k, lo, hi int)) {
	for k := range chunks(items, chunk) {
		f(k, k*int(chunk), min((k+1)*int(chunk), int(items)))
	}
}

func (op reduction) check(kernel string, p ReduceParams) {
	engine.Check(kernel, p.Chunk >= 1, "a chunk of %d", p.Chunk)
	engine.Check(kernel, p.Count >= 0 && (op.means || p.Count == 0), "count %d", p.Count)
	engine.Check(kernel, p.Accumulate == 0 || p.Accumulate == 1 && op.sums, "accumulate %d", p.Accumulate)
}

// define is one output's definition; old is what y held.
func (op reduction) define(p ReduceParams, x []float64, old float64) float64 {
	v := op.ref(x)
	if op.means {
		v /= float64(p.Count)
	}
	if p.Accumulate != 0 {
		v += old
	}
	return v
}

// bound is one output's allowed error; y is its definition. Rounding after the reduction:
// a division, or an addition to y.
func (op reduction) bound(p ReduceParams, e engine.MathErrors, x []float64, y float64) float64 {
	err := op.err(x, e)
	if op.means {
		if p.Count == 0 {
			return math.NaN()
		}
		// The count itself is rounded above 2^24.
		d := (e.Div + 1) * engine.U
		d += d * d
		err = err/float64(p.Count)*(1+d) + d*math.Abs(y)
	}
	if p.Accumulate != 0 {
		err += engine.U * (math.Abs(y) + err)
	}
	return err
}

// finish rounds one output on the host.
func (p ReduceParams) finish(y *float32, v float32, means bool) {
	if means {
		v = float32(float64(v) / float64(p.Count))
	}
	if p.Accumulate != 0 {
		v += *y
	}
	*y = v
}

func (op reduction) cost(p ReduceParams, outputs int) engine.Cost {
	n := float64(p.Rows) * float64(p.Cols)
	return engine.Cost{Flops: op.flops * n, Bytes: 4 * (n + float64(outputs))}
}
