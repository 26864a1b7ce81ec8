package measure

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// pairings is random pairings of the same rows, x_i with y_perm(i): what measures of pairs
// would be if the pairing told nothing. Sums come from the tiles of the pass over all pairs.
type pairings struct {
	n, count int
	perm     []int32   // n x count
	cosine   []float64 // per pairing: sum of x_i . y_perm(i)
	distance []float64 // sum of |x_i - y_perm(i)|
	squared  []float64 // sum of its square
}

// pairingsHeld is how many partners of all pairings are held at most (160 MB), but for
// fewestPairings of any number of rows.
const (
	pairingsHeld   = 40_000_000
	fewestPairings = 20
)

// newPairings draws 1000 pairings; fewer of many rows, where they vary little.
func newPairings(n int, seed uint64) *pairings {
	p := &pairings{n: n, count: max(fewestPairings, min(resamples, pairingsHeld/n))}
	p.perm = make([]int32, p.n*p.count)
	rng := rand.New(rand.NewPCG(seed, 0xf1002))
	for r := range p.count {
		for i, j := range rng.Perm(p.n) {
			p.perm[i*p.count+r] = int32(j)
		}
	}
	p.cosine, p.distance, p.squared = make([]float64, p.count), make([]float64, p.count), make([]float64, p.count)
	return p
}

// add takes a tile, whose products lack the constant dot. Each worker has pairings of its
// own, so that every sum is taken in the order of the tiles.
func (p *pairings) add(t tile, x, y *side, dot float64) {
	w := t.cols.hi - t.cols.lo
	parallel(p.count, func(from, to int) {
		for i := t.rows.lo; i < t.rows.hi; i++ {
			dots, square := t.dots[(i-t.rows.lo)*w:][:w], x.square[i-x.lo]
			for r, j := range p.perm[i*p.count+from : i*p.count+to] {
				if k := int(j) - t.cols.lo; k >= 0 && k < w {
					c := float64(dots[k]) + dot
					sq := math.Max(0, square+y.square[int(j)-y.lo]-2*c)
					p.cosine[from+r] += c
					p.distance[from+r] += math.Sqrt(sq)
					p.squared[from+r] += sq
				}
			}
		}
	})
}

// hits is, for each pairing, the share of rows whose partner is their best: along rows, and
// along columns.
func (p *pairings) hits(ranks *ranks) (rows, cols []float64) {
	rows, cols = make([]float64, p.count), make([]float64, p.count)
	one := 1 / float64(p.n)
	for i := range p.n {
		best := ranks.ofRow.best(i)
		for r, j := range p.perm[i*p.count : (i+1)*p.count] {
			if best == j {
				rows[r] += one
			}
			if ranks.ofCol.best(int(j)) == int32(i) {
				cols[r] += one
			}
		}
	}
	return rows, cols
}

// Floor is what a measure of pairs gives for random pairings of the same rows: mean, 95 %
// of them, and the share of pairings, the true one counted in, that do as well.
type Floor struct {
	Mean     float64 `json:"mean"`
	Lo       float64 `json:"lo"`
	Hi       float64 `json:"hi"`
	P        float64 `json:"p"`
	Pairings int     `json:"pairings"` // that were drawn; 0: mean and variance are exact, of all
	Rows     int     `json:"rows"`     // that were paired
}

// floor summarises values of random pairings. high says whether a good pairing is large.
func floor(values []float64, observed float64, high bool, rows int) *Floor {
	as := 1
	for _, v := range values {
		if high && v >= observed || !high && v <= observed {
			as++
		}
	}
	sorted := slices.Sorted(slices.Values(values))
	q := func(p float64) float64 { return stat.Quantile(p, stat.LinInterp, sorted, nil) }
	return &Floor{
		Mean: stat.Mean(values, nil), Lo: q((1 - level) / 2), Hi: q((1 + level) / 2),
		P: float64(as) / float64(1+len(values)), Pairings: len(values), Rows: rows,
	}
}
