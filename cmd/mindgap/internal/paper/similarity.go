package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// similarityRows is how many rows of a similarity matrix are held at once.
const similarityRows = 512

// similarities computes a b^T on the device and calls visit with every row of it. The rows
// of a and b have unit length.
func similarities(d *engine.Device, a, b geometry.Rows, visit func(i int, s []float32)) error {
	scope := d.Scope()
	defer scope.Close()
	x, y := scope.Upload(floats32(a.Data), a.N, a.D), scope.Upload(floats32(b.Data), b.N, b.D)
	block := scope.Floats(min(similarityRows, a.N), b.N)
	for lo := 0; lo < a.N; lo += similarityRows {
		hi := min(lo+similarityRows, a.N)
		s := block.SliceRows(0, hi-lo)
		kernels.MatMulNT(s, x.SliceRows(lo, hi), y)
		data, err := s.Floats()
		if err != nil {
			return err
		}
		for i := lo; i < hi; i++ {
			visit(i, data[(i-lo)*b.N:(i-lo+1)*b.N])
		}
	}
	return nil
}

// similarityError bounds the error of a product of two unit rows on a device: two roundings
// of each factor's numbers, and a sum of d products in any order; |x| |y| = 1 bounds the sum
// of the products' absolute values (Higham, section 3.1).
func similarityError(d int) float64 { return engine.Gamma(d + 4) }

// deviceNeighbours finds the k nearest other rows of unit rows. The device's products leave,
// for each row, the candidates that their error cannot exclude; float64 decides among them,
// so that every device gives the same neighbours: geometry.NearestNeighbours.
func deviceNeighbours(d *engine.Device, r geometry.Rows, k int) (*geometry.Neighbours, error) {
	nb := &geometry.Neighbours{N: r.N, K: k, Index: make([]int32, r.N*k), Dist: make([]float64, r.N*k)}
	window := 2 * similarityError(r.D)
	type candidate struct {
		j    int32
		dist float64
	}
	best := make([]float32, 0, r.N)
	var list []candidate
	bad := -1
	err := similarities(d, r, r, func(i int, s []float32) {
		best = append(append(best[:0], s[:i]...), s[i+1:]...)
		slices.SortFunc(best, func(a, b float32) int { return cmp.Compare(b, a) })
		least := float64(best[k-1]) - window
		list = list[:0]
		for j, v := range s {
			if j != i && float64(v) >= least {
				list = append(list, candidate{int32(j), floats.Distance(r.Row(i), r.Row(j), 2)})
			}
		}
		if len(list) < k {
			bad = i
			return
		}
		slices.SortFunc(list, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.dist, b.dist), cmp.Compare(a.j, b.j)) })
		for q, c := range list[:k] {
			nb.Index[i*k+q], nb.Dist[i*k+q] = c.j, c.dist
		}
	})
	if err == nil && bad >= 0 {
		err = fmt.Errorf("similarities of row %d on %s are not numbers", bad, d.Name())
	}
	return nb, err
}

// deviceRecall is R@1 of unit rows: how often a row's partner is the most similar of all
// rows of the other set. As above, float64 decides what the device's error leaves open.
func deviceRecall(d *engine.Device, a, b geometry.Rows) (float64, error) {
	rank := geometry.Ranking{Above: make([]int, a.N), Tied: make([]int, a.N)}
	window := 2 * similarityError(a.D)
	err := similarities(d, a, b, func(i int, s []float32) {
		own := floats.Dot(a.Row(i), b.Row(i))
		for j, v := range s {
			diff := float64(v) - float64(s[i])
			if j == i || diff < -window {
				continue
			}
			if diff <= window {
				diff = floats.Dot(a.Row(i), b.Row(j)) - own
			}
			switch {
			case diff > 0:
				rank.Above[i]++
			case diff == 0:
				rank.Tied[i]++
			}
		}
	})
	return rank.Recall(1), err
}

// deviceGap is the gap of two sets of unit rows, with the centroids by the device.
func deviceGap(d *engine.Device, a, b geometry.Rows) (g geometry.Gap, err error) {
	scope := d.Scope()
	defer scope.Close()
	var mean [2][]float64
	for k, r := range []geometry.Rows{a, b} {
		m := scope.Floats(r.D)
		kernels.Centroid(m, scope.Upload(floats32(r.Data), r.N, r.D))
		data, err := m.Floats()
		if err != nil {
			return g, err
		}
		for _, v := range data {
			mean[k] = append(mean[k], float64(v))
		}
	}
	g.NormA, g.NormB = floats.Norm(mean[0], 2), floats.Norm(mean[1], 2)
	g.CosMeans = floats.Dot(mean[0], mean[1]) / math.Max(g.NormA*g.NormB, 1e-300)
	g.Vector = mean[0]
	floats.Sub(g.Vector, mean[1])
	g.Distance = floats.Norm(g.Vector, 2)
	return g, nil
}

func floats32(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}
