package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// BinaryParams describes c = a op b over matrices of rows x cols with row strides; with
// Accumulate 1 it is c += a op b. LdB 0 means one row b for all rows.
type BinaryParams struct{ Rows, Cols, LdC, LdA, LdB, Accumulate int32 }

// binary makes a kernel of the shader's operation op. f is it in float64, row in float32 for
// a row (the loop stands in row: a call for each element would cost more than the work);
// roundings says how many of them f has.
func binary(name, doc string, op int, roundings float64, f func(a, b float64) float64, row func(c, a, b []float32, accumulate int32), cases ...BinaryParams) *engine.Kernel[BinaryParams] {
	return elementwise[BinaryParams]{
		name: name, doc: doc, file: "binary.comp.glsl", defines: []string{fmt.Sprintf("OP=%d", op)},
		bufs: []engine.Buf{{Name: "c", Access: engine.InOut}, {Name: "a", Access: engine.In}, {Name: "b", Access: engine.In}},
		layout: func(p BinaryParams) (rows, cols int32, o []operand) {
			return p.Rows, p.Cols, []operand{{ld: p.LdC, add: p.Accumulate}, {ld: p.LdA}, {ld: p.LdB}}
		},
		part:  func(p BinaryParams, rows int32) BinaryParams { p.Rows = rows; return p },
		flops: 1,
		ref: func(p BinaryParams, v [][]float64) {
			for i, a := range v[1] {
				put(v[0], i, f(a, v[2][i]), p.Accumulate)
			}
		},
		host: func(p BinaryParams, v [][]float32) { row(v[0], v[1], v[2], p.Accumulate) },
		bound: func(p BinaryParams, e engine.MathErrors, v, out [][]float64) {
			for i, a := range v[1] {
				b := v[2][i]
				out[0][i] = 1.01*u*(roundings*math.Abs(f(a, b))+float64(p.Accumulate)*math.Abs(v[0][i])) +
					e.Tiny*(1+math.Abs(a)+math.Abs(b))
			}
		},
		cases: cases,
		bench: []BinaryParams{{4096, 4096, 4096, 4096, 4096 * min(1, cases[0].LdB), 0}},
	}.kernel()
}

var matrixCases = []BinaryParams{
	{1, 1, 1, 1, 1, 0}, {0, 5, 5, 5, 5, 0}, {3, 0, 1, 1, 1, 0}, {3, 7, 9, 8, 7, 1}, {7, 64, 64, 68, 72, 1}, {7, 64, 64, 68, 0, 1}, {5, 1024, 1024, 1024, 1024, 0},
}

var (
	add = binary("add", "c = a + b", 0, 1, sum, sumRow, matrixCases...)
	mul = binary("mul", "c = a * b, or c += a * b", 1, 1, product, productRow, matrixCases...)
	// The larger of two linear units (Goodfellow et al., Maxout Networks, 2013).
	maxout   = binary("maxout", "c = max(a, b)", 2, 0, math.Max, largerRow, matrixCases...)
	biasRows = binary("bias_rows", "y = x + b, one row b for all rows", 0, 1, sum, sumRow,
		BinaryParams{1, 1, 1, 1, 0, 0}, BinaryParams{0, 5, 5, 5, 0, 0}, BinaryParams{3, 7, 9, 8, 0, 0},
		BinaryParams{7, 64, 64, 68, 0, 1}, BinaryParams{5, 1024, 1024, 1024, 0, 0})
)

type float interface{ float32 | float64 }

func sum(a, b float64) float64     { return a + b }
func product(a, b float64) float64 { return a * b }

func sumRow(c, a, b []float32, accumulate int32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, x := range a {
		put(c, i, x+b[i], accumulate)
	}
}

func productRow(c, a, b []float32, accumulate int32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, x := range a {
		put(c, i, x*b[i], accumulate)
	}
}

// The language's max is NaN where an operand is.
func largerRow(c, a, b []float32, accumulate int32) {
	b, c = b[:len(a)], c[:len(a)]
	for i, x := range a {
		put(c, i, max(x, b[i]), accumulate)
	}
}

func runBinary(k *engine.Kernel[BinaryParams], c, a, b *engine.Tensor, accumulate bool) {
	sameShape(k.Name, c, a, b)
	k.Run(BinaryParams{
		int32(c.Rows()), int32(c.Cols()), int32(c.LD()), int32(a.LD()), int32(b.LD()), flag(accumulate),
	}, c, a, b)
}

// Add is c = a + b for tensors of one shape; c may be a or b.
func Add(c, a, b *engine.Tensor) { runBinary(add, c, a, b, false) }

// Mul is c = a * b, element by element, for tensors of one shape; with accumulate it is
// added to c. c may be a or b.
func Mul(c, a, b *engine.Tensor, accumulate bool) { runBinary(mul, c, a, b, accumulate) }

// Maxout is c = max(a, b) for tensors of one shape, NaN where a or b is; c may be a or b.
func Maxout(c, a, b *engine.Tensor) { runBinary(maxout, c, a, b, false) }

// BiasRows is y = x + b: b has as many elements as x has columns and is added to every row.
// y may be x.
func BiasRows(y, x, b *engine.Tensor) {
	sameShape(biasRows.Name, y, x)
	engine.Check(biasRows.Name, b.Len() == x.Cols() && b.Contiguous(), "b is %v, want %d contiguous elements", b, x.Cols())
	biasRows.Run(BinaryParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD()), 0, 0}, y, x, b)
}
