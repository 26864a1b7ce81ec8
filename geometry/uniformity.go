package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Alignment is mean_i |x_i - y_i|^2 over the N matched pairs of unit rows
// (Wang and Isola 2020, alpha = 2): 2 - 2 MatchedCosine.
func Alignment(a, b Rows) (float64, error) {
	if err := checkPaired("Alignment", 1, a, b); err != nil {
		return 0, err
	}
	sum := 0.0
	for i := range a.N {
		d := floats.Distance(a.Row(i), b.Row(i), 2)
		sum += d * d
	}
	return sum / float64(a.N), nil
}

// Uniformity is log mean exp(-2 |x_i - x_j|^2) over the pairs i < j of unit rows
// (Wang and Isola 2020, t = 2): 0 for a single point, about -4 for rows spread
// evenly over a sphere of many dimensions. One row has no pairs: an error.
func Uniformity(a Rows) (float64, error) {
	if err := check("Uniformity", 2, a); err != nil {
		return 0, err
	}
	n := float64(a.N)
	return math.Log(gaussSum(a, a) / (n * (n - 1))), nil
}

// CrossUniformity is log mean exp(-2 |x_i - y_j|^2) over the N(N-1) pairs i != j.
func CrossUniformity(a, b Rows) (float64, error) {
	if err := checkPaired("CrossUniformity", 2, a, b); err != nil {
		return 0, err
	}
	n := float64(a.N)
	return math.Log(gaussSum(a, b) / (n * (n - 1))), nil
}

// gaussSum is the sum of exp(-2 |a_i - b_j|^2) over i != j.
func gaussSum(a, b Rows) float64 {
	na, nb := squaredNorms(a), squaredNorms(b)
	rows := make([]float64, a.N)
	dotBlocks(a, b, func(lo, hi int, g []float64) {
		parallel(hi-lo, func(from, to int) {
			for k := from; k < to; k++ {
				i, sum := lo+k, 0.0
				for j, dot := range g[k*b.N : (k+1)*b.N] {
					if i != j {
						sum += math.Exp(-2 * math.Max(0, na[i]+nb[j]-2*dot))
					}
				}
				rows[i] = sum
			}
		})
	})
	return floats.Sum(rows)
}
