package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// gramBlock is how many shifted rows the host holds at a time: a cache has them for all tiles.
const gramBlock = 128

// cosineGramHost takes a chunk of rows on every core, block by block: it shifts the rows of a
// block, and adds their products by tiles of vector registers, or by the BLAS.
func cosineGramHost(h *engine.Host, p CosineGramParams, v []engine.View) {
	n, tile := int(p.Cols), hostTile
	run := h.Parallel
	if tile.run == nil {
		run, tile.rows, tile.cols = h.ParallelBLAS, 1, 1
	}
	g, shift := newGramTiles(n, tile), make([]float64, 2*n)
	for i, v := range v[4].F {
		shift[i] = float64(v)
	}
	run(chunks(p.Rows, p.Chunk), 1, func(from, to int) {
		lent := borrow(gramBlock*g.ld + g.high*g.wide)
		defer giveBack(lent)
		d, sums := (*lent)[:gramBlock*g.ld], (*lent)[gramBlock*g.ld:]
		clear(d)
		for k := from; k < to && !h.Stopped(); k++ {
			m := v[0].F[k*n*n:][:n*n]
			clear(m)
			clear(sums)
			for lo := k * int(p.Chunk); n > 0 && lo < min((k+1)*int(p.Chunk), int(p.Rows)); lo += gramBlock {
				rows := min(gramBlock, (k+1)*int(p.Chunk)-lo, int(p.Rows)-lo)
				for r := range rows {
					x := v[2].F[(lo+r)*int(p.LdX):][:n]
					v[1].F[lo+r] = float32(vector.Shift(d[r*g.ld:], x, shift[:n], shift[n:], 1/float64(atLeastEps(v[3].F[lo+r]))))
				}
				if tile.run == nil {
					h.BLAS.Sgemm(blas.Trans, blas.NoTrans, n, n, rows, 1, d, g.ld, d, g.ld, 1, m, n)
					continue
				}
				g.add(sums, d, rows)
			}
			if tile.run != nil {
				g.store(m, sums)
			}
		}
	})
	if n == 0 {
		clear(v[1].F)
	}
}

// gramTiles adds D^T D of n columns in tiles that meet the diagonal or lie above it.
type gramTiles struct {
	vectorTile
	n, ld      int // of D: a stride of an odd number of cache lines, which spreads rows over a cache
	high, wide int // of the sums: whole tiles
	off        []int
}

func newGramTiles(n int, t vectorTile) gramTiles {
	g := gramTiles{vectorTile: t, n: n, high: ceil(n, t.rows) * t.rows, wide: ceil(n, t.cols) * t.cols}
	g.ld = (ceil(g.wide, 16) | 1) * 16
	g.off = make([]int, g.high+maxRows)
	for i := range g.off {
		g.off[i] = 4 * min(i, max(n-1, 0)) // what lies beyond the last column repeats it and is not stored
	}
	return g
}

func (g *gramTiles) add(sums, d []float32, rows int) {
	args := tileArgs{a: &d[0], aStep: 4 * g.ld, bStep: 4 * g.ld, ldC: 4 * g.wide, ldInit: 4 * g.wide, k: rows, floor: float32(math.Inf(-1))}
	for j := 0; j < g.wide; j += g.cols {
		for i := 0; i < min(j+g.cols, g.n); i += g.rows {
			c := &sums[i*g.wide+j]
			args.c, args.init, args.b, args.off, args.lines, args.at = c, c, &d[j], &g.off[i], 1, 0
			g.run(&args)
		}
	}
}

// store writes the sums on and above the diagonal, on both sides of it.
func (g *gramTiles) store(m, sums []float32) {
	for i := range g.n {
		for j := i; j < g.n; j++ {
			m[i*g.n+j], m[j*g.n+i] = sums[i*g.wide+j], sums[i*g.wide+j]
		}
	}
}
