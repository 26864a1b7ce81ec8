package paper

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// identities holds the embeddings and the kernels against four identities (EXPERIMENTS.md, Part 2, item
// 22): |x-y|^2 = 2(1-cos), gap^2 = |m_I|^2 + |m_T|^2 - 2 m_I.m_T, mean cosine of all pairs =
// |mean|^2, and the loss of identical embeddings = ln N.
func (r *statsRun) identities(e *Env, set *featureSet) error {
	var chord worstShare
	for i := range set.A.N {
		x, y := set.A.Row(i), set.B.Row(i)
		d := floats.Distance(x, y, 2)
		chord.see(d*d, 2*(1-floats.Dot(x, y)), 1)
	}
	gap, err := geometry.CentroidGap(set.A, set.B)
	if err != nil {
		return err
	}
	law := gap.NormA*gap.NormA + gap.NormB*gap.NormB - 2*gap.NormA*gap.NormB*gap.CosMeans
	mean, loss, err := identitiesOn(e.Device, set.A)
	if err != nil {
		return err
	}
	cosine := 2*engine.U + engine.U*engine.U + engine.Gamma(set.A.D+1)*(1+3*engine.U)
	bound := lossBound(e.Device.Caps().Math, shiftBatch, set.A.D, identityScale, engine.U)
	r.claim(
		checkAtMost("chord", "The squared distance of partners is 2(1-cos): the largest difference.", float64(chord), 1e-12),
		checkAtMost("law-of-cosines", "The squared gap is |m_I|^2 + |m_T|^2 - 2 m_I.m_T: the difference.", math.Abs(gap.Distance*gap.Distance-law), 1e-12),
		checkAtMost("mean-cosine", "The mean of all cosines, from the device's product of matrices, is the squared length of the mean: the difference as a share of its bound.", math.Abs(mean-gap.NormA*gap.NormA)/cosine, 1),
		checkAtMost("identical", "The device's loss of 50 identical embeddings is ln 50: the difference as a share of its bound.", math.Abs(loss-math.Log(shiftBatch))/bound, 1))
	return nil
}

const identityScale = 100

// identitiesOn computes on the device the mean cosine of all pairs of rows, a row with
// itself included, and the loss of 50 copies of the first row.
func identitiesOn(d *engine.Device, a geometry.Rows) (mean, loss float64, err error) {
	s := d.Scope()
	defer s.Close()
	x, gram := s.Upload(float32s(a.Data), a.N, a.D), s.Floats(a.N, a.N)
	kernels.MatMulNT(gram, x, x)
	cosines, err := gram.Floats()
	if err != nil {
		return 0, 0, err
	}
	same := make([]float64, 0, shiftBatch*a.D)
	for range shiftBatch {
		same = append(same, a.Row(0)...)
	}
	rows := geometry.Rows{N: shiftBatch, D: a.D, Data: same}
	losses, err := pointLosses(d, identityScale, [][2]geometry.Rows{{rows, rows}})
	if err != nil {
		return 0, 0, err
	}
	return meanOf(cosines), losses[0], nil
}
