package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// RowwiseParams describes y = f(x, numbers of the row) over a matrix with row strides.
type RowwiseParams struct{ Rows, Cols, LdY, LdX int32 }

// RowwiseBackParams describes its gradient; with Accumulate 1 it is added to dx.
type RowwiseBackParams struct{ Rows, Cols, LdDx, LdDy, LdY, Accumulate int32 }

// perRow is the operand of a contiguous vector with one number for each row.
var perRow = operand{scalar: true, ld: 1}

func (p RowwiseParams) layout() (rows, cols int32, o []operand) {
	return p.Rows, p.Cols, []operand{{ld: p.LdY}, {ld: p.LdX}, perRow}
}

func (p RowwiseParams) part(rows int32) RowwiseParams { p.Rows = rows; return p }

func (p RowwiseBackParams) part(rows int32) RowwiseBackParams { p.Rows = rows; return p }

func (p RowwiseBackParams) layout(vectors int) (rows, cols int32, o []operand) {
	o = []operand{{ld: p.LdDx, add: p.Accumulate}, {ld: p.LdDy}, {ld: p.LdY}}
	for range vectors {
		o = append(o, perRow)
	}
	return p.Rows, p.Cols, o
}

// added is the error of a gradient g that errs by err, once it is in dx.
func (p RowwiseBackParams) added(err, dx float64) float64 { return added(err, dx, p.Accumulate) }

// added is the error of a number that errs by err, once it is in y, or has been added to it.
func added(err, y float64, accumulate int32) float64 {
	if accumulate == 0 {
		return err
	}
	return err + engine.U*(math.Abs(y)+err)
}

var (
	rowwiseCases     = []RowwiseParams{{0, 5, 5, 5}, {3, 0, 0, 0}, {1, 1, 1, 1}, {3, 7, 9, 8}, {37, 64, 64, 68}, {2, 5001, 5001, 5001}, {9, 256, 256, 260}}
	rowwiseBench     = []RowwiseParams{{4096, 4096, 4096, 4096}}
	rowwiseBackCases = []RowwiseBackParams{
		{0, 5, 5, 5, 5, 0}, {3, 0, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}, {3, 7, 9, 8, 11, 0}, {37, 64, 64, 68, 72, 1}, {2, 5001, 5001, 5001, 5001, 1}, {9, 68, 72, 68, 68, 0}, {9, 256, 260, 256, 256, 1},
	}
	rowwiseBackBench = []RowwiseBackParams{{4096, 4096, 4096, 4096, 4096, 0}}
)

// With lse the logsumexp of the row, e^(x - lse) is the softmax, for rows of any length and
// without another sum.
var softmax = elementwise[RowwiseParams]{
	name: "softmax", doc: "y = exp(x - lse[r]), lse the row's logsumexp; a row of lse -Inf gives 0", file: "softmax.comp.glsl",
	bufs:   []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}, {Name: "lse", Access: engine.In}},
	perRow: []string{"lse"}, layout: RowwiseParams.layout, part: RowwiseParams.part, flops: 2,
	ref: func(_ RowwiseParams, v [][]float64) {
		for i, x := range v[1] {
			v[0][i] = math.Exp(x - v[2][0])
			if math.IsInf(v[2][0], -1) {
				v[0][i] = 0
			}
		}
	},
	host: func(_ RowwiseParams, v [][]float32) {
		if len(v[1]) == 0 {
			return
		}
		y, lse := v[0], v[2][0]
		if lse < -math.MaxFloat32 {
			clear(y)
			return
		}
		copy(y, v[1])
		vector.ExpSum(y, lse)
	},
	// The difference errs by u of itself, which exp turns into relative error.
	bound: func(_ RowwiseParams, e engine.MathErrors, v, out [][]float64) {
		for i, y := range v[0] {
			out[0][i] = minNormal
			if y != 0 && !math.IsInf(y, 0) {
				r := math.Expm1(engine.U * math.Abs(v[1][i]-v[2][0]))
				out[0][i] += y * (r + e.Exp*engine.U*(1+r))
			}
		}
	},
	// Elements of rows that are not masked lie below their logsumexp.
	inputs: func(p RowwiseParams, r *rand.Rand, b [][]float64) {
		softmaxInputs(p, r, b)
		for row := range b[2] {
			b[2][row] = 12 + r.NormFloat64()
			if maskedRow(row) {
				b[2][row] = math.Inf(-1)
			}
		}
	},
	cases: rowwiseCases, bench: rowwiseBench,
}.kernel()

