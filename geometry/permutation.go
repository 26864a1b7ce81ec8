package geometry

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// A Floor is what a statistic of pairs would be if the pairing told nothing: its law
// over random pairings of the same rows. Compare with this, not with 0.
type Floor struct {
	Mean, SD float64
	Lo, Hi   float64 // 2.5 % and 97.5 % quantiles
	P        float64 // (1 + pairings at least as large as observed)/(1 + pairings)
}

// PermutationFloor takes the statistic under reps random pairings: row i of the first
// set with row perm[i] of the second. observed is its value under the true pairing.
func PermutationFloor(n, reps int, seed uint64, observed float64, statistic func(perm []int) float64) (Floor, error) {
	const fn = "PermutationFloor"
	if n < 2 || reps < 2 {
		return Floor{}, errorf(fn, "%d pairs, %d pairings: want at least 2 of both", n, reps)
	}
	rng := rand.New(rand.NewPCG(seed, 0xf1002))
	v := make([]float64, reps)
	above := 0
	for r := range v {
		v[r] = statistic(rng.Perm(n))
		if math.IsNaN(v[r]) {
			return Floor{}, errorf(fn, "the statistic of a pairing is NaN")
		}
		if v[r] >= observed {
			above++
		}
	}
	f := Floor{P: float64(1+above) / float64(1+reps)}
	f.Mean, f.SD = stat.MeanStdDev(v, nil)
	slices.Sort(v)
	f.Lo = stat.Quantile(0.025, stat.LinInterp, v, nil)
	f.Hi = stat.Quantile(0.975, stat.LinInterp, v, nil)
	return f, nil
}

// MatchedFloor is the floor of MatchedCosine of unit rows. Its mean is the mean of all
// N^2 pairs.
func MatchedFloor(a, b Rows, reps int, seed uint64) (Floor, error) {
	observed, err := MatchedCosine(a, b)
	if err != nil {
		return Floor{}, err
	}
	return PermutationFloor(a.N, reps, seed, observed, func(perm []int) float64 {
		sum := 0.0
		for i, j := range perm {
			sum += floats.Dot(a.Row(i), b.Row(j))
		}
		return sum / float64(a.N)
	})
}
