package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// alike is what the products of the rows held tell: over how many directions either modality
// spreads, how alike the two are up to a rotation, and what a rotation leaves of the gap.
type alike struct {
	spectra [2]*Spectrum
	est     map[string]geometry.Estimate
	floors  map[string]*Floor
}

// widest is the largest width of rows of which products are taken: the time of what follows
// them grows as d^3.
const widest = 2048

// alike measures the rows held. There is nothing to say of rows that all coincide.
func (m *measurer) alike(rs *rowset, p *pairSums) (*alike, error) {
	out := &alike{est: map[string]geometry.Estimate{}, floors: map[string]*Floor{}}
	if rs.d > widest {
		m.res.warn("wide rows", wideText("spectra, CKA and Procrustes", widest))
		return out, nil
	}
	m.Progress.Start("products of "+m.in.modalities[p.a].name+" and "+m.in.modalities[p.b].name, 0, "")
	x := &paired{rs, p, m.onDevice(rs, p.a), m.onDevice(rs, p.b)}
	all, err := m.productsOf(x, span{0, rs.n})
	if err != nil {
		return nil, err
	}
	if !m.scatter(p, all) {
		return out, nil
	}
	if err := m.cka(out, x, all); err != nil {
		return nil, err
	}
	if err := m.procrustes(out, x, all); err != nil {
		return nil, err
	}
	if !m.Core {
		for k, set := range []int{p.a, p.b} {
			gram, sum := all.aa, all.a
			if k == 1 {
				gram, sum = all.bb, all.b
			}
			if out.spectra[k], err = m.spectrum(centred64(gram, all.n, sum, sum), rs.n, set); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// scatter reports whether the rows of both modalities differ by more than float64's rounding of
// their norms.
func (m *measurer) scatter(pair *pairSums, p *products) bool {
	for _, k := range []struct {
		gram geometry.Rows
		sum  []float64
		set  int
	}{{p.aa, p.a, pair.a}, {p.bb, p.b, pair.b}} {
		trace, size := 0.0, 0.0
		for i := range k.gram.N {
			trace += k.gram.Row(i)[i] - k.sum[i]*k.sum[i]/p.n
		}
		for _, s := range m.scan.sets[k.set].square {
			size += s / float64(m.scan.n)
		}
		if !(trace/p.n > 1e-24*size) {
			return false
		}
	}
	return true
}

// only is an estimate without an interval.
func only(v float64) geometry.Estimate {
	return geometry.Estimate{Value: v, Lo: math.NaN(), Hi: math.NaN()}
}

// cka is linear centred kernel alignment, its jackknife, and the law of it over all pairings of
// the same rows, which needs no pairing to be drawn.
func (m *measurer) cka(out *alike, x *paired, all *products) error {
	value, err := all.cka()
	if err != nil {
		return err
	}
	out.est["cka"] = only(value)
	if m.Core {
		return nil
	}
	if m.intervals() {
		e, err := m.withoutSegments(x, all, func(p *products) ([]float64, error) {
			v, err := p.cka()
			return []float64{v}, err
		})
		if err != nil {
			return err
		}
		out.est["cka"] = e[0]
	}
	if x.rs.n < fewest {
		return nil
	}
	f, err := geometry.CKAFloor(x.rs.n, value, m.sideOf(x.rs, x.p.a, all.aa, all.a), m.sideOf(x.rs, x.p.b, all.bb, all.b))
	if err != nil {
		return err
	}
	out.floors["cka"] = &Floor{Mean: f.Mean, Lo: f.Lo, Hi: f.Hi, P: f.P, Rows: x.rs.n}
	return nil
}

func (p *products) cka() (float64, error) {
	norm := func(m geometry.Rows, a, b []float64) float64 { return floats.Norm(centred64(m, p.n, a, b).Data, 2) }
	return geometry.CKAFromNorms(norm(p.ab, p.a, p.b), norm(p.aa, p.a, p.a), norm(p.bb, p.b, p.b))
}

// sideOf is one modality's part in the law of CKA over pairings.
func (m *measurer) sideOf(rs *rowset, k int, gram geometry.Rows, sum []float64) geometry.CKASide {
	mean := append([]float64(nil), m.scan.sets[k].mean...)
	floats.AddScaled(mean, 1/float64(rs.n), sum)
	square := make([]float64, rs.n)
	parallel(rs.n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			square[i] = squaredDistance(rs.held[k][i*rs.d:(i+1)*rs.d], mean)
		}
	})
	side := geometry.CKASide{Norm: floats.Norm(centred64(gram, float64(rs.n), sum, sum).Data, 2)}
	for _, v := range square {
		side.Trace += v
		side.Fourth += v * v
	}
	return side
}

// withoutSegments is the jackknife of what products give: rows of a group lie side by side, so
// each group's products are taken a second time and left out.
func (m *measurer) withoutSegments(x *paired, all *products, stat func(*products) ([]float64, error)) ([]geometry.Estimate, error) {
	var failure error
	e, err := m.jackknife(func(keep []int) []float64 {
		if failure == nil {
			failure = m.ctx.Err()
		}
		rest, without := all, m.missing(keep)
		for _, seg := range x.rs.segs {
			if failure == nil && seg.group == without {
				var some *products
				if some, failure = m.productsOf(x, seg.span); failure == nil {
					rest = newProducts(x.rs.d)
					rest.add(1, all)
					rest.add(-1, some)
				}
			}
		}
		var v []float64
		if failure == nil {
			v, failure = stat(rest)
		}
		if failure != nil {
			return []float64{math.NaN()}
		}
		return v
	})
	if failure != nil {
		return nil, failure
	}
	return e, err
}