// softmaxInputs draws x; every seventh row is fully masked.
func softmaxInputs(p RowwiseParams, r *rand.Rand, b [][]float64) {
	eachRow(p.Rows, p.Cols, func(row, col int) {
		x := &b[1][row*int(p.LdX)+col]
		if *x = 3 * r.NormFloat64(); maskedRow(row) {
			*x = math.Inf(-1)
		}
	})
}

func maskedRow(row int) bool { return row%7 == 3 }

var softmaxBack = elementwise[RowwiseBackParams]{
	name: "softmax_back", doc: "dx (+)= (dy - dot[r]) y, dot[r] = sum dy y over the row", file: "softmax_back.comp.glsl",
	bufs: []engine.Buf{
		{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "y", Access: engine.In}, {Name: "dot", Access: engine.In},
	},
	perRow: []string{"dot"}, part: RowwiseBackParams.part, flops: 2,
	layout: func(p RowwiseBackParams) (rows, cols int32, o []operand) { return p.layout(1) },
	ref: func(p RowwiseBackParams, v [][]float64) {
		for i, dy := range v[1] {
			put(v[0], i, (dy-v[3][0])*v[2][i], p.Accumulate)
		}
	},
	host: func(p RowwiseBackParams, v [][]float32) {
		for i, dy := range v[1] {
			put(v[0], i, (dy-v[3][0])*v[2][i], p.Accumulate)
		}
	},
	bound: func(p RowwiseBackParams, e engine.MathErrors, v, out [][]float64) {
		for i, dy := range v[1] {
			g := math.Abs((dy - v[3][0]) * v[2][i])
			out[0][i] = p.added(engine.Gamma(2)*g+e.Tiny*(1+math.Abs(v[2][i])), v[0][i])
		}
	},
	cases: rowwiseBackCases, bench: rowwiseBackBench,
}.kernel()

// softmaxLine is the longest row that eight lanes of a processor take: half a megabyte, so that a
// cache holds it from sweep to sweep.
const softmaxLine = 1 << 17

// Softmax is y[r][c] = exp(x[r][c]) / sum over c of exp(x[r][c]), by way of the row's maximum and
// sum or, for most lengths on OpenGL devices that are processors, of its logsumexp, so that rows of
// any length and size are stable; y may be x. A fully masked row (all -Inf) gives zeros, where
// PyTorch gives NaN; +Inf in a row gives NaN there and 0 elsewhere; NaN makes the whole row NaN. The
// relative error grows as u (|lse| + |x - lse|).
func Softmax(y, x *engine.Tensor) {
	if c := x.Device().Caps(); c.Kind == "host" || !c.Software || x.Cols()%lineCols == 0 && x.Cols() <= softmaxLine {
		softmaxOfRows(y, x)
		return
	}
	s := x.Device().Scope()
	defer s.Close()
	lse := s.Floats(x.Rows())
	RowLogSumExp(lse, x)
	SoftmaxOf(y, x, lse)
}

// SoftmaxOf is y[r][c] = exp(x[r][c] - lse[r]): Softmax where the logsumexps are at hand.
func SoftmaxOf(y, x, lse *engine.Tensor) { runRowwise(softmax, y, x, lse) }

// SoftmaxBack is dx = (dy - sum of dy y over the row) y, added to dx when accumulate is
// set. y is what Softmax gave; dx may be dy.
func SoftmaxBack(dx, dy, y *engine.Tensor, accumulate bool) {
	sameShape("softmax_back", dx, dy, y)
	s := y.Device().Scope()
	defer s.Close()
	dot := s.Floats(y.Rows())
	RowDot(dot, dy, y)
	runRowwiseBack(softmaxBack, accumulate, dx, dy, y, dot)
}

func runRowwise(k *engine.Kernel[RowwiseParams], y, x, vector *engine.Tensor) {
	sameShape(k.Name, y, x)
	checkPerRow(k.Name, x, vector)
	k.Run(RowwiseParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD())}, y, x, vector)
}

func runRowwiseBack(k *engine.Kernel[RowwiseBackParams], accumulate bool, dx, dy, y *engine.Tensor, vectors ...*engine.Tensor) {
	checkPerRow(k.Name, y, vectors...)
	p := RowwiseBackParams{int32(y.Rows()), int32(y.Cols()), int32(dx.LD()), int32(dy.LD()), int32(y.LD()), flag(accumulate)}
	k.Run(p, append([]*engine.Tensor{dx, dy, y}, vectors...)...)
}

// checkPerRow refuses vectors that do not hold one number for each row of x, side by side.
func checkPerRow(kernel string, x *engine.Tensor, vectors ...*engine.Tensor) {
	for _, v := range vectors {
		engine.Check(kernel, v.Len() == x.Rows() && v.Contiguous(), "%v is no contiguous vector of %d", v, x.Rows())
	}
}
