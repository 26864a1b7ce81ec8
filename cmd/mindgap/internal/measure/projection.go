package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// projections are the rows held of both modalities along the unit vector of the gap; nil
// where the centroids coincide.
func (m *measurer) projections(rs *rowset, p *pairSums) []*Distribution {
	u := make([]float64, rs.d)
	floats.SubTo(u, m.scan.sets[p.a].mean, m.scan.sets[p.b].mean)
	norm := floats.Norm(u, 2)
	if norm == 0 {
		return nil
	}
	floats.Scale(1/norm, u)
	var values [2][]float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for k, set := range []int{p.a, p.b} {
		values[k] = make([]float64, rs.n)
		parallel(rs.n, func(from, to int) {
			for i := from; i < to; i++ {
				values[k][i] = floats.Dot(rs.held[set][i*rs.d:(i+1)*rs.d], u)
			}
		})
		lo, hi = min(lo, floats.Min(values[k])), max(hi, floats.Max(values[k]))
	}
	if lo == hi {
		return nil
	}
	return []*Distribution{
		describeValues(m.in.modalities[p.a].name, values[0], lo, hi), describeValues(m.in.modalities[p.b].name, values[1], lo, hi),
	}
}
