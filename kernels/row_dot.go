package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// RowDotParams describes one inner product per row and chunk of columns of two matrices.
// LdB 0 means that b is one row, taken with every row of a.
type RowDotParams struct{ Rows, Cols, Chunk, LdY, LdA, LdB int32 }

func (p RowDotParams) outputs() int { return int(p.Rows) * chunks(p.Cols, p.Chunk) }
func (p RowDotParams) length() int  { return int(min(p.Cols, p.Chunk)) }

// each calls f for every chunk: the index in y, and the elements of a and b.
func (p RowDotParams) each(b [][]float64, f func(y int, a, b []float64)) {
	for r := range int(p.Rows) {
		for k := range chunks(p.Cols, p.Chunk) {
			var rowA, rowB []float64
			if p.Cols > 0 {
				lo, hi := k*int(p.Chunk), min((k+1)*int(p.Chunk), int(p.Cols))
				rowA, rowB = b[1][r*int(p.LdA):][lo:hi], b[2][r*int(p.LdB):][lo:hi]
			}
			f(r*int(p.LdY)+k, rowA, rowB)
		}
	}
}

// dotError: n products and n-1 additions in any order (Higham, section 3.1).
func dotError(a, b []float64, e engine.MathErrors) float64 {
	var s float64
	for i := range a {
		s += math.Abs(a[i] * b[i])
	}
	return engine.Gamma(len(a))*s + 2*float64(len(a))*e.Tiny
}

func dotVariant(lanes, vec int, name string) engine.Variant[RowDotParams] {
	v := engine.Variant[RowDotParams]{
		Name: name, File: "row_dot.comp.glsl",
		Defines: []string{fmt.Sprintf("LANES=%d", lanes), fmt.Sprintf("VEC=%d", vec)},
		Groups:  func(p RowDotParams) int { return ceil(p.outputs(), 16) },
		Loops:   func(p RowDotParams) int { return ceil(p.length(), vec) },
	}
	if vec == 4 {
		v.Vec4 = []string{"a", "b"}
		v.Fits = func(p RowDotParams, _ *engine.Caps) bool {
			return p.Cols%4 == 0 && p.LdA%4 == 0 && p.LdB%4 == 0 && (p.Chunk%4 == 0 || p.Chunk >= p.Cols)
		}
	}
	if lanes > 1 {
		v.Groups = func(p RowDotParams) int { return p.outputs() }
		v.Loops = func(p RowDotParams) int { return ceil(p.length(), lanes*vec) + 6 }
		v.Prefer = func(p RowDotParams, c *engine.Caps) bool { return !c.Software && p.length() >= lanes }
	}
	return v
}

var rowDot = &engine.Kernel[RowDotParams]{
	Name: "row_dot", Doc: "y[r][k] = sum a_i b_i, over chunk k of row r", Source: shaders, Special: true,
	Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "a", Access: engine.In}, {Name: "b", Access: engine.In}},
	Variants: []engine.Variant[RowDotParams]{
		dotVariant(rowLanes, 4, "group4"), dotVariant(rowLanes, 1, "group"),
		overSubgroups("subgroup4", dotVariant(rowLanes, 4, "group4"), 1), overSubgroups("subgroup", dotVariant(rowLanes, 1, "group"), 1),
		dotVariant(1, 4, "vec4"), dotVariant(1, 1, "scalar"),
	},
	Size: func(p RowDotParams) []int {
		engine.Check("row_dot", p.Chunk >= 1, "a chunk of %d", p.Chunk)
		checkMatrix("row_dot", p.Rows, p.Cols, p.LdA)
		k := int32(chunks(p.Cols, p.Chunk))
		checkMatrix("row_dot", p.Rows, k, p.LdY)
		rowsB := p.Rows
		if p.LdB == 0 {
			rowsB = min(p.Rows, 1)
		}
		checkMatrix("row_dot", rowsB, p.Cols, p.LdB)
		return []int{span(p.Rows, k, p.LdY), span(p.Rows, p.Cols, p.LdA), span(rowsB, p.Cols, p.LdB)}
	},
	Cost: func(p RowDotParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		read := n
		if p.LdB > 0 {
			read = 2 * n
		}
		return engine.Cost{Flops: 2 * n, Bytes: 4 * (read + float64(p.outputs()))}
	},
	Split: func(p RowDotParams) engine.Split[RowDotParams] {
		return engine.Split[RowDotParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdA), int(p.LdB)},
			Part: func(lo, hi int) RowDotParams { p.Rows = int32(hi - lo); return p },
		}
	},
	Ref: func(p RowDotParams, b [][]float64) {
		p.each(b, func(y int, x, z []float64) { b[0][y] = floats.Dot(x, z) })
	},
	Host: func(h *engine.Host, p RowDotParams, v []engine.View) {
		k := chunks(p.Cols, p.Chunk)
		h.Parallel(p.outputs(), rowGrain(int32(p.length()), reduceGrain), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				from := i % k * int(p.Chunk)
				var s float32
				if n := min(int(p.Chunk), int(p.Cols)-from); n > 0 {
					s = dotRow(v[1].F[i/k*int(p.LdA)+from:][:n], v[2].F[i/k*int(p.LdB)+from:][:n])
				}
				v[0].F[i/k*int(p.LdY)+i%k] = s
			}
		})
	},
	Bound: func(p RowDotParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		p.each(b, func(y int, x, z []float64) { out[y] = dotError(x, z, e) })
		return [][]float64{out, nil, nil}
	},
	Cases: []RowDotParams{
		{0, 5, 5, 1, 5, 5}, {3, 0, 7, 2, 0, 0}, {1, 1, 1, 1, 1, 1}, {5, 7, 100, 1, 9, 8}, {19, 65, 16, 6, 65, 66},
		{33, 64, 64, 1, 68, 0}, {2, 1300, 516, 3, 1300, 1304}, {1, 70001, 32000, 3, 70001, 70001},
	},
	Bench:  []RowDotParams{{4096, 4096, 4096, 1, 4096, 4096}},
	Bucket: RowDotParams.bucket, Tune: rowDotTune,
}

func dotRow(a, b []float32) float32 {
	b = b[:len(a)]
	var s, t float64
	i := 0
	for ; i+2 <= len(a); i += 2 {
		s += float64(a[i]) * float64(b[i])
		t += float64(a[i+1]) * float64(b[i+1])
	}
	if i < len(a) {
		s += float64(a[i]) * float64(b[i])
	}
	return float32(s + t)
}

// RowDot is y[r] = sum over c of a[r][c] b[r][c], for rows of any length. y holds a's
// rows: a contiguous tensor of any shape, or one column of a matrix.
func RowDot(y, a, b *engine.Tensor) {
	sameShape("row_dot", a, b)
	rowDotTo(y, a, b, b.LD())
}

// rowDotTo queues the stages of RowDot; ldB 0 takes b's first row with every row of a.
func rowDotTo(y, a, b *engine.Tensor, ldB int) {
	p := RowDotParams{Rows: int32(a.Rows()), Cols: int32(a.Cols()), LdA: int32(a.LD()), LdB: int32(ldB)}
	p.LdY = int32(vectorStride("row_dot", y, a.Rows()))
	p.Chunk = int32(min(chunkFor(a.Cols(), rowsUncut), maxChunk))
	k := chunks(p.Cols, p.Chunk)
	if k == 1 {
		rowDot.Run(p, y, a, b)
		return
	}
	s := a.Device().Scope()
	defer s.Close()
	t := s.Floats(a.Rows(), k)
	p.LdY = int32(k)
	rowDot.Run(p, t, a, b)
	RowSum(y, t, false)
}
