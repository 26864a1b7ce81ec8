package paper

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// fig1Numbers is a row of the table `gap`: what is computed twice, on the device and in
// float64.
type fig1Numbers struct {
	Gap, NormA, NormB, CosMeans           float64
	WithinA, WithinB                      float64
	Matched, Mismatched, RecallA, RecallB float64
}

// list gives the numbers with their names in the table.
func (n fig1Numbers) list() ([]string, []float64) {
	return []string{"gap", "norm_mean_a", "norm_mean_b", "cos_means", "within_a", "within_b", "matched", "mismatched", "r1_ab", "r1_ba"},
		[]float64{n.Gap, n.NormA, n.NormB, n.CosMeans, n.WithinA, n.WithinB, n.Matched, n.Mismatched, n.RecallA, n.RecallB}
}

// fig1Shape is how the two sets lie: along the gap, in the spectrum, among neighbours.
type fig1Shape struct {
	Separation geometry.Separation
	PC1Gap     float64 // |cos(PC1, gap)| of the stacked rows
	Explained  float64 // share of the variance along PC1
	SVD        *geometry.SVDView
	Purity     float64 // share of the 14 nearest neighbours of the same modality
	Components int     // of the graph of these neighbours
	Cones      [2]fig1Cone
}

// fig1Cone describes the cosines within a modality.
type fig1Cone struct{ Mean, SD, Min, Max float64 }

// fig1Bins is the number of bins in which the device counts cosines to find their extremes.
const fig1Bins = 256

// measure takes all numbers, and gives the neighbours, which the picture needs.
func (p *fig1Panel) measure(ctx context.Context, d *engine.Device) (nb *geometry.Neighbours, err error) {
	if err := p.onDevice(d); err != nil {
		return nil, err
	}
	if err := p.exactly(); err != nil {
		return nil, err
	}
	s := d.Scope()
	defer s.Close()
	if nb, err = deviceNeighbours(ctx, newClusters(s, geometry.Stack(p.A, p.B), p.A.N), fig1Neighbours, func(float64) {}); err != nil {
		return nil, err
	}
	if p.Shape.Purity, err = nb.Purity(p.labels()); err != nil {
		return nil, err
	}
	_, p.Shape.Components = nb.Components()
	return nb, nil
}

func (p *fig1Panel) onDevice(d *engine.Device) error {
	s := d.Scope()
	defer s.Close()
	n := &p.Device
	for k, r := range []geometry.Rows{p.A, p.B} {
		x := s.Upload(float32s(r.Data), r.N, r.D)
		within, err := kernels.AllPairsCosine(x)
		if err != nil {
			return err
		}
		h, err := kernels.CosineHistogram(x, -1, 1, fig1Bins)
		if err != nil {
			return err
		}
		pairs := float64(r.N) * float64(r.N-1)
		p.Shape.Cones[k] = fig1Cone{within.Mean, math.Sqrt(within.Variance * pairs / (pairs - 1)), h.Min, h.Max}
	}
	cross, err := kernels.CrossPairsCosine(s.Upload(float32s(p.A.Data), p.A.N, p.A.D), s.Upload(float32s(p.B.Data), p.B.N, p.B.D))
	if err != nil {
		return err
	}
	gap, err := deviceGap(d, p.A, p.B)
	if err != nil {
		return err
	}
	n.Gap, n.NormA, n.NormB, n.CosMeans = gap.Distance, gap.NormA, gap.NormB, gap.CosMeans
	n.WithinA, n.WithinB = p.Shape.Cones[0].Mean, p.Shape.Cones[1].Mean
	n.Matched, n.Mismatched = cross.Matched, cross.Unmatched
	if n.RecallA, err = deviceRecall(d, p.A, p.B); err != nil {
		return err
	}
	n.RecallB, err = deviceRecall(d, p.B, p.A)
	return err
}

// exactly computes the same numbers in float64, and the shape.
func (p *fig1Panel) exactly() error {
	n := &p.Exact
	gap, err := geometry.CentroidGap(p.A, p.B)
	if err != nil {
		return err
	}
	n.Gap, n.NormA, n.NormB, n.CosMeans = gap.Distance, gap.NormA, gap.NormB, gap.CosMeans
	for _, m := range []struct {
		to *float64
		by func() (float64, error)
	}{
		{&n.WithinA, func() (float64, error) { return geometry.WithinCosine(p.A) }},
		{&n.WithinB, func() (float64, error) { return geometry.WithinCosine(p.B) }},
		{&n.Matched, func() (float64, error) { return geometry.MatchedCosine(p.A, p.B) }},
		{&n.Mismatched, func() (float64, error) { return geometry.MismatchedCosine(p.A, p.B) }},
		{&n.RecallA, func() (float64, error) { return recallAt1(p.A, p.B) }},
		{&n.RecallB, func() (float64, error) { return recallAt1(p.B, p.A) }},
	} {
		if *m.to, err = m.by(); err != nil {
			return err
		}
	}
	direction, err := gap.Direction()
	if err != nil {
		return err
	}
	s := &p.Shape
	s.Separation = geometry.SeparateAlong(p.A, p.B, direction, nil)
	pca, err := geometry.FitPCA(geometry.Stack(p.A, p.B), 2)
	if err != nil {
		return err
	}
	s.PC1Gap, s.Explained = math.Abs(floats.Dot(pca.Components.Row(0), direction)), pca.Ratio[0]
	s.SVD, err = geometry.UncentredSVD(p.A, p.B)
	return err
}

func recallAt1(a, b geometry.Rows) (float64, error) {
	rank, err := geometry.Rank(a, b)
	if err != nil {
		return 0, err
	}
	return rank.Recall(1), nil
}
