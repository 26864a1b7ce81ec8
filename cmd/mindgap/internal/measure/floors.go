package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"mindgap/geometry"
)

// floors are what random pairings of the same rows give. Where the rows of the pass over pairs
// are a sample, measures of all rows get the floor of all rows: see whole.
func (m *measurer) floors(out *Pair, c *cross, est map[string]geometry.Estimate) {
	p := c.random
	mean := func(sums []float64) []float64 {
		v := append([]float64(nil), sums...)
		floats.Scale(1/float64(p.n), v)
		return v
	}
	cosine := mean(p.cosine)
	ab, ba := p.hits(c.ranks)
	put := func(key string, values []float64, high bool) {
		e := out.find(key)
		e.Floor = floor(values, float64(e.Value), high, p.n)
	}
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
		l.Floor = floor(values, float64(l.Loss), false, p.n)
	}
	all := m.whole(c, cosine, mean(p.distance), mean(p.squared))
	rmg := make([]float64, p.count)
	for r, v := range all.cosine {
		rmg[r] = relativeGap(v, est["cos_aa"].Value, est["cos_bb"].Value)
	}
	put("matched", all.cosine, true)
	put("rmg", rmg, false)
	put("l2i", all.distance, false)
	put("alignment", all.squared, false)
}

// pairingMeans are means over the pairs of random pairings.
type pairingMeans struct{ cosine, distance, squared []float64 }

// whole turns means over pairings of a sample of the rows into those of all rows: their spread
// falls as the square root of the rows (it is sum_ij d_ij^2 / (n^2 (n-1)), d_ij the value of a
// pair less the means of its row and column, for a mean of n), and their centre is the mean over
// all pairs, which for cosines and squared distances the centroids give exactly.
func (m *measurer) whole(c *cross, cosine, distance, squared []float64) pairingMeans {
	if c.rs.n == m.scan.n {
		return pairingMeans{cosine, distance, squared}
	}
	n := float64(m.scan.n)
	narrow := math.Sqrt(float64(c.rs.n-1) / (n - 1))
	move := func(v []float64, centre float64) []float64 {
		from, out := stat.Mean(v, nil), make([]float64, len(v))
		for i, x := range v {
			out[i] = centre + narrow*(x-from)
		}
		return out
	}
	norms := 0.0
	for _, k := range []int{c.a, c.b} {
		for _, s := range m.scan.sets[k].square {
			norms += s / n
		}
	}
	return pairingMeans{move(cosine, c.dot), move(distance, stat.Mean(distance, nil)), move(squared, norms-2*c.dot)}
}
