package geometry

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
)

func TestRankingTies(t *testing.T) {
	same := Zeros(10, 3)
	for i := range same.N {
		same.Row(i)[1] = 1
	}
	r := must(Rank(same, same))
	near(t, "R@1 of a collapsed encoder", r.Recall(1), 0.1, 1e-15)
	near(t, "R@5", r.Recall(5), 0.5, 1e-15)
	near(t, "median rank", r.MedianRank(), 5.5, 1e-15)
	a, b := cloud(50, 4, 1), cloud(50, 4, 2)
	rk := must(Rank(a, b))
	near(t, "from ranks", RecallFromRanks(rk.Above, 5), rk.Recall(5), 1e-15)
	if rk.Recall(1) > rk.Recall(5) || rk.Recall(50) != 1 {
		t.Errorf("recalls %v %v %v", rk.Recall(1), rk.Recall(5), rk.Recall(50))
	}
	h := must(Hubs(a, b, 3))
	sum := 0
	for _, c := range h {
		sum += c
	}
	if sum != 150 {
		t.Errorf("k-occurrences sum to %d, want 150", sum)
	}
	near(t, "skewness", SkewnessOfCounts([]int{0, 0, 0, 4}), 2/math.Sqrt(3), 1e-12)
}

func TestNeighboursAgainstSorting(t *testing.T) {
	a := cloud(90, 5, 8)
	nb := must(NearestNeighbours(a, 7))
	for i := range a.N {
		order := make([]int32, 0, a.N)
		d := make([]float64, a.N)
		for j := range a.N {
			d[j] = floats.Distance(a.Row(i), a.Row(j), 2)
			if j != i {
				order = append(order, int32(j))
			}
		}
		slices.SortFunc(order, func(p, q int32) int {
			if d[p] < d[q] {
				return -1
			}
			return 1
		})
		idx, dist := nb.Of(i)
		if !slices.Equal(idx, order[:7]) {
			t.Fatalf("row %d: %v, want %v", i, idx, order[:7])
		}
		near(t, "distance", dist[6], d[idx[6]], 1e-14)
	}
}
