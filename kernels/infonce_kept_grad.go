package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// InfoNCEKeptParams describes x = dloss/total (wRow e^(s - lseRow_i) + wCol e^(s - lseCol_j)) over a
// matrix of logits s; the logsumexps of a direction of weight 0 are not looked at.
type InfoNCEKeptParams struct {
	Rows, Cols, LdX, LdS, Total int32
	WRow, WCol                  float32
}

var infonceKeptGrad = elementwise[InfoNCEKeptParams]{
	name: "infonce_kept_grad", doc: "x = dloss/total (w_row e^(s - lse_row[r]) + w_col e^(s - lse_col[c])), of kept logits s", file: "infonce_kept_grad.comp.glsl",
	bufs: []engine.Buf{
		{Name: "x", Access: engine.Out}, {Name: "s", Access: engine.In},
		{Name: "lse_row", Access: engine.In}, {Name: "lse_col", Access: engine.In}, {Name: "dloss", Access: engine.In},
	},
	single: "dloss", perRow: []string{"lse_row"},
	layout: func(p InfoNCEKeptParams) (rows, cols int32, o []operand) {
		return p.Rows, p.Cols, []operand{{ld: p.LdX}, {ld: p.LdS}, perRow, {}, {scalar: true}}
	},
	part:  func(p InfoNCEKeptParams, rows int32) InfoNCEKeptParams { p.Rows = rows; return p },
	flops: 6,
	ref: func(p InfoNCEKeptParams, v [][]float64) {
		for i := range v[1] {
			row, col := p.terms(v, i)
			v[0][i] = v[4][0] / float64(p.Total) * (row + col)
		}
	},
	host: func(p InfoNCEKeptParams, v [][]float32) {
		for i, s := range v[1] {
			var g float32
			if p.WRow != 0 {
				g = p.WRow * engine.Exp32(s-v[2][0])
			}
			if p.WCol != 0 {
				g += p.WCol * engine.Exp32(s-v[3][i])
			}
			v[0][i] = v[4][0] / float32(p.Total) * g
		}
	},
	// The difference s - lse errs by u of itself, which exp turns into relative error; four roundings
	// and a division follow.
	bound: func(p InfoNCEKeptParams, e engine.MathErrors, v, out [][]float64) {
		f := math.Abs(v[4][0]) / float64(p.Total)
		for i, s := range v[1] {
			row, col := p.terms(v, i)
			err := 2 * expTiny
			for _, t := range [][2]float64{{row, v[2][0]}, {col, v[3][i]}} {
				if t[0] != 0 {
					err += t[0] * math.Expm1(engine.U*math.Abs(s-t[1])+(e.Exp+1)*engine.U)
				}
			}
			out[0][i] = f*(err+(engine.Gamma(6)+e.Div*engine.U)*(row+col)) + 2*minNormal
		}
	},
	// Logits lie below the logsumexps of their row and column, but for some.
	inputs: func(p InfoNCEKeptParams, r *rand.Rand, b [][]float64) {
		eachRow(p.Rows, p.Cols, func(row, col int) { b[1][row*int(p.LdS)+col] = 3 * r.NormFloat64() })
		for i := range b[2] {
			b[2][i] = 8 + r.NormFloat64()
		}
		for i := range b[3] {
			b[3][i] = 8 + r.NormFloat64()
		}
		for i := range b[4] {
			b[4][i] = 1 + r.Float64()
		}
	},
	cases: []InfoNCEKeptParams{
		{0, 5, 5, 5, 5, 0.5, 0.5}, {1, 1, 1, 1, 1, 0.5, 0.5}, {3, 7, 9, 8, 20, 1, 0}, {37, 64, 64, 68, 64, 0.5, 0.5}, {9, 68, 72, 68, 68, 0, 1}, {9, 256, 260, 256, 256, 0.5, 0.5},
	},
	bench:  []InfoNCEKeptParams{{4096, 4096, 4112, 4112, 4096, 0.5, 0.5}},
	bucket: InfoNCEKeptParams.bucket, tune: infonceKeptTune,
}.kernel()

// terms are the weighed softmaxes of element i of a row.
func (p InfoNCEKeptParams) terms(v [][]float64, i int) (row, col float64) {
	if p.WRow != 0 {
		row = float64(p.WRow) * math.Exp(v[1][i]-v[2][0])
	}
	if p.WCol != 0 {
		col = float64(p.WCol) * math.Exp(v[1][i]-v[3][i])
	}
	return row, col
}
