package geometry

import (
	"math"
	"slices"
)

// Neighbours lists the K nearest other rows of each row, nearest first. An engine
// may fill it in as well.
type Neighbours struct {
	N, K  int
	Index []int32   // N x K
	Dist  []float64 // N x K, Euclidean
}

// Of is the neighbours of row i and their distances.
func (nb *Neighbours) Of(i int) ([]int32, []float64) {
	return nb.Index[i*nb.K : (i+1)*nb.K], nb.Dist[i*nb.K : (i+1)*nb.K]
}

// NearestNeighbours finds the k nearest other rows of every row exactly, by Euclidean
// distance (for unit rows the order of the cosine). Equal distances are ordered by
// index. N^2 D multiplications; no row is its own neighbour, but an equal row is.
func NearestNeighbours(r Rows, k int) (*Neighbours, error) {
	const fn = "NearestNeighbours"
	if err := check(fn, 2, r); err != nil {
		return nil, err
	}
	if k < 1 || k >= r.N {
		return nil, errorf(fn, "%d neighbours among %d other rows", k, r.N-1)
	}
	// Distances from a few dots cancel for near rows: the candidates are taken
	// relative to the mean, which shrinks the norms, and measured again by difference.
	c := r.Centred(r.Mean())
	sq := squaredNorms(c)
	nb := &Neighbours{N: r.N, K: k, Index: make([]int32, r.N*k), Dist: make([]float64, r.N*k)}
	dotBlocks(c, c, func(lo, hi int, g []float64) {
		parallel(hi-lo, func(from, to int) {
			top := newNearest(min(k+4, r.N-1))
			for b := from; b < to; b++ {
				i := lo + b
				top.reset()
				for j, dot := range g[b*r.N : (b+1)*r.N] {
					if j != i {
						top.offer(int32(j), sq[j]-2*dot)
					}
				}
				top.refine(c, i)
				for q, e := range top.list[:k] {
					nb.Index[i*k+q], nb.Dist[i*k+q] = e.index, math.Sqrt(e.dist)
				}
			}
		})
	})
	return nb, nil
}

// nearest keeps the m smallest offers, sorted.
type nearest struct {
	m    int
	list []candidate
}

type candidate struct {
	index int32
	dist  float64
}

func newNearest(m int) *nearest { return &nearest{m: m, list: make([]candidate, 0, m+1)} }

func (t *nearest) reset() { t.list = t.list[:0] }

func (t *nearest) offer(j int32, d float64) {
	if len(t.list) == t.m && d >= t.list[t.m-1].dist {
		return
	}
	at := len(t.list)
	for at > 0 && t.list[at-1].dist > d {
		at--
	}
	t.list = slices.Insert(t.list, at, candidate{j, d})
	if len(t.list) > t.m {
		t.list = t.list[:t.m]
	}
}

// refine measures the candidates' squared distances from row i by differences.
func (t *nearest) refine(r Rows, i int) {
	x := r.Row(i)
	for q := range t.list {
		e := &t.list[q]
		e.dist = 0
		for d, v := range r.Row(int(e.index)) {
			e.dist += (v - x[d]) * (v - x[d])
		}
	}
	slices.SortFunc(t.list, func(a, b candidate) int {
		switch {
		case a.dist < b.dist:
			return -1
		case a.dist > b.dist:
			return 1
		}
		return int(a.index - b.index)
	})
}
