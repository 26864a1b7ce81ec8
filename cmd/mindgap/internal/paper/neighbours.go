package paper

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
	"mindgap/kernels"
)

// neighbourSearch finds the k nearest other rows of each row. With x = m_g + w of set g and
// y = m_h + v of set h,
//
//	|x - y|^2 = |m_g - m_h|^2 + |w|^2 + |v|^2 - 2 w.v + 2 w.(m_g - m_h) + 2 v.(m_h - m_g),
//
// of which the device computes w.v. The candidates that its error cannot exclude are measured
// again in float64, by differences, so that every device gives the same neighbours:
// geometry.NearestNeighbours.
type neighbourSearch struct {
	*clusters
	nb      *geometry.Neighbours
	square  []float64     // |w_i|^2
	widest  float64       // the largest |w_i|
	linear  geometry.Rows // [i][h] = w_i.(m_g - m_h), g being the set of i
	between [][]float64   // |m_g - m_h|^2
}

// deviceNeighbours finds the k nearest other rows of each row, and tells done of rows that have
// theirs.
func deviceNeighbours(ctx context.Context, c *clusters, k int, done func(rows float64)) (*geometry.Neighbours, error) {
	n := &neighbourSearch{clusters: c, nb: &geometry.Neighbours{N: c.N, K: k, Index: make([]int32, c.N*k), Dist: make([]float64, c.N*k)}}
	n.prepare()
	s := c.t.Device().Scope()
	defer s.Close()
	height := min(similarityRows, c.size)
	block, data := s.Floats(height, c.N), make([]float32, height*c.N)
	for lo := 0; lo < c.N; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+height, (lo/c.size+1)*c.size) // rows of one set
		dots := block.SliceRows(0, hi-lo)
		kernels.MatMulNT(dots, c.t.SliceRows(lo, hi), c.t)
		if err := dots.Read(data[:(hi-lo)*c.N]); err != nil {
			return nil, err
		}
		if err := n.rows(lo, hi, data); err != nil {
			return nil, err
		}
		done(float64(hi - lo))
		lo = hi
	}
	return n.nb, nil
}

// prepare computes what belongs to single rows and to pairs of sets.
func (n *neighbourSearch) prepare() {
	sets := n.mean.N
	n.square = make([]float64, n.N)
	for i := range n.square {
		n.square[i] = floats.Dot(n.w.Row(i), n.w.Row(i))
		n.widest = math.Max(n.widest, math.Sqrt(n.square[i]))
	}
	n.linear = geometry.Zeros(n.N, sets)
	general := func(r geometry.Rows) blas64.General {
		return blas64.General{Rows: r.N, Cols: r.D, Stride: r.D, Data: r.Data}
	}
	blas64.Gemm(blas.NoTrans, blas.Trans, -1, general(n.w), general(n.mean), 0, general(n.linear))
	for i := range n.N {
		floats.AddConst(-n.linear.Row(i)[i/n.size], n.linear.Row(i))
	}
	n.between = make([][]float64, sets)
	for g := range sets {
		for h := range sets {
			d := floats.Distance(n.mean.Row(g), n.mean.Row(h), 2)
			n.between[g] = append(n.between[g], d*d)
		}
	}
}

// rows finds the neighbours of rows lo to hi-1 from their products with all rows.
func (n *neighbourSearch) rows(lo, hi int, dots []float32) error {
	var all sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), hi-lo)
	bad := make([]error, workers)
	for worker := range workers {
		all.Go(func() {
			dist := make([]float64, n.N)
			for i := lo + worker; i < hi && bad[worker] == nil; i += workers {
				bad[worker] = n.row(i, dots[(i-lo)*n.N:(i-lo+1)*n.N], dist)
			}
		})
	}
	all.Wait()
	return cmp.Or(bad...)
}

// row finds the neighbours of one. dist has room for a number per row.
func (n *neighbourSearch) row(i int, dots []float32, dist []float64) error {
	k, g := n.nb.K, i/n.size
	nearest := make([]float64, 0, k+1) // the k smallest distances, rising
	limit := math.Inf(1)
	for h := range n.mean.N {
		base := n.between[g][h] + n.square[i] + 2*n.linear.Row(i)[h]
		for j := h * n.size; j < (h+1)*n.size; j++ {
			d := base + n.square[j] + 2*n.linear.Data[j*n.mean.N+g] - 2*float64(dots[j])
			dist[j] = d
			if !(d >= limit) && j != i {
				at, _ := slices.BinarySearch(nearest, d)
				if nearest = slices.Insert(nearest, at, d); len(nearest) > k {
					nearest = nearest[:k]
				}
				if len(nearest) == k {
					limit = nearest[k-1]
				}
			}
		}
	}
	// Two distances may be off: each by 2 w.v, gamma_(d+4) of |w||v| with two roundings of each
	// factor's numbers, and by float64's rounding of the rest, a sum of ten terms.
	limit += 4*similarityError(n.D)*math.Sqrt(n.square[i])*n.widest + 0x1p-45*float64(n.D)
	type candidate struct {
		j    int32
		dist float64
	}
	var list []candidate
	for j, d := range dist {
		if d <= limit && j != i {
			list = append(list, candidate{int32(j), floats.Distance(n.Row(i), n.Row(j), 2)})
		}
	}
	if len(list) < k {
		return fmt.Errorf("products of row %d on %s are not numbers", i, n.t.Device().Name())
	}
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.dist, b.dist), cmp.Compare(a.j, b.j)) })
	for q, c := range list[:k] {
		n.nb.Index[i*k+q], n.nb.Dist[i*k+q] = c.j, c.dist
	}
	return nil
}
