package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// TSNEOptions are those of van der Maaten and Hinton (2008).
type TSNEOptions struct {
	Perplexity float64 // effective number of neighbours
	Iterations int
	// Check is asked before every iteration, with its number; its error ends the layout and is
	// returned. nil: nobody is asked.
	Check func(iteration int) error
}

// DefaultTSNE is scikit-learn's defaults with a PCA start.
func DefaultTSNE() TSNEOptions { return TSNEOptions{Perplexity: 30, Iterations: 1000} }

// TSNE lays the rows out in the plane, N x 2, by exact t-SNE: every pair in every
// iteration, so it is meant for up to 2000 rows and refuses more than 5000. It starts
// from the first two principal components and uses no randomness.
func TSNE(r Rows, opt TSNEOptions) (Rows, error) {
	const fn = "TSNE"
	if err := check(fn, 4, r); err != nil {
		return Rows{}, err
	}
	if r.N > 5000 {
		return Rows{}, errorf(fn, "%d rows: the exact method takes at most 5000; use UMAP", r.N)
	}
	if !(opt.Perplexity >= 1) || opt.Perplexity >= float64(r.N)-1 || opt.Iterations < 1 {
		return Rows{}, errorf(fn, "perplexity %v, %d iterations for %d rows", opt.Perplexity, opt.Iterations, r.N)
	}
	p := affinities(r, opt.Perplexity)
	y, err := tsneStart(r)
	if err != nil {
		return Rows{}, err
	}
	n := r.N
	rate := math.Max(50, float64(n)/12/4)
	speed, gain := Zeros(n, 2), Zeros(n, 2)
	for i := range gain.Data {
		gain.Data[i] = 1
	}
	grad := Zeros(n, 2)
	for it := range opt.Iterations {
		if opt.Check != nil {
			if err := opt.Check(it); err != nil {
				return Rows{}, err
			}
		}
		exaggeration, momentum := 1.0, 0.8
		if it < 250 {
			exaggeration, momentum = 12, 0.5
		}
		tsneGradient(grad, p, y, exaggeration)
		for i, g := range grad.Data {
			if (g > 0) != (speed.Data[i] > 0) {
				gain.Data[i] += 0.2
			} else {
				gain.Data[i] = math.Max(0.01, 0.8*gain.Data[i])
			}
			speed.Data[i] = momentum*speed.Data[i] - rate*gain.Data[i]*g
			y.Data[i] += speed.Data[i]
		}
		m := y.Mean()
		for i := range n {
			floats.Sub(y.Row(i), m)
		}
	}
	return y, nil
}

// tsneStart is the first two principal components, the first scaled to a standard
// deviation of 1e-4.
func tsneStart(r Rows) (Rows, error) {
	pca, err := FitPCA(r, min(2, r.D))
	if err != nil {
		return Rows{}, err
	}
	t, err := pca.Transform(r)
	if err != nil {
		return Rows{}, err
	}
	sd := pca.Singular[0] / math.Sqrt(float64(r.N))
	if sd == 0 {
		return Rows{}, errorf("TSNE", "all rows are equal")
	}
	y := Zeros(r.N, 2)
	for i := range r.N {
		copy(y.Row(i), t.Row(i))
		floats.Scale(1e-4/sd, y.Row(i))
	}
	return y, nil
}

// tsneGradient is 4 sum_j (e p_ij - q_ij) w_ij (y_i - y_j), w = 1/(1 + |y_i - y_j|^2),
// q = w / sum w.
func tsneGradient(grad Rows, p []float64, y Rows, e float64) {
	n := y.N
	sums := make([]float64, n)
	attract, repel := Zeros(n, 2), Zeros(n, 2)
	parallel(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			var ax, ay, rx, ry, z float64
			xi, yi := y.Data[2*i], y.Data[2*i+1]
			for j, pij := range p[i*n : (i+1)*n] {
				dx, dy := xi-y.Data[2*j], yi-y.Data[2*j+1]
				w := 1 / (1 + dx*dx + dy*dy)
				z += w
				ax, ay = ax+pij*w*dx, ay+pij*w*dy
				rx, ry = rx+w*w*dx, ry+w*w*dy
			}
			sums[i] = z - 1 // without the row itself
			copy(attract.Row(i), []float64{ax, ay})
			copy(repel.Row(i), []float64{rx, ry})
		}
	})
	z := floats.Sum(sums)
	for k := range grad.Data {
		grad.Data[k] = 4 * (e*attract.Data[k] - repel.Data[k]/z)
	}
}
