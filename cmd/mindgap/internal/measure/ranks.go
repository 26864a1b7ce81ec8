package measure

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
)

// ranks counts, for every x_i, the y_j that score above its partner y_i, and for every y_j the
// x_i that score above x_j. Products come in float32; where one lies so near to the partner's
// that rounding could decide, it is taken again in float64.
type ranks struct {
	row, col geometry.Ranking
	best     [2][]int32   // of each row its best column, of each column its best row, by float32
	score    [2][]float32 // their products
}

func newRanks(n int) *ranks {
	r := &ranks{}
	for _, k := range []*geometry.Ranking{&r.row, &r.col} {
		k.Above, k.Tied = make([]int, n), make([]int, n)
	}
	for k := range r.best {
		r.best[k], r.score[k] = make([]int32, n), make([]float32, n)
		for i := range n {
			r.best[k][i] = -1
		}
	}
	return r
}

// slack is how far a float32 product may be off: with the augmented rows (u, q.u, 1) and
// (v, 1, p.v), gamma_(d+4) of a sum in any order and 3u for rounded operands and target, of
// |u||v| + |q.u| + |p.v|; and what the float64 sums of target and centroids may be off, of
// which rows that all but coincide consist.
type slack struct{ row, col []float32 }

func newSlack(x, y *side, d int, reach float64) slack {
	rest := 4 * float64(d+4) * 0x1p-53 * reach
	g := 2 * (engine.Gamma(d+4) + 3*engine.U) // the target has its own error, and so has this sum
	limits := func(one, other *side) []float32 {
		spread, tail := floats.Max(other.spread), floats.Max(other.tail)
		out := make([]float32, len(one.spread))
		for i := range out {
			out[i] = float32(g*(one.spread[i]*spread+one.tail[i]+tail) + rest)
		}
		return out
	}
	return slack{limits(x, y), limits(y, x)}
}

// add counts a tile. Rows are dealt to workers in fixed ranges; integers do not care.
func (r *ranks) add(t tile, x, y *side, target, exact []float64, sl slack) {
	w, h := t.cols.hi-t.cols.lo, t.rows.hi-t.rows.lo
	lo, hi := make([]float32, w), make([]float32, w)
	for j := range w {
		at := float32(target[t.cols.lo+j])
		d := sl.col[t.cols.lo+j-y.lo]
		lo[j], hi[j] = at-d, at+d
	}
	workers := min(runtime.GOMAXPROCS(0), h)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for k := range workers {
		wg.Go(func() {
			c := columnCount{make([]int32, w), make([]int32, w), make([]float32, w), make([]int32, w)}
			for j := range c.best {
				c.best[j] = -1
			}
			for i := t.rows.lo + k*h/workers; i < t.rows.lo+(k+1)*h/workers; i++ {
				r.addRow(t, x, y, i, float32(target[i]), sl.row[i-x.lo], lo, hi, exact, &c)
			}
			mu.Lock()
			defer mu.Unlock()
			r.merge(t, &c)
		})
	}
	wg.Wait()
}

// columnCount is what one worker sees of the columns.
type columnCount struct {
	above, tied []int32
	score       []float32
	best        []int32
}

// addRow counts row i, once along its own threshold and once along those of the columns.
func (r *ranks) addRow(t tile, x, y *side, i int, target, d float32, colLo, colHi []float32, exact []float64, c *columnCount) {
	w, left := t.cols.hi-t.cols.lo, t.cols.lo
	dots := t.dots[(i-t.rows.lo)*w:][:w]
	lo, hi := target-d, target+d
	above, top, best := 0, r.score[0][i], r.best[0][i]
	for j, v := range dots {
		if v >= lo {
			if v > hi {
				above++
			} else if j+left != i {
				switch dot := x.dot(y, i, left+j); {
				case dot > exact[i]:
					above++
				case dot == exact[i]:
					r.row.Tied[i]++
				}
			}
		}
		if v > top || best < 0 {
			top, best = v, int32(left+j)
		}
	}
	r.row.Above[i] += above
	r.score[0][i], r.best[0][i] = top, best
	colLo, colHi = colLo[:w], colHi[:w]
	score, at := c.score[:w], c.best[:w]
	for j, v := range dots {
		if v >= colLo[j] {
			if v > colHi[j] {
				c.above[j]++
			} else if j+left != i {
				switch dot := x.dot(y, i, left+j); {
				case dot > exact[left+j]:
					c.above[j]++
				case dot == exact[left+j]:
					c.tied[j]++
				}
			}
		}
		if v > score[j] || at[j] < 0 {
			score[j], at[j] = v, int32(i)
		}
	}
}

// merge takes one worker's columns. Of equal products the first row is the best, whichever
// worker comes first.
func (r *ranks) merge(t tile, c *columnCount) {
	for j := range c.above {
		k := t.cols.lo + j
		r.col.Above[k] += int(c.above[j])
		r.col.Tied[k] += int(c.tied[j])
		at, v, old := c.best[j], c.score[j], r.score[1][k]
		if r.best[1][k] < 0 || v > old || v == old && at < r.best[1][k] {
			r.best[1][k], r.score[1][k] = at, v
		}
	}
}

// dot is x_i . y_j in float64, for places i and j.
func (x *side) dot(y *side, i, j int) float64 {
	d := len(x.rows) / len(x.spread)
	return floats.Dot(x.rows[(i-x.lo)*d:(i-x.lo+1)*d], y.rows[(j-y.lo)*d:(j-y.lo+1)*d])
}
