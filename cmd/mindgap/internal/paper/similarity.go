package paper

import (
	"math"

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
	x, y := scope.Upload(float32s(a.Data), a.N, a.D), scope.Upload(float32s(b.Data), b.N, b.D)
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
		kernels.Centroid(m, scope.Upload(float32s(r.Data), r.N, r.D))
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
