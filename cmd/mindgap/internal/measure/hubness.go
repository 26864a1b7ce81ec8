package measure

import "mindgap/geometry"

// hubsOf is how many best candidates of a query count for hubness; hubsSpare of them more are
// listed where the jackknife leaves candidates out.
const (
	hubsOf    = 10
	hubsSpare = 6
)

// hubness is the skewness of how often a candidate is among the ten best of a query, with the
// interval of leaving out each group, as queries and as candidates. The lists reach for this
// unless more than hubsSpare of a query's best are of one group.
func (m *measurer) hubness(c *cross, l *lists) (geometry.Estimate, error) {
	group := func(place int) int { return int(m.scan.group[c.rs.order[place]]) }
	e, err := m.jackknife(func(keep []int) []float64 {
		without, counts := m.missing(keep), make([]int, c.rs.n)
		for q := range c.rs.n {
			if without >= 0 && group(q) == without {
				continue
			}
			listed := 0
			for _, j := range l.index[q*l.m : (q+1)*l.m] {
				if j < 0 || listed == hubsOf {
					break
				}
				if without < 0 || group(int(j)) != without {
					counts[j]++
					listed++
				}
			}
		}
		if without >= 0 {
			kept := counts[:0]
			for j, n := range counts {
				if group(j) != without {
					kept = append(kept, n)
				}
			}
			counts = kept
		}
		return []float64{geometry.SkewnessOfCounts(counts)}
	})
	if err != nil {
		return geometry.Estimate{}, err
	}
	return e[0], nil
}
