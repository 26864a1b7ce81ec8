package measure

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"mindgap/kernels"
)

// rotations is how many random pairings the floor of Procrustes has: each takes a rotation of
// its own.
const rotations = 20

// widestRotations is the largest width of rows for which the jackknife and the floor of
// Procrustes are taken, some forty rotations.
const widestRotations = 1024

var procrustesKeys = []string{"procrustes_gap", "procrustes_matched"}

// procrustes is the gap of the centroids, and the mean cosine of partners, when the rows of the
// second modality are turned by the rotation W that brings them nearest to their partners, fitted
// on the same rows: the paper's amendment (Section 4.4). A rotation of d x d numbers also brings
// rows together that are paired at random: compare with the floor.
func (m *measurer) procrustes(out *alike, x *paired, all *products) error {
	stat := func(p *products) ([]float64, error) { return m.turned(p, x.p) }
	v, err := stat(all)
	if err != nil {
		return err
	}
	for k, key := range procrustesKeys {
		out.est[key] = only(v[k])
	}
	switch {
	case m.Core || x.rs.n < fewest:
		return nil
	case x.rs.d > widestRotations:
		m.res.warn("wide rows", wideText("intervals and floors of Procrustes", widestRotations))
		return nil
	}
	m.Progress.Start("rotations", 0, "")
	e, err := m.withoutSegments(x, all, stat)
	if err != nil {
		return err
	}
	for k, key := range procrustesKeys {
		out.est[key] = e[k]
	}
	return m.turnedAtRandom(out, x, all, v)
}

// turned is |mean x - W mean y| and the mean of x_i . W y_i, which is the sum of the singular
// values of sum x_i y_i^T over n.
func (m *measurer) turned(p *products, pair *pairSums) ([]float64, error) {
	cross, meanA, meanB := p.raw(m.scan.sets[pair.a].mean, m.scan.sets[pair.b].mean)
	w, err := rotation(m.ctx, m.Device, cross)
	if err != nil {
		return nil, err
	}
	return []float64{floats.Distance(meanA, times(w, meanB), 2), floats.Dot(w.Data, cross.Data) / p.n}, nil
}

// turnedAtRandom is the same for random pairings of the rows.
func (m *measurer) turnedAtRandom(out *alike, x *paired, all *products, observed []float64) error {
	const chunk = 1024
	rng := rand.New(rand.NewPCG(m.Seed, 0x2074))
	var values [2][]float64
	s := m.Device.Scope()
	defer s.Close()
	_, table := x.rows(0, x.rs.n)
	some, g := s.Floats(min(chunk, x.rs.n), table.Cols()), s.Floats(x.rs.d, x.rs.d)
	part := make([]float32, x.rs.d*x.rs.d)
	for range rotations {
		p := newProducts(x.rs.d)
		p.n, p.a, p.b = all.n, all.a, all.b
		perm := make([]int32, x.rs.n)
		for i, j := range rng.Perm(x.rs.n) {
			perm[i] = int32(j)
		}
		for lo := 0; lo < x.rs.n; lo += chunk {
			if err := m.ctx.Err(); err != nil {
				return err
			}
			hi := min(lo+chunk, x.rs.n)
			t := m.Device.Scope()
			u, _ := x.rows(lo, hi)
			kernels.GatherRows(some.SliceRows(0, hi-lo), table, t.UploadInts(perm[lo:hi], hi-lo))
			kernels.MatMulTN(g, u, some.SliceRows(0, hi-lo))
			err := g.Read(part)
			t.Close()
			if err != nil {
				return err
			}
			for i, f := range part {
				p.ab.Data[i] += float64(f)
			}
		}
		v, err := m.turned(p, x.p)
		if err != nil {
			return err
		}
		values[0], values[1] = append(values[0], v[0]), append(values[1], v[1])
	}
	out.floors["procrustes_gap"] = floor(values[0], observed[0], false, x.rs.n)
	out.floors["procrustes_matched"] = floor(values[1], observed[1], true, x.rs.n)
	for k, key := range procrustesKeys { // of so few, all of them
		out.floors[key].Lo, out.floors[key].Hi = floats.Min(values[k]), floats.Max(values[k])
	}
	return nil
}
