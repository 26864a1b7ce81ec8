package measure

import (
	"maps"
	"math"

	"gonum.org/v1/gonum/stat"

	"mindgap/geometry"
)

// pair measures two modalities.
func (m *measurer) pair(rs *rowset, p *pairSums, a, b *withinMeasures) error {
	out := &Pair{A: m.in.modalities[p.a].name, B: m.in.modalities[p.b].name, N: m.scan.n, D: m.scan.d}
	m.res.Pairs = append(m.res.Pairs, out)
	est, err := m.moments(p)
	if err != nil {
		return err
	}
	c, err := m.pairsOf(rs, p)
	if err != nil {
		return err
	}
	est["uniformity_a"], est["uniformity_b"] = a.uniformity, b.uniformity
	right, err := m.separate(rs, p)
	if err != nil {
		return err
	}
	like, err := m.alike(rs, p)
	if err != nil {
		return err
	}
	maps.Copy(est, like.est)
	if est["hubness_ab"], err = m.hubness(c, &c.ranks.ofRow); err != nil {
		return err
	}
	if est["hubness_ba"], err = m.hubness(c, &c.ranks.ofCol); err != nil {
		return err
	}
	shares := map[string][]float64{
		"separability": rs.inFile(right), "r1_ab": c.rs.inFile(recalled(c.ranks.row, 1)), "r1_ba": c.rs.inFile(recalled(c.ranks.col, 1)),
	}
	for key, v := range shares {
		est[key] = geometry.Estimate{Value: stat.Mean(v, nil)}
	}
	if m.intervals() {
		if err = m.bootstrap(p, est, shares); err != nil {
			return err
		}
	}
	losses, err := m.losses(c)
	if err != nil {
		return err
	}
	for _, key := range Keys {
		v, ok := est[key.Name]
		if !ok { // it does not exist for such rows
			continue
		}
		e := Measure{Key: key.Name, Value: number(v.Value), Floor: like.floors[key.Name]}
		if m.intervals() && !math.IsNaN(v.Lo) {
			e.CI = interval(v)
		}
		out.Measures = append(out.Measures, e)
	}
	for k, s := range m.LogitScales {
		l := Loss{LogitScale: s, Loss: number(losses[k].Value)}
		if m.intervals() {
			losses[k].Lo = max(losses[k].Lo, 0) // it is never negative
			l.CI = interval(losses[k])
		}
		out.InfoNCE = append(out.InfoNCE, l)
	}
	out.Retrieval = retrieval(c.ranks)
	if !m.Core {
		m.floors(out, c, est)
		m.distributions(out, rs, p, c, a, b)
		for _, s := range like.spectra {
			if s != nil {
				out.Spectra = append(out.Spectra, *s)
			}
		}
	}
	m.warnPair(out, p, est)
	return nil
}

// intervals says whether there are any.
func (m *measurer) intervals() bool { return !m.Core && m.scan.n >= fewest }

func interval(e geometry.Estimate) *[2]number { return &[2]number{number(e.Lo), number(e.Hi)} }

// pairsOf makes the pass over all pairs: over the rows held, or, for exact tiles of what does
// not fit, over the files.
func (m *measurer) pairsOf(rs *rowset, p *pairSums) (*cross, error) {
	if m.Exact && !rs.all {
		return m.crossPass(m.tiles(), p)
	}
	return m.crossPass(rs, p)
}

// bootstrap replaces means over pairs of rows, and shares, by estimates with intervals.
func (m *measurer) bootstrap(p *pairSums, est map[string]geometry.Estimate, shares map[string][]float64) error {
	m.Progress.Start("intervals", 0, "")
	rows := m.goodRows()
	cosine, distance, squared := make([]float64, len(rows)), make([]float64, len(rows)), make([]float64, len(rows))
	for k, i := range rows {
		cosine[k], distance[k], squared[k] = p.cosine[i], math.Sqrt(p.distance[i]), p.distance[i]
	}
	var err error
	for key, v := range map[string][]float64{"matched": cosine, "l2i": distance, "alignment": squared} {
		if est[key], err = m.mean(v); err != nil {
			return err
		}
	}
	for key, v := range shares {
		if est[key], err = m.share(v); err != nil {
			return err
		}
	}
	return nil
}

// losses is InfoNCE at every logit scale.
func (m *measurer) losses(c *cross) ([]geometry.Estimate, error) {
	group := make([]int, c.rs.n)
	for i, r := range c.rs.order {
		group[i] = int(m.scan.group[r])
	}
	var out []geometry.Estimate
	for k, l := range c.lse {
		all, without := l.loss(m.LogitScales[k], c.target, group)
		e, err := m.jackknife(func(keep []int) []float64 {
			if g := m.missing(keep); g >= 0 {
				return without[g : g+1]
			}
			return []float64{all}
		})
		if err != nil {
			return nil, err
		}
		out = append(out, e[0])
	}
	return out, nil
}

// distributions are the cosines of pairs within and between, and the spectra.
func (m *measurer) distributions(out *Pair, rs *rowset, p *pairSums, c *cross, a, b *withinMeasures) {
	reach := m.reach(p.a, p.b)
	matched := make([]float64, 0, m.scan.n)
	for _, i := range m.goodRows() {
		matched = append(matched, p.cosine[i])
	}
	out.Cosines = []*Distribution{a.cosines, b.cosines, describeValues("matched", matched, -reach, reach)}
	if c.others != nil {
		out.Cosines = append(out.Cosines, describe("mismatched", c.others.Histogram))
	}
	out.projections = m.projections(rs, p)
}
