package kernels

import (
	"fmt"

	"mindgap/engine"
)

// rowLanes is the size of a group that shares one chunk of a row.
const rowLanes = 64

func rowReduction(op reduction) *engine.Kernel[ReduceParams] {
	name := "row_" + op.name
	outputs := func(p ReduceParams) int { return int(p.Rows) * chunks(p.Cols, p.Chunk) }
	length := func(p ReduceParams) int { return int(min(p.Cols, p.Chunk)) }
	variant := func(name string, lanes, vec int) engine.Variant[ReduceParams] {
		v := engine.Variant[ReduceParams]{
			Name: name, File: "reduce_rows.comp.glsl",
			Defines: []string{"OP=" + op.op, fmt.Sprintf("LANES=%d", lanes), fmt.Sprintf("VEC=%d", vec)},
			Groups:  func(p ReduceParams) int { return ceil(outputs(p), 16) },
			Loops:   func(p ReduceParams) int { return op.sweeps * ceil(length(p), vec) },
		}
		if vec == 4 {
			v.Vec4 = []string{"x"}
			v.Fits = func(p ReduceParams, _ *engine.Caps) bool {
				return p.Cols%4 == 0 && p.LdX%4 == 0 && (p.Chunk%4 == 0 || p.Chunk >= p.Cols)
			}
		}
		if lanes > 1 {
			v.Groups = outputs
			v.Loops = func(p ReduceParams) int { return op.sweeps * (ceil(length(p), lanes*vec) + 6) }
			v.Prefer = func(p ReduceParams, c *engine.Caps) bool { return !c.Software && length(p) >= lanes }
		}
		return v
	}
	four, group := variant("group4", rowLanes, 4), variant("group", rowLanes, 1)
	// each calls f for every chunk: the index of its number in y and of its elements in x.
	each := func(p ReduceParams, f func(y, from, to int)) {
		for r := range int(p.Rows) {
			for k := range chunks(p.Cols, p.Chunk) {
				lo, hi := k*int(p.Chunk), min((k+1)*int(p.Chunk), int(p.Cols))
				at := r * int(p.LdX)
				if lo == hi {
					at = 0 // nothing lies there
				}
				f(r*int(p.LdY)+k, at+lo, at+hi)
			}
		}
	}
	return &engine.Kernel[ReduceParams]{
		Name: name, Doc: "y[r][k] = " + op.doc + ", over chunk k of row r", Source: shaders, Special: true,
		Bufs: []engine.Buf{{Name: "y", Access: engine.InOut}, {Name: "x", Access: engine.In}},
		Variants: []engine.Variant[ReduceParams]{
			four, group, overSubgroups("subgroup4", four, op.sweeps), overSubgroups("subgroup", group, op.sweeps),
			variant("vec4", 1, 4), variant("scalar", 1, 1),
		},
		Size: func(p ReduceParams) []int {
			op.check(name, p)
			checkMatrix(name, p.Rows, p.Cols, p.LdX)
			k := int32(chunks(p.Cols, p.Chunk))
			checkMatrix(name, p.Rows, k, p.LdY)
			return []int{span(p.Rows, k, p.LdY), span(p.Rows, p.Cols, p.LdX)}
		},
		Cost: func(p ReduceParams) engine.Cost { return op.cost(p, outputs(p)) },
		Split: func(p ReduceParams) engine.Split[ReduceParams] {
			return engine.Split[ReduceParams]{
				Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdX)},
				Part: func(lo, hi int) ReduceParams { p.Rows = int32(hi - lo); return p },
			}
		},
		Ref: func(p ReduceParams, b [][]float64) {
			each(p, func(y, from, to int) { b[0][y] = op.define(p, b[1][from:to], b[0][y]) })
		},
		Host: func(h *engine.Host, p ReduceParams, v []engine.View) {
			k := chunks(p.Cols, p.Chunk)
			h.Parallel(outputs(p), rowGrain(int32(length(p)), reduceGrain), func(lo, hi int) {
				for i := lo; i < hi; i++ {
					from := i % k * int(p.Chunk)
					n := min(int(p.Chunk), int(p.Cols)-from)
					var x []float32
					if n > 0 {
						x = v[1].F[i/k*int(p.LdX)+from:][:n]
					}
					p.finish(&v[0].F[i/k*int(p.LdY)+i%k], op.row(x), op.means)
				}
			})
		},
		Bound: func(p ReduceParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([]float64, len(b[0]))
			each(p, func(y, from, to int) { out[y] = op.bound(p, e, b[1][from:to], b[0][y]) })
			return [][]float64{out, nil}
		},
		Cases: op.cases([]ReduceParams{
			{Rows: 0, Cols: 5, Chunk: 5, LdY: 1, LdX: 5}, {Rows: 3, Cols: 0, Chunk: 7, LdY: 2, LdX: 0, Count: 0},
			{Rows: 1, Cols: 1, Chunk: 1, LdY: 1, LdX: 1, Count: 1}, {Rows: 5, Cols: 7, Chunk: 100, LdY: 1, LdX: 9, Count: 7},
			{Rows: 19, Cols: 65, Chunk: 16, LdY: 6, LdX: 65, Count: 65}, {Rows: 33, Cols: 64, Chunk: 64, LdY: 1, LdX: 68, Count: 64},
			{Rows: 2, Cols: 1300, Chunk: 516, LdY: 3, LdX: 1300, Count: 1300}, {Rows: 1, Cols: 70001, Chunk: 32000, LdY: 3, LdX: 70001, Count: 3},
		}),
		Bench:  op.cases([]ReduceParams{{Rows: 4096, Cols: 4096, Chunk: 4096, LdY: 1, LdX: 4096, Count: 4096}})[:1],
		Bucket: ReduceParams.bucket, Tune: op.rowReduceTune,
	}
}

// cases drops Count where it means nothing, and adds accumulating cases to sums.
func (op reduction) cases(list []ReduceParams) []ReduceParams {
	var out []ReduceParams
	for _, p := range list {
		if !op.means {
			p.Count = 0
		}
		out = append(out, p)
	}
	if op.sums {
		for _, p := range list[len(list)/2:] {
			p.Count, p.Accumulate = 0, 1
			out = append(out, p)
		}
	}
	return out
}

var (
	rowSum       = rowReduction(reduceSum)
	rowMean      = rowReduction(reduceMean)
	rowMax       = rowReduction(reduceMax)
	rowLogSumExp = rowReduction(reduceLogSumExp)
	rowNorm      = rowReduction(reduceNorm)
)
