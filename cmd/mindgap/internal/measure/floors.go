package measure

import (
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"mindgap/geometry"
)

// floors are what random pairings of the same rows give.
func (m *measurer) floors(out *Pair, c *cross, est map[string]geometry.Estimate) {
	p := c.random
	if p == nil {
		return
	}
	mean := func(sums []float64) []float64 {
		v := append([]float64(nil), sums...)
		floats.Scale(1/float64(p.n), v)
		return v
	}
	cosine := mean(p.cosine)
	rmg := make([]float64, p.count)
	for r, v := range cosine {
		rmg[r] = relativeGap(v, est["cos_aa"].Value, est["cos_bb"].Value)
	}
	ab, ba := p.hits(c.ranks.best)
	put := func(key string, values []float64, high bool) {
		e := out.find(key)
		e.Floor = floor(values, float64(e.Value), high)
	}
	put("matched", cosine, true)
	put("rmg", rmg, false)
	put("l2i", mean(p.distance), false)
	put("alignment", mean(p.squared), false)
	put("r1_ab", ab, true)
	put("r1_ba", ba, true)
	for k := range out.InfoNCE {
		l := &out.InfoNCE[k]
		// The logsumexps do not know the pairing: only the mean of s x_i.y_i changes.
		base := float64(l.Loss) + l.LogitScale*stat.Mean(c.exact, nil)
		values := make([]float64, p.count)
		for r, v := range cosine {
			values[r] = base - l.LogitScale*v
		}
		l.Floor = floor(values, float64(l.Loss), false)
	}
}
