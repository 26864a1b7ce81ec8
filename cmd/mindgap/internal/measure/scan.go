package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// scan is what one pass over the files finds, in float64: sums over rows, by the group of
// the jackknife to which a row belongs, from which every O(N D) measure follows.
type scan struct {
	n, d  int     // good rows
	bad   []int   // rows of the files that were left out, rising
	group []uint8 // of each row of the files
	sets  []*setSums
	pairs []*pairSums
}

// setSums are sums over the rows of one modality.
type setSums struct {
	sum    [groups][]float64 // of rows
	square [groups]float64   // of squared norms
	count  [groups]int
	lo, hi float64 // smallest and largest norm as stored
	mean   []float64
	twins  twins
}

// pairSums are what matched rows of two modalities give: of row i, x_i . y_i and |x_i - y_i|^2.
type pairSums struct {
	a, b             int
	cosine, distance []float64
	shifts           shiftSums
}

// blockFloats is how many numbers of one modality are read at once.
const blockFloats = 1 << 19

// scanRows makes the pass.
func (m *measurer) scanRows() (*scan, error) {
	n, d, k := m.in.n, m.in.d, len(m.in.modalities)
	sc := &scan{d: d, group: deal(n, m.Seed)}
	for range k {
		s := &setSums{lo: math.Inf(1), mean: make([]float64, d), twins: newTwins(n)}
		for g := range s.sum {
			s.sum[g] = make([]float64, d)
		}
		sc.sets = append(sc.sets, s)
	}
	for a := range k {
		for b := a + 1; b < k; b++ {
			sc.pairs = append(sc.pairs, &pairSums{a: a, b: b, cosine: make([]float64, n), distance: make([]float64, n)})
		}
	}
	each := max(1, min(n, blockFloats/d))
	blocks := make([][]float64, k)
	for i := range blocks {
		blocks[i] = make([]float64, each*d)
	}
	norms := make([]float64, each)
	m.Progress.Start("reading", float64(n), "rows")
	for lo := 0; lo < n; lo += each {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+each, n)
		bad := map[int]bool{}
		for i, mod := range m.in.modalities {
			rows := blocks[i][:(hi-lo)*d]
			if err := mod.r.ReadRows64(rows, lo, hi); err != nil {
				return nil, plain(err)
			}
			if err := m.checkBlock(sc.sets[i], mod.file, rows, norms[:hi-lo], lo, bad); err != nil {
				return nil, err
			}
		}
		sc.add(blocks, lo, hi, bad)
		m.Progress.Add(float64(hi - lo))
	}
	if sc.n < 2 {
		return nil, fmt.Errorf("%s: %d pairs are left when those with a bad row are taken out; want at least 2", m.in.modalities[0].file, sc.n)
	}
	for _, s := range sc.sets {
		for g := range s.sum {
			floats.AddScaled(s.mean, 1/float64(sc.n), s.sum[g])
		}
	}
	return sc, nil
}

// add takes the rows of a block of every modality into the sums.
func (sc *scan) add(blocks [][]float64, lo, hi int, bad map[int]bool) {
	d := sc.d
	for k, s := range sc.sets {
		s.twins.add(blocks[k][:(hi-lo)*d], lo, d, bad)
		// A worker per set of groups: every sum takes its rows in their order, however many
		// workers there are.
		parallel(groups, func(from, to int) {
			for i := range hi - lo {
				g := sc.group[lo+i]
				if int(g) < from || int(g) >= to || bad[i] {
					continue
				}
				row := blocks[k][i*d : (i+1)*d]
				floats.Add(s.sum[g], row)
				s.square[g] += floats.Dot(row, row)
				s.count[g]++
			}
		})
	}
	for _, p := range sc.pairs {
		parallel(hi-lo, func(from, to int) {
			for i := from; i < to; i++ {
				x, y := blocks[p.a][i*d:(i+1)*d], blocks[p.b][i*d:(i+1)*d]
				p.cosine[lo+i] = floats.Dot(x, y)
				p.distance[lo+i] = squaredDistance(x, y)
			}
		})
		if lo == 0 && len(bad) == 0 {
			p.shifts = measureShifts(blocks[p.a], blocks[p.b], hi, d)
		}
	}
	for i := range hi - lo {
		if bad[i] {
			sc.bad = append(sc.bad, lo+i)
		}
	}
	sc.n += hi - lo - len(bad)
}

func squaredDistance(x, y []float64) float64 {
	sum := 0.0
	for k, v := range x {
		sum += (v - y[k]) * (v - y[k])
	}
	return sum
}
