package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// GatherRowsParams describes dst[i] = table[index[i]] for rows of cols elements.
type GatherRowsParams struct{ Rows, Cols, TableRows, LdDst, LdTable int32 }

func gatherGroups(vec int) func(GatherRowsParams) int {
	return func(p GatherRowsParams) int { return ceil(int(p.Rows)*(int(p.Cols)/vec), 64) }
}

var gatherRows = &engine.Kernel[GatherRowsParams]{
	Name: "gather_rows", Doc: "dst[i] = table[index[i]]; NaN where index[i] is no row", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "dst", Access: engine.Out}, {Name: "table", Access: engine.In}, {Name: "index", Type: engine.Int32, Access: engine.In},
	},
	Variants: []engine.Variant[GatherRowsParams]{
		{
			Name: "vec4", File: "gather_rows.comp.glsl", Defines: []string{"VEC=4"}, Vec4: []string{"dst", "table"},
			Groups: gatherGroups(4), Loops: func(GatherRowsParams) int { return 1 },
			Fits: func(p GatherRowsParams, _ *engine.Caps) bool {
				return p.Cols%4 == 0 && p.LdDst%4 == 0 && p.LdTable%4 == 0
			},
		},
		{Name: "scalar", File: "gather_rows.comp.glsl", Groups: gatherGroups(1), Loops: func(GatherRowsParams) int { return 1 }},
	},
	Size: func(p GatherRowsParams) []int {
		checkMatrix("gather_rows", p.Rows, p.Cols, p.LdDst)
		checkMatrix("gather_rows", p.TableRows, p.Cols, p.LdTable)
		return []int{span(p.Rows, p.Cols, p.LdDst), span(p.TableRows, p.Cols, p.LdTable), int(p.Rows)}
	},
	Cost: func(p GatherRowsParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Bytes: 4*n + 4*min(n, float64(p.TableRows)*float64(p.Cols)) + 4*float64(p.Rows)}
	},
	Split: func(p GatherRowsParams) engine.Split[GatherRowsParams] {
		return engine.Split[GatherRowsParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdDst), 0, 1},
			Part: func(lo, hi int) GatherRowsParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p GatherRowsParams, b [][]float64) {
		eachRow(p.Rows, p.Cols, func(row, col int) {
			v := math.NaN()
			if i := int(b[2][row]); i >= 0 && i < int(p.TableRows) {
				v = b[1][i*int(p.LdTable)+col]
			}
			b[0][row*int(p.LdDst)+col] = v
		})
	},
	Host: func(h *engine.Host, p GatherRowsParams, v []engine.View) {
		dst, table, index, cols := v[0].F, v[1].F, v[2].I, int(p.Cols)
		h.Parallel(int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
			for r := lo; r < hi && cols > 0; r++ {
				to := dst[r*int(p.LdDst):][:cols]
				if i := index[r]; i >= 0 && i < p.TableRows {
					copy(to, table[int(i)*int(p.LdTable):][:cols])
					continue
				}
				for c := range to {
					to[c] = float32(math.NaN())
				}
			}
		})
	},
	// Some numbers lie outside the table, on both sides.
	Inputs: func(p GatherRowsParams, r *rand.Rand, b [][]float64) {
		for i := range b[1] {
			b[1][i] = r.NormFloat64()
		}
		for i := range b[2] {
			b[2][i] = float64(r.IntN(int(p.TableRows)+2) - 1)
		}
	},
	Cases: []GatherRowsParams{
		{0, 5, 3, 5, 5}, {3, 0, 3, 1, 1}, {2, 3, 0, 3, 3}, {1, 1, 1, 1, 1}, {7, 5, 11, 6, 8}, {33, 64, 9, 68, 72}, {300, 77, 40, 77, 80},
	},
	Bench: []GatherRowsParams{{16384, 512, 49408, 512, 512}},
}

// GatherRows is dst[i] = table[index[i]]: index holds as many int32 as dst has rows. An index
// outside 0..table rows gives a row of NaN on every device.
func GatherRows(dst, table, index *engine.Tensor) {
	engine.Check("gather_rows", dst.Cols() == table.Cols() && index.Len() == dst.Rows() && index.Contiguous(),
		"dst is %v, table %v, index %v", dst, table, index)
	gatherRows.Run(GatherRowsParams{
		int32(dst.Rows()), int32(dst.Cols()), int32(table.Rows()), int32(dst.LD()), int32(table.LD()),
	}, dst, table, index)
}
