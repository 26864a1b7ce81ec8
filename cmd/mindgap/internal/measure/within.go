package measure

import (
	"math"

	"mindgap/geometry"
)

// withinMeasures is what all pairs of rows of one modality give.
type withinMeasures struct {
	uniformity geometry.Estimate
	cosines    *Distribution
}

// within measures one modality. Exact tiles beyond memory serve the uniformity; what else is
// asked of all pairs is taken from the rows held.
func (m *measurer) within(rs *rowset, k int) (*withinMeasures, error) {
	w := &withinMeasures{}
	pairs := rs
	if m.Exact && !rs.all {
		pairs = m.tiles()
	}
	sums, err := m.gauss(pairs, k)
	if err != nil {
		return nil, err
	}
	if w.uniformity, err = sums.Jackknife(level, math.Log); err != nil {
		return nil, err
	}
	if m.Core {
		return w, nil
	}
	w.cosines, err = m.withinCosines(rs, k)
	return w, err
}
