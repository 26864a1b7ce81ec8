package geometry

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// A PCA is the first directions of centred rows.
type PCA struct {
	Mean       []float64
	Components Rows      // unit directions, one per row; the largest coordinate of each is positive
	Ratio      []float64 // explained variance ratio of each
	Singular   []float64 // singular values of the centred rows
}

// FitPCA finds the k first principal components.
func FitPCA(r Rows, k int) (*PCA, error) {
	if err := check("FitPCA", 2, r); err != nil {
		return nil, err
	}
	if k < 1 || k > min(r.N, r.D) {
		return nil, errorf("FitPCA", "%d components of %d x %d rows", k, r.N, r.D)
	}
	m := r.Mean()
	c := r.Centred(m)
	sq, v, err := topSingular("FitPCA", c, k)
	if err != nil {
		return nil, err
	}
	return newPCA(m, v, sq, floats.Sum(squaredNorms(c))), nil
}

// PCAFromGram is FitPCA of n rows of a known mean whose D x D matrix of sums of products about
// it, sum_i (x_i - mean)(x_i - mean)^T, a device has computed.
func PCAFromGram(mean []float64, gram Rows, n, k int) (*PCA, error) {
	const fn = "PCAFromGram"
	if err := check(fn, 1, gram, Rows{N: 1, D: len(mean), Data: mean}); err != nil {
		return nil, err
	}
	if gram.N != gram.D || n < 2 || k < 1 || k > min(n, gram.D) {
		return nil, errorf(fn, "%d components of %d rows with a matrix of %d x %d", k, n, gram.N, gram.D)
	}
	sq, v, err := topEigen(fn, gram, k)
	if err != nil {
		return nil, err
	}
	total := 0.0
	for i := range gram.N {
		total += gram.Row(i)[i]
	}
	return newPCA(mean, v, sq, total), nil
}

// newPCA takes the largest squared singular values, their directions and the sum of all.
func newPCA(mean []float64, v Rows, sq []float64, total float64) *PCA {
	p := &PCA{Mean: mean, Components: v}
	for _, x := range sq {
		ratio := 0.0
		if total > 0 {
			ratio = x / total
		}
		p.Ratio = append(p.Ratio, ratio)
		p.Singular = append(p.Singular, math.Sqrt(x))
	}
	return p
}

// Transform is the coordinates of r on the components: (r - Mean) Components^T.
func (p *PCA) Transform(r Rows) (Rows, error) {
	if err := check("Transform", 0, r, p.Components); err != nil {
		return Rows{}, err
	}
	out := Zeros(r.N, p.Components.N)
	if r.N > 0 {
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, r.Centred(p.Mean).general(), p.Components.general(), 0, out.general())
	}
	return out, nil
}
