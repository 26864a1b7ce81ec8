package geometry

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// gramEigen gives the squared singular values of r, largest first, and (where
// vectors is set) the right singular vectors, from the smaller of r^T r and r r^T.
func gramEigen(fn string, r Rows, vectors bool) ([]float64, Rows, error) {
	wide := r.N < r.D
	n := min(r.N, r.D)
	g := Zeros(n, n)
	t := blas.Trans
	if wide {
		t = blas.NoTrans
	}
	blas64.Syrk(t, 1, r.general(), 0, blas64.Symmetric{Uplo: blas.Upper, N: n, Stride: n, Data: g.Data})
	sq, q, err := symEigen(fn, g, vectors)
	if err != nil || !vectors {
		return sq, Rows{}, err
	}
	v := Zeros(n, r.D)
	for k := range n {
		col := mat.Col(nil, n-1-k, q)
		if wide { // v_k = r^T u_k / s_k
			for i, c := range col {
				floats.AddScaled(v.Row(k), c, r.Row(i))
			}
			if s := floats.Norm(v.Row(k), 2); s > 0 {
				floats.Scale(1/s, v.Row(k))
			}
		} else {
			copy(v.Row(k), col)
		}
		orient(v.Row(k))
	}
	return sq, v, nil
}

// symEigen gives the eigenvalues of a positive semidefinite matrix, of which the upper
// triangle is read, largest first, and its eigenvectors as columns, smallest first.
func symEigen(fn string, g Rows, vectors bool) ([]float64, *mat.Dense, error) {
	var eig mat.EigenSym
	if !eig.Factorize(mat.NewSymDense(g.N, g.Data), vectors) {
		return nil, nil, errorf(fn, "the eigenvalues did not converge")
	}
	val := eig.Values(nil)
	slices.Reverse(val)
	for k := range val {
		val[k] = math.Max(0, val[k])
	}
	var q mat.Dense
	if vectors {
		eig.VectorsTo(&q)
	}
	return val, &q, nil
}

// topSingular gives the k largest squared singular values of r and their right
// singular vectors: by Lanczos where k is few of many, else by gramEigen.
func topSingular(fn string, r Rows, k int) ([]float64, Rows, error) {
	if min(r.N, r.D) >= 100 && 10*k <= min(r.N, r.D) {
		half := make([]float64, r.N)
		sq, v, ok := lanczos(r.D, k, 120+4*k, 1e-13, nil, func(dst, x []float64) {
			m := r.general()
			blas64.Gemv(blas.NoTrans, 1, m, vector(x), 0, vector(half))
			blas64.Gemv(blas.Trans, 1, m, vector(half), 0, vector(dst))
		})
		if ok {
			return directions(sq, v)
		}
	}
	sq, v, err := gramEigen(fn, r, true)
	if err != nil {
		return nil, Rows{}, err
	}
	return sq[:k], v.Slice(0, k), nil
}

// topEigen is topSingular for the matrix of sums of products, r^T r.
func topEigen(fn string, gram Rows, k int) ([]float64, Rows, error) {
	if gram.N >= 100 && 10*k <= gram.N {
		sq, v, ok := lanczos(gram.N, k, 120+4*k, 1e-13, nil, func(dst, x []float64) {
			blas64.Gemv(blas.NoTrans, 1, gram.general(), vector(x), 0, vector(dst))
		})
		if ok {
			return directions(sq, v)
		}
	}
	sq, q, err := symEigen(fn, gram, true)
	if err != nil {
		return nil, Rows{}, err
	}
	v := Zeros(k, gram.N)
	for i := range k {
		copy(v.Row(i), mat.Col(nil, gram.N-1-i, q))
	}
	return directions(sq[:k], v)
}

// directions are eigenvalues, none negative, and their vectors, turned the usual way.
func directions(sq []float64, v Rows) ([]float64, Rows, error) {
	for i := range sq {
		sq[i] = math.Max(0, sq[i])
		orient(v.Row(i))
	}
	return sq, v, nil
}

func vector(x []float64) blas64.Vector { return blas64.Vector{N: len(x), Inc: 1, Data: x} }

// orient gives a direction the sign in which its largest coordinate is positive.
func orient(v []float64) {
	big := 0.0
	for _, x := range v {
		if math.Abs(x) > math.Abs(big) {
			big = x
		}
	}
	if big < 0 {
		floats.Scale(-1, v)
	}
}
