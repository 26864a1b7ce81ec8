package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// GatherRowsBackParams describes sums of rows of dy into rows of dtable: segment s adds the
// rows order[starts[s]], ..., order[starts[s + 1] - 1], at most Longest, into row target[s].
// Targets differ. With Accumulate 1 what that row holds is added.
type GatherRowsBackParams struct {
	Segments, Cols, Terms, Longest, TableRows, DyRows, LdTable, LdDy, Accumulate int32
}

// terms gives the rows of dy that segment s adds.
func segmentTerms[T int32 | float64](p GatherRowsBackParams, order, starts []T, s int) []T {
	from := starts[s]
	return order[int(from):int(min(starts[s+1], from+T(p.Longest)))]
}

func gatherBackVariant(name string, vec int, defines ...string) engine.Variant[GatherRowsBackParams] {
	v := engine.Variant[GatherRowsBackParams]{
		Name: name, File: "gather_rows_back.comp.glsl", Defines: defines,
		Groups: func(p GatherRowsBackParams) int { return ceil(int(p.Segments)*(int(p.Cols)/vec), 64) },
		Loops:  func(p GatherRowsBackParams) int { return int(p.Longest) },
	}
	if vec == 4 {
		v.Vec4 = []string{"dtable", "dy"}
		v.Fits = func(p GatherRowsBackParams, _ *engine.Caps) bool {
			return p.Cols%4 == 0 && p.LdTable%4 == 0 && p.LdDy%4 == 0
		}
	}
	return v
}

var gatherRowsBack = &engine.Kernel[GatherRowsBackParams]{
	Name: "gather_rows_back", Doc: "dtable[target[s]] (+)= sum of dy[order[t]] over the terms t of segment s", Source: shaders, Special: true,
	Bufs: []engine.Buf{
		{Name: "dtable", Access: engine.InOut}, {Name: "dy", Access: engine.In},
		{Name: "order", Type: engine.Int32, Access: engine.In}, {Name: "starts", Type: engine.Int32, Access: engine.In},
		{Name: "target", Type: engine.Int32, Access: engine.In},
	},
	Variants: []engine.Variant[GatherRowsBackParams]{gatherBackVariant("vec4", 4, "VEC=4"), gatherBackVariant("scalar", 1)},
	Size: func(p GatherRowsBackParams) []int {
		checkMatrix("gather_rows_back", p.TableRows, p.Cols, p.LdTable)
		checkMatrix("gather_rows_back", p.DyRows, p.Cols, p.LdDy)
		engine.Check("gather_rows_back", p.Segments >= 0 && p.Segments <= p.TableRows && p.Terms >= 0 && p.Longest >= 0,
			"%d segments of %d terms for %d rows", p.Segments, p.Terms, p.TableRows)
		return []int{span(p.TableRows, p.Cols, p.LdTable), span(p.DyRows, p.Cols, p.LdDy), int(p.Terms), int(p.Segments) + 1, int(p.Segments)}
	},
	Cost: func(p GatherRowsBackParams) engine.Cost {
		n := float64(p.Terms) * float64(p.Cols)
		written := float64(p.Segments) * float64(p.Cols) * float64(1+p.Accumulate)
		return engine.Cost{Flops: n, Bytes: 4 * (n + written + float64(p.Terms) + 2*float64(p.Segments))}
	},
	Ref: func(p GatherRowsBackParams, b [][]float64) {
		eachRow(p.Segments, p.Cols, func(s, col int) {
			var sum float64
			for _, t := range segmentTerms(p, b[2], b[3], s) {
				sum += b[1][int(t)*int(p.LdDy)+col]
			}
			put(b[0], int(b[4][s])*int(p.LdTable)+col, sum, p.Accumulate)
		})
	},
	Host: func(h *engine.Host, p GatherRowsBackParams, v []engine.View) {
		cols := int(p.Cols)
		average := int32(ceil(int(p.Terms), max(int(p.Segments), 1)))
		h.Parallel(int(p.Segments), rowGrain(p.Cols, elementGrain/int(max(average, 1))), func(lo, hi int) {
			for s := lo; s < hi && cols > 0; s++ {
				to := v[0].F[int(v[4].I[s])*int(p.LdTable):][:cols]
				if p.Accumulate == 0 {
					clear(to)
				}
				for _, t := range segmentTerms(p, v[2].I, v[3].I, s) {
					for c, x := range v[1].F[int(t)*int(p.LdDy):][:cols] {
						to[c] += x
					}
				}
			}
		})
	},
	// What the row held is one more term of the sum; no one writes elsewhere.
	Bound: func(p GatherRowsBackParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		eachRow(p.Segments, p.Cols, func(s, col int) {
			var sum, size float64
			terms := segmentTerms(p, b[2], b[3], s)
			for _, t := range terms {
				x := b[1][int(t)*int(p.LdDy)+col]
				sum += x
				size += math.Abs(x)
			}
			at := int(b[4][s])*int(p.LdTable) + col
			size += math.Abs(b[0][at] - sum)
			out[at] = engine.Gamma(len(terms))*size + float64(len(terms)+1)*e.Tiny
		})
		return [][]float64{out, nil, nil, nil, nil}
	},
	Inputs: gatherRowsBackInputs,
	Cases: []GatherRowsBackParams{
		{0, 5, 0, 0, 3, 0, 5, 5, 0}, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {3, 0, 4, 9, 3, 2, 0, 0, 0}, {4, 7, 0, 5, 6, 3, 7, 8, 0},
		{5, 7, 30, 100, 9, 11, 8, 9, 1}, {33, 64, 300, 128, 40, 200, 68, 64, 0}, {7, 36, 500, 20, 7, 13, 36, 40, 1}, {3, 20, 1500, 1500, 5, 1500, 20, 20, 0},
	},
	Bench: []GatherRowsBackParams{{4096, 512, 19712, 128, 49408, 19712, 512, 512, 0}},
}

// gatherRowsBackInputs deals terms out to segments at random; targets are in any order.
func gatherRowsBackInputs(p GatherRowsBackParams, r *rand.Rand, b [][]float64) {
	for i := range b[:2] {
		for j := range b[i] {
			b[i][j] = r.NormFloat64()
		}
	}
	for i := range b[2] {
		b[2][i] = float64(r.IntN(int(p.DyRows)))
	}
	clear(b[3])
	for range b[2] {
		if p.Segments > 0 {
			b[3][1+r.IntN(int(p.Segments))]++
		}
	}
	for s := range int(p.Segments) {
		b[3][s+1] += b[3][s]
	}
	for s, target := range r.Perm(int(p.TableRows))[:p.Segments] {
		b[4][s] = float64(target)
	}
}
