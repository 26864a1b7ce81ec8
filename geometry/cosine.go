package geometry

import "gonum.org/v1/gonum/floats"

// MatchedCosine is mean_i x_i . y_i over the N matched pairs of unit rows.
func MatchedCosine(a, b Rows) (float64, error) {
	if err := checkPaired("MatchedCosine", 1, a, b); err != nil {
		return 0, err
	}
	return floats.Sum(matchedDots(a, b)) / float64(a.N), nil
}

func matchedDots(a, b Rows) []float64 {
	d := make([]float64, a.N)
	for i := range d {
		d[i] = floats.Dot(a.Row(i), b.Row(i))
	}
	return d
}

// MismatchedCosine is the mean of x_i . y_j over the N(N-1) pairs i != j of unit
// rows, in closed form: (N^2 mean x . mean y - sum_i x_i . y_i) / (N(N-1)).
func MismatchedCosine(a, b Rows) (float64, error) {
	if err := checkPaired("MismatchedCosine", 2, a, b); err != nil {
		return 0, err
	}
	n := float64(a.N)
	all := n * n * floats.Dot(a.Mean(), b.Mean())
	return (all - floats.Sum(matchedDots(a, b))) / (n * (n - 1)), nil
}

// WithinCosine is the mean of x_i . x_j over the N(N-1) ordered pairs i != j of unit
// rows, in closed form: (N^2 |mean x|^2 - sum_i |x_i|^2) / (N(N-1)). It measures how
// narrow the cone is (Figure 2a).
func WithinCosine(a Rows) (float64, error) {
	if err := check("WithinCosine", 2, a); err != nil {
		return 0, err
	}
	n := float64(a.N)
	m := a.Mean()
	return (n*n*floats.Dot(m, m) - floats.Sum(squaredNorms(a))) / (n * (n - 1)), nil
}

// WithinCosineFull is the mean of x_i . x_j over all N^2 pairs, i = j included: the
// squared norm of the centroid, and what Figure 2b plots.
func WithinCosineFull(a Rows) (float64, error) {
	if err := check("WithinCosineFull", 1, a); err != nil {
		return 0, err
	}
	m := a.Mean()
	return floats.Dot(m, m), nil
}

// CosineMatrix is C[k][l] for several modalities: WithinCosine on the diagonal, the
// mean of all pairs (mean x . mean y) elsewhere. Rows need not be paired.
func CosineMatrix(sets ...Rows) ([][]float64, error) {
	if err := check("CosineMatrix", 2, sets...); err != nil {
		return nil, err
	}
	c := make([][]float64, len(sets))
	means := make([][]float64, len(sets))
	for k, s := range sets {
		means[k] = s.Mean()
	}
	for k := range sets {
		c[k] = make([]float64, len(sets))
		for l := range sets {
			c[k][l] = floats.Dot(means[k], means[l])
		}
		w, err := WithinCosine(sets[k])
		if err != nil {
			return nil, err
		}
		c[k][k] = w
	}
	return c, nil
}
