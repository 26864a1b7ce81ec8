package kernels

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"mindgap/engine"
)

// Kernels over all pairs of rows (InfoNCE, histograms of cosines) share what stands here:
// the products Q K^T in float64 with the error that float32 may make in them, and the host's
// blocks of them.

// pairDots gives q_i . k_j for all pairs, row-major, in float64.
func pairDots(rows, cols, d, ldQ, ldK int32, q, k []float64) []float64 {
	out := make([]float64, int(rows)*int(cols))
	if len(out) > 0 {
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general64(rows, d, ldQ, q), general64(cols, d, ldK, k), 0, general64(rows, cols, cols, out))
	}
	return out
}

// pairDotErrors gives, for each pair, the error of a float32 product that is rounded n more
// times after the D products and sums: gamma_{D+n} sum |q||k|, and what flushing may lose.
func pairDotErrors(rows, cols, d, ldQ, ldK int32, q, k []float64, n int, tiny float64) []float64 {
	abs := func(x []float64) []float64 {
		out := make([]float64, len(x))
		for i, v := range x {
			out[i] = math.Abs(v)
		}
		return out
	}
	out := pairDots(rows, cols, d, ldQ, ldK, abs(q), abs(k))
	g := engine.Gamma(int(d) + n)
	for i := range out {
		out[i] = g*out[i] + 2*float64(d)*tiny
	}
	return out
}

func general64(rows, cols, ld int32, data []float64) blas64.General {
	return blas64.General{Rows: int(rows), Cols: int(cols), Stride: int(max(ld, cols)), Data: data}
}

// pairSide is about how many rows and columns of products a core takes at a time: 1 MiB, which its
// cache holds, and enough for what is packed to be used often.
const pairSide = 512

// fewerPairs is pairSide, and less for few of n x n pairs that each cost more than their product: then all
// cores have some.
func fewerPairs(n int) int {
	if n < 2*pairSide {
		return max(64, n/8&^31)
	}
	return pairSide
}

// hostDots computes q_i . k_j for rows x cols pairs into c, whose row stride is cols.
func hostDots(h *engine.Host, rows, cols, d, ldQ, ldK int, q, k, c []float32) {
	addDots(h, rows, cols, d, ldQ, ldK, q, k, 0, c)
}

// addDots is c = q_i . k_j + beta c.
func addDots(h *engine.Host, rows, cols, d, ldQ, ldK int, q, k []float32, beta float32, c []float32) {
	sgemm(h, packedWork, blas.NoTrans, blas.Trans, rows, cols, d, 1, q, max(ldQ, d), k, max(ldK, d), beta, c, cols)
}

// hostHalves is hostDots with the sums of wide rows in two halves. One after the other they would be
// less exact: that error, which a scale of 100 makes the largest of a loss, is then 1/sqrt(2) of itself.
func hostHalves(h *engine.Host, rows, cols, d, ldQ, ldK int, q, k, c []float32) {
	if d < 128 {
		hostDots(h, rows, cols, d, ldQ, ldK, q, k, c)
		return
	}
	half := (d/2 + 15) &^ 15
	hostDots(h, rows, cols, half, ldQ, ldK, q, k, c)
	addDots(h, rows, cols, d-half, ldQ, ldK, q[half:], k[half:], 1, c)
}

// hostPairs is a matrix of products q_i . k_j that the host takes in tiles of high x wide (those at
// the edges are less).
type hostPairs struct {
	rows, cols, d, ldQ, ldK int
	q, k                    []float32
	high, wide              int
	upper                   bool // tiles without a pair i < j are left out
	halves                  bool // products by hostHalves
}

// pairTile is rows r0 .. r0+nr by columns c0 .. c0+nc of the products, row by row in s.
type pairTile struct {
	r0, c0, nr, nc int
	s              []float32
}

// each computes tile after tile on all cores and calls f with each on the core that made it, where it
// is still in that core's cache.
func (p hostPairs) each(h *engine.Host, f func(t pairTile)) {
	if p.rows == 0 || p.cols == 0 {
		return
	}
	dots := hostDots
	if p.halves {
		dots = hostHalves
	}
	down, across := ceil(p.rows, p.high), ceil(p.cols, p.wide)
	h.ParallelBLAS(down*across, 1, func(lo, hi int) {
		room := borrow(p.high * p.wide)
		defer giveBack(room)
		for i := lo; i < hi; i++ {
			t := pairTile{r0: i / across * p.high, c0: i % across * p.wide}
			t.nr, t.nc = min(p.high, p.rows-t.r0), min(p.wide, p.cols-t.c0)
			if p.upper && t.c0+t.nc-1 <= t.r0 {
				continue
			}
			t.s = (*room)[:t.nr*t.nc]
			dots(h, t.nr, t.nc, p.d, p.ldQ, p.ldK, p.q[t.r0*p.ldQ:], p.k[t.c0*p.ldK:], t.s)
			f(t)
		}
	})
}

// expTiny is the largest e^x, x < 0, that becomes 0 on some device: drivers flush the
// denormal results of exp also where their other arithmetic keeps denormals.
const expTiny = 0x1.02p-126

// The tile of include/tile_texel.glsl: rows x columns of products that one invocation holds
// in registers, and how many invocations are a group.
const texelRows, texelCols, texelLanes = 8, 16, 16

// sharedTileLoops bounds the loop iterations of one tile of include/tile_shared.glsl, also
// for a compiler that unrolls nothing.
func sharedTileLoops(d, tm int) int {
	quads := tm / 4
	return ceil(d, 16)*(1+8+16*(1+quads+tm*(1+quads))) + tm*(1+quads)
}

// sharedTile gives the two texts of a variant over include/tile_shared.glsl with tiles of 16 tm rows
// and columns: one that reads (and writes) the buffers vec4 four elements at a time, where aligned
// says that it can, and one for any rows.
func sharedTile[P any](v engine.Variant[P], tm int, vec4 []string, aligned func(p P) bool) []engine.Variant[P] {
	v.Defines = append([]string{fmt.Sprintf("TM=%d", tm)}, v.Defines...)
	four, one := v, v
	four.Defines, four.Vec4 = append(v.Defines[:len(v.Defines):len(v.Defines)], "VEC=4"), vec4
	four.Fits = func(p P, c *engine.Caps) bool { return v.Fits(p, c) && aligned(p) }
	one.Name += "_scalar"
	return []engine.Variant[P]{four, one}
}

// rowsOfFour says whether rows of d elements, ld apart, can be read four elements at a time.
func rowsOfFour(d, ld int32) bool { return d%4 == 0 && ld%4 == 0 }

// checkOne refuses a tensor that is not one element.
func checkOne(kernel, name string, t *engine.Tensor) {
	engine.Check(kernel, t.Len() == 1, "%s has %d elements, want 1", name, t.Len())
}

// unitRows fills x with rows of unit length, in random directions.
func unitRows(r interface{ NormFloat64() float64 }, x []float64, rows, d, ld int32) {
	for i := range int(rows) {
		row := x[i*int(ld):][:d]
		var s float64
		for j := range row {
			row[j] = r.NormFloat64()
			s += row[j] * row[j]
		}
		for j := range row {
			row[j] /= math.Sqrt(s)
		}
	}
}
