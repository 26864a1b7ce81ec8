package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// kept is sums of two modalities over some groups of rows.
type kept struct {
	n                           float64
	a, b                        []float64 // of rows
	squareA, squareB            float64   // of squared norms
	cosine, distance, distance2 float64   // over matched pairs
}

// pairGroup is sums over the matched pairs of one group.
type pairGroup struct{ cosine, distance, distance2 float64 }

func (m *measurer) byGroup(p *pairSums) []pairGroup {
	out := make([]pairGroup, groups)
	for _, i := range m.goodRows() {
		g := &out[m.scan.group[i]]
		g.cosine += p.cosine[i]
		g.distance += math.Sqrt(p.distance[i])
		g.distance2 += p.distance[i]
	}
	return out
}

// sums adds up some groups.
func (m *measurer) sums(p *pairSums, by []pairGroup, keep []int) kept {
	x, y := m.scan.sets[p.a], m.scan.sets[p.b]
	k := kept{a: make([]float64, m.in.d), b: make([]float64, m.in.d)}
	for _, g := range keep {
		k.n += float64(x.count[g])
		floats.Add(k.a, x.sum[g])
		floats.Add(k.b, y.sum[g])
		k.squareA += x.square[g]
		k.squareB += y.square[g]
		k.cosine += by[g].cosine
		k.distance += by[g].distance
		k.distance2 += by[g].distance2
	}
	return k
}

// momentKeys are the names of what measures gives.
var momentKeys = []string{"gap", "rmg", "l2m", "l2i", "cos_aa", "cos_bb", "matched", "mismatched", "cos_means", "alignment", "centroid_share"}

// measures are geometry's CentroidGap, RMG, L2M, L2I, WithinCosine of both, MatchedCosine,
// MismatchedCosine, the cosine of the centroids and Alignment, in terms of sums.
func (k kept) measures() []float64 {
	within := func(sum []float64, square float64) float64 {
		return (floats.Dot(sum, sum) - square) / (k.n * (k.n - 1))
	}
	dot := floats.Dot(k.a, k.b)
	gap := floats.Distance(k.a, k.b, 2) / k.n
	aa, bb, matched := within(k.a, k.squareA), within(k.b, k.squareB), k.cosine/k.n
	return []float64{
		gap, relativeGap(matched, aa, bb), gap, k.distance / k.n, aa, bb, matched,
		(dot - k.cosine) / (k.n * (k.n - 1)), dot / (floats.Norm(k.a, 2) * floats.Norm(k.b, 2)), k.distance2 / k.n,
		gap * gap / (k.distance2 / k.n),
	}
}

// relativeGap is RMG of mean cosines.
func relativeGap(matched, aa, bb float64) float64 {
	p := (1 - matched) / 2
	return p / (p + ((1-aa)/2+(1-bb)/2)/2)
}

// moments measures what the scan's sums give, with intervals of the jackknife.
func (m *measurer) moments(p *pairSums) (map[string]geometry.Estimate, error) {
	by := m.byGroup(p)
	list, err := m.jackknife(func(keep []int) []float64 { return m.sums(p, by, keep).measures() })
	out := map[string]geometry.Estimate{}
	for k, e := range list {
		out[momentKeys[k]] = e
	}
	return out, err
}

// jackknife leaves out each group in turn; stat gets the groups that are kept.
func (m *measurer) jackknife(stat func(keep []int) []float64) ([]geometry.Estimate, error) {
	return geometry.Jackknife(m.groups, m.groups, level, m.Seed, func(keep []int) ([]float64, error) { return stat(keep), nil })
}

// missing is the group that keep, which rises, lacks; -1 where it lacks none.
func (m *measurer) missing(keep []int) int {
	for g, k := range keep {
		if k != g {
			return g
		}
	}
	if len(keep) < m.groups {
		return len(keep)
	}
	return -1
}

// mean is the mean of independent values: by bootstrap, or where so many values make its
// distribution normal, by the t interval.
func (m *measurer) mean(values []float64) (geometry.Estimate, error) {
	if len(values) > 20000 {
		return geometry.TInterval(values, level)
	}
	return geometry.BootstrapMean(values, level, resamples, m.Seed)
}

// share is mean for shares: where all values are 0, or all 1, a bootstrap sees no spread, and
// the interval is the exact one of a binomial law, up to 1 - (1-level)/2)^(1/n) from the end.
func (m *measurer) share(values []float64) (geometry.Estimate, error) {
	e, err := m.mean(values)
	if err != nil || e.Value > 0 && e.Value < 1 {
		return e, err
	}
	far := 1 - math.Pow((1-level)/2, 1/float64(len(values)))
	if e.Value == 0 {
		e.Hi = far
	} else {
		e.Lo = 1 - far
	}
	return e, nil
}
