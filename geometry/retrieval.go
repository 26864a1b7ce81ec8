package geometry

import (
	"math"
	"slices"
)

// A Ranking says, for each query, how many candidates score above its partner and
// how many others score the same.
type Ranking struct{ Above, Tied []int }

// Rank scores every b_j for each query a_i by a_i . b_j, the partner being b_i.
// N^2 D multiplications. Rows are used as they lie; unit rows give the cosine.
func Rank(a, b Rows) (Ranking, error) {
	if err := checkPaired("Rank", 1, a, b); err != nil {
		return Ranking{}, err
	}
	rk := Ranking{Above: make([]int, a.N), Tied: make([]int, a.N)}
	dotBlocks(a, b, func(lo, hi int, g []float64) {
		parallel(hi-lo, func(from, to int) {
			for k := from; k < to; k++ {
				i, row := lo+k, g[k*b.N:(k+1)*b.N]
				for j, s := range row {
					switch {
					case s > row[i]:
						rk.Above[i]++
					case s == row[i] && j != i:
						rk.Tied[i]++
					}
				}
			}
		})
	})
	return rk, nil
}

// Recall is R@k: the share of queries whose partner is among the k best. A partner
// that ties with others counts with its chance of being among the k best when ties
// are broken at random, so that a collapsed encoder has R@1 = 1/N, neither 0 nor 1.
func (rk Ranking) Recall(k int) float64 {
	sum := 0.0
	for i, above := range rk.Above {
		sum += math.Max(0, math.Min(1, float64(k-above)/float64(rk.Tied[i]+1)))
	}
	return sum / float64(len(rk.Above))
}

// MedianRank is the median of the partners' ranks, 1 for the best, ties in the middle.
func (rk Ranking) MedianRank() float64 {
	r := make([]float64, len(rk.Above))
	for i, above := range rk.Above {
		r[i] = 1 + float64(above) + float64(rk.Tied[i])/2
	}
	slices.Sort(r)
	n := len(r)
	return (r[(n-1)/2] + r[n/2]) / 2
}

// RecallFromRanks is R@k for ranks that a device has counted: above[i] candidates
// better than the partner, ties left out.
func RecallFromRanks(above []int, k int) float64 {
	return Ranking{Above: above, Tied: make([]int, len(above))}.Recall(k)
}

// Hubs counts how often each b_j is among the k best of the queries a_i: N_k(j).
// Ties go to the smaller index.
func Hubs(a, b Rows, k int) ([]int, error) {
	if err := check("Hubs", 1, a, b); err != nil {
		return nil, err
	}
	if k < 1 || k > b.N {
		return nil, errorf("Hubs", "%d best of %d rows", k, b.N)
	}
	count := make([]int, b.N)
	top := newNearest(k)
	dotBlocks(a, b, func(lo, hi int, g []float64) {
		for q := range hi - lo {
			top.reset()
			for j, s := range g[q*b.N : (q+1)*b.N] {
				top.offer(int32(j), -s)
			}
			for _, e := range top.list {
				count[e.index]++
			}
		}
	})
	return count, nil
}

// SkewnessOfCounts is hubness: the third standardised moment of the k-occurrences,
// E (N_k - mean)^3 / sd^3 (Radovanovic et al. 2010). 0 where all are equal; well
// above 1 where a few rows are everybody's neighbour.
func SkewnessOfCounts(count []int) float64 {
	n := float64(len(count))
	mean, m2, m3 := 0.0, 0.0, 0.0
	for _, c := range count {
		mean += float64(c) / n
	}
	for _, c := range count {
		d := float64(c) - mean
		m2 += d * d / n
		m3 += d * d * d / n
	}
	if m2 == 0 {
		return 0
	}
	return m3 / math.Pow(m2, 1.5)
}
