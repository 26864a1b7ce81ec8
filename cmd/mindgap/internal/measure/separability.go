package measure

import (
	"mindgap/engine"
	"mindgap/geometry"
)

// separate is the separability of the rows held, whatever the pairs are taken from.
func (m *measurer) separate(rs *rowset, p *pairSums) ([]float64, error) {
	s := m.Device.Scope()
	defer s.Close()
	var u [2]*engine.Tensor
	for k, set := range []int{p.a, p.b} {
		u[k] = m.onDevice(rs, set).t.SliceCols(0, rs.d)
	}
	return m.separability(s, rs, u, p)
}

// separability is, for every pair of rows, the share of the two that a decision fitted
// without their fold puts on their own side; a decision of 0 counts half.
func (m *measurer) separability(s *engine.Scope, rs *rowset, u [2]*engine.Tensor, p *pairSums) ([]float64, error) {
	folds := min(5, rs.n)
	fold, err := geometry.DealGroups(rs.n, folds, m.Seed+1)
	if err != nil {
		return nil, err
	}
	m.Progress.Start("separability", 0, "")
	l := newLogistic(s, u, [2][]float64{m.scan.sets[p.a].mean, m.scan.sets[p.b].mean}, fold, folds)
	at, err := minimise(m.ctx, l.folds, l.d+1, l.train, l.evaluate)
	if err != nil {
		return nil, err
	}
	if err := l.decide(at); err != nil {
		return nil, err
	}
	off := l.offset(at)
	right := make([]float64, rs.n)
	for i, f := range fold {
		for k, side := range []float64{1, -1} {
			switch t := side * (float64(l.zs[k][i*folds+f]) + off[k][f]); {
			case t > 0:
				right[i] += 0.5
			case t == 0:
				right[i] += 0.25
			}
		}
	}
	return right, nil
}
