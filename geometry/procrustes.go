package geometry

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Procrustes is the orthogonal matrix W, D x D, for which y -> W y brings the rows
// of b nearest to their partners in a: a^T b = U S V^T, W = U V^T. The paper amends
// the initial gap by it (Section 4.4).
func Procrustes(a, b Rows) (Rows, error) {
	const fn = "Procrustes"
	if err := checkPaired(fn, 1, a, b); err != nil {
		return Rows{}, err
	}
	c := Zeros(a.D, a.D)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, a.general(), b.general(), 0, c.general())
	var svd mat.SVD
	if !svd.Factorize(c.dense(), mat.SVDFull) {
		return Rows{}, errorf(fn, "the singular values did not converge")
	}
	var u, v, w mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	w.Mul(&u, v.T())
	return Rows{N: a.D, D: a.D, Data: w.RawMatrix().Data}, nil
}

// Rotate is r W^T: every row y becomes W y.
func Rotate(r, w Rows) (Rows, error) {
	if err := check("Rotate", 1, r, w); err != nil {
		return Rows{}, err
	}
	if w.N != w.D {
		return Rows{}, errorf("Rotate", "a matrix of %d x %d is not square", w.N, w.D)
	}
	out := Zeros(r.N, r.D)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, r.general(), w.general(), 0, out.general())
	return out, nil
}
