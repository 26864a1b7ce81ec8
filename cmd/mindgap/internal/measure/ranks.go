package measure

import (
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
)

// ranks counts, for every x_i, the y_j that score above its partner y_i, and for every y_j the
// x_i that score above x_j, and lists the best of both. Products come in float32; where one
// lies so near to the partner's that rounding could decide, it is taken again in float64.
type ranks struct {
	row, col geometry.Ranking
	ofRow    lists // of each row its best columns, by float32
	ofCol    lists // of each column its best rows
}

func newRanks(n, listed int) *ranks {
	r := &ranks{ofRow: newLists(n, listed), ofCol: newLists(n, listed)}
	for _, k := range []*geometry.Ranking{&r.row, &r.col} {
		k.Above, k.Tied = make([]int, n), make([]int, n)
	}
	return r
}

// limits are, for each row and column of two blocks, between what float32 products its
// partner's may lie: below lo another is worse, above hi it is better. A product may be off,
// with the augmented rows (u, q.u, 1) and (v, 1, p.v), by gamma_(d+4) of a sum in any order and
// 3u for rounded operands and target, of |u||v| + |q.u| + |p.v|; and by what the float64 sums
// of target and centroids may be off, of which rows that all but coincide consist.
type limits struct{ row, col between }

type between struct{ lo, hi []float32 }

func newLimits(x, y *side, target []float64, d int, reach float64) *limits {
	rest := 4 * float64(d+4) * 0x1p-53 * reach
	g := 2 * (engine.Gamma(d+4) + 3*engine.U) // the target has its own error, and so has this sum
	of := func(one, other *side) between {
		spread, tail := floats.Max(other.spread), floats.Max(other.tail)
		b := between{make([]float32, len(one.spread)), make([]float32, len(one.spread))}
		for i := range b.lo {
			at, off := float32(target[one.lo+i]), float32(g*(one.spread[i]*spread+one.tail[i]+tail)+rest)
			b.lo[i], b.hi[i] = at-off, at+off
		}
		return b
	}
	return &limits{of(x, y), of(y, x)}
}

// add counts a tile, along its rows and then along its columns. Every row and every column is
// one worker's, which takes its products in their order: no count and no list depends on how
// many workers there are.
func (r *ranks) add(t tile, x, y *side, l *limits, exact []float64) {
	parallel(t.rows.hi-t.rows.lo, func(from, to int) {
		for i := t.rows.lo + from; i < t.rows.lo+to; i++ {
			r.addRow(t, x, y, i, l.row.lo[i-x.lo], l.row.hi[i-x.lo], exact)
		}
	})
	parallel(t.cols.hi-t.cols.lo, func(from, to int) {
		for ; from < to; from += columnStrip {
			r.addColumns(t, x, y, from, min(from+columnStrip, to), l, exact)
		}
	})
}

func (r *ranks) addRow(t tile, x, y *side, i int, lo, hi float32, exact []float64) {
	w, left := t.cols.hi-t.cols.lo, t.cols.lo
	above, last := 0, r.ofRow.last(i)
	for j, v := range t.dots[(i-t.rows.lo)*w:][:w] {
		if v >= lo {
			if v > hi {
				above++
			} else if j+left != i {
				count(&r.row, i, x.dot(y, i, left+j), exact[i])
			}
		}
		if v > last {
			last = r.ofRow.insert(i, int32(left+j), v)
		}
	}
	r.row.Above[i] += above
}

// columnStrip is how many columns are walked down side by side.
const columnStrip = 256

func (r *ranks) addColumns(t tile, x, y *side, from, to int, l *limits, exact []float64) {
	w, left := t.cols.hi-t.cols.lo, t.cols.lo
	lo, hi := l.col.lo[left-y.lo:][from:to], l.col.hi[left-y.lo:][from:to]
	var above [columnStrip]int
	var lasts [columnStrip]float32
	last := lasts[:to-from]
	for j := range last {
		last[j] = r.ofCol.last(left + from + j)
	}
	for i := t.rows.lo; i < t.rows.hi; i++ {
		dots := t.dots[(i-t.rows.lo)*w:][from:to][:len(last)]
		for j, v := range dots {
			k := left + from + j
			if v >= lo[j] {
				if v > hi[j] {
					above[j]++
				} else if k != i {
					count(&r.col, k, x.dot(y, i, k), exact[k])
				}
			}
			if v > last[j] {
				last[j] = r.ofCol.insert(k, int32(i), v)
			}
		}
	}
	for j := range last {
		r.col.Above[left+from+j] += above[j]
	}
}

// count compares a product with the partner's, both in float64.
func count(k *geometry.Ranking, query int, dot, partner float64) {
	switch {
	case dot > partner:
		k.Above[query]++
	case dot == partner:
		k.Tied[query]++
	}
}

// dot is x_i . y_j in float64, for places i and j.
func (x *side) dot(y *side, i, j int) float64 {
	d := len(x.rows) / len(x.spread)
	return floats.Dot(x.rows[(i-x.lo)*d:(i-x.lo+1)*d], y.rows[(j-y.lo)*d:(j-y.lo+1)*d])
}
