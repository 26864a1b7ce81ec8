package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// MaxoutBackParams describes the gradient of c = max(a, b) over matrices of rows x cols with
// row strides; with Accumulate 1 it is added to da and db.
type MaxoutBackParams struct{ Rows, Cols, LdDa, LdDb, LdDc, LdA, LdB, Accumulate int32 }

var maxoutBack = elementwise[MaxoutBackParams]{
	name: "maxout_back", doc: "da (+)= a >= b ? dc : 0, db (+)= a >= b ? 0 : dc", file: "maxout_back.comp.glsl",
	bufs: []engine.Buf{
		{Name: "da", Access: engine.InOut}, {Name: "db", Access: engine.InOut},
		{Name: "dc", Access: engine.In}, {Name: "a", Access: engine.In}, {Name: "b", Access: engine.In},
	},
	layout: func(p MaxoutBackParams) (rows, cols int32, o []operand) {
		return p.Rows, p.Cols, []operand{
			{ld: p.LdDa, add: p.Accumulate}, {ld: p.LdDb, add: p.Accumulate}, {ld: p.LdDc}, {ld: p.LdA}, {ld: p.LdB},
		}
	},
	part:  func(p MaxoutBackParams, rows int32) MaxoutBackParams { p.Rows = rows; return p },
	flops: 1,
	ref:   func(p MaxoutBackParams, v [][]float64) { maxoutBackRow(v, p.Accumulate) },
	host:  func(p MaxoutBackParams, v [][]float32) { maxoutBackRow(v, p.Accumulate) },
	// Only the sum rounds.
	bound: func(p MaxoutBackParams, e engine.MathErrors, v, out [][]float64) {
		for k := range 2 {
			for i, d := range v[k] {
				out[k][i] = 1.01*u*float64(p.Accumulate)*math.Abs(d) + float64(p.Accumulate)*e.Tiny
			}
		}
	},
	inputs: func(_ MaxoutBackParams, r *rand.Rand, b [][]float64) {
		for i := range b {
			for j := range b[i] {
				b[i][j] = r.NormFloat64()
				if i == 4 && j%7 == 0 && j < len(b[3]) {
					b[i][j] = b[3][j] // ties, where strides agree
				}
			}
		}
	},
	cases: []MaxoutBackParams{
		{0, 5, 5, 5, 5, 5, 5, 0}, {1, 1, 1, 1, 1, 1, 1, 1}, {3, 7, 9, 8, 7, 10, 7, 0},
		{7, 64, 64, 68, 64, 64, 72, 1}, {5, 1024, 1024, 1024, 1024, 1024, 1024, 0},
	},
	bench: []MaxoutBackParams{{4096, 4096, 4096, 4096, 4096, 4096, 4096, 0}},
}.kernel()

func maxoutBackRow[T float](v [][]T, accumulate int32) {
	da, db, a, b := v[0], v[1], v[3], v[4]
	for i, d := range v[2] {
		var toA, toB T
		if a[i] >= b[i] {
			toA = d
		} else {
			toB = d
		}
		put(da, i, toA, accumulate)
		put(db, i, toB, accumulate)
	}
}

// MaxoutBack is the gradient of c = max(a, b): dc goes to da where a >= b and to db
// elsewhere; the other gets 0. With accumulate both are added to. da or db may be dc.
func MaxoutBack(da, db, dc, a, b *engine.Tensor, accumulate bool) {
	sameShape(maxoutBack.Name, da, db, dc, a, b)
	maxoutBack.Run(MaxoutBackParams{
		int32(a.Rows()), int32(a.Cols()), int32(da.LD()), int32(db.LD()), int32(dc.LD()), int32(a.LD()), int32(b.LD()), flag(accumulate),
	}, da, db, dc, a, b)
}
