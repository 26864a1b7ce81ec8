package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Gap is where two modalities' centroids lie: Delta = mean x_i - mean y_i
// (Section 4.2 of the paper).
type Gap struct {
	Vector       []float64 // Delta, D numbers
	Distance     float64   // |Delta|
	NormA, NormB float64   // |mean x_i|, |mean y_i|
	CosMeans     float64   // cosine between the two centroids; 0 where one of them is 0
}

// CentroidGap measures the gap of unit rows a and b. They need not be paired, nor
// as many.
func CentroidGap(a, b Rows) (Gap, error) {
	if err := check("CentroidGap", 1, a, b); err != nil {
		return Gap{}, err
	}
	ma, mb := a.Mean(), b.Mean()
	g := Gap{Vector: make([]float64, a.D), NormA: floats.Norm(ma, 2), NormB: floats.Norm(mb, 2)}
	floats.SubTo(g.Vector, ma, mb)
	g.Distance = floats.Norm(g.Vector, 2)
	if p := g.NormA * g.NormB; p > 0 {
		g.CosMeans = floats.Dot(ma, mb) / p
	}
	return g, nil
}

// Direction is u = Delta / |Delta|, along which the authors' code shifts. It is an
// error for centroids that coincide.
func (g Gap) Direction() ([]float64, error) {
	if g.Distance == 0 {
		return nil, errorf("Direction", "the centroids coincide: the gap has no direction")
	}
	u := append([]float64(nil), g.Vector...)
	for i := range u {
		u[i] /= g.Distance
	}
	return u, nil
}

// GapMatrix is the gap distances between several modalities, G[k][l] = |mean_k - mean_l|.
func GapMatrix(sets ...Rows) ([][]float64, error) {
	if err := check("GapMatrix", 1, sets...); err != nil {
		return nil, err
	}
	g := make([][]float64, len(sets))
	means := make([][]float64, len(sets))
	for k, s := range sets {
		g[k], means[k] = make([]float64, len(sets)), s.Mean()
		for l := range k {
			g[k][l] = floats.Distance(means[k], means[l], 2)
			g[l][k] = g[k][l]
		}
	}
	return g, nil
}

// L2M is the distance of the means, |mean x_i - mean y_i|: the gap distance under
// the name of Schrodi et al., Two Effects, One Trigger (ICLR 2025).
func L2M(a, b Rows) (float64, error) {
	g, err := CentroidGap(a, b)
	return g.Distance, err
}

// L2I is the instance-wise distance, mean_i |x_i - y_i| over the matched pairs
// (Schrodi et al., ICLR 2025).
func L2I(a, b Rows) (float64, error) {
	if err := checkPaired("L2I", 1, a, b); err != nil {
		return 0, err
	}
	sum := 0.0
	for i := range a.N {
		sum += floats.Distance(a.Row(i), b.Row(i), 2)
	}
	return sum / float64(a.N), nil
}

// PerDimension is Delta_k^2 / |Delta|^2: the share of each coordinate in the squared
// gap. A few coordinates carry most of it in trained models (Schrodi et al.).
func (g Gap) PerDimension() []float64 {
	out := make([]float64, len(g.Vector))
	if g.Distance == 0 {
		return out
	}
	for k, v := range g.Vector {
		out[k] = math.Pow(v/g.Distance, 2)
	}
	return out
}
