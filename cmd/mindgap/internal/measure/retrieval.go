package measure

import "mindgap/geometry"

// recalled is, for each query, its chance to have its partner among the k best when ties are
// broken at random.
func recalled(rk geometry.Ranking, k int) []float64 {
	out := make([]float64, len(rk.Above))
	for i := range out {
		out[i] = geometry.Ranking{Above: rk.Above[i : i+1], Tied: rk.Tied[i : i+1]}.Recall(k)
	}
	return out
}

// retrieval is what the ranks give beside R@1.
func retrieval(r *ranks) Retrieval {
	return Retrieval{
		R5AB: number(r.row.Recall(5)), R5BA: number(r.col.Recall(5)), R10AB: number(r.row.Recall(10)), R10BA: number(r.col.Recall(10)),
		MedianRankAB: number(r.row.MedianRank()), MedianRankBA: number(r.col.MedianRank()),
	}
}
