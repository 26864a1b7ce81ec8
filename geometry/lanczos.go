package geometry

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// lanczos finds the k largest eigenvalues of a symmetric n x n operator and unit
// eigenvectors, one per row, by the Lanczos process with full reorthogonalisation
// from a seeded start. fixed is orthonormal vectors to stay orthogonal to. It stops
// when the residuals are below tol times the spectrum; after m steps it gives what it has and
// reports false. Of an eigenvalue that repeats exactly it finds one vector.
func lanczos(n, k, m int, tol float64, fixed []([]float64), apply func(dst, x []float64)) ([]float64, Rows, bool) {
	rng := rand.New(rand.NewPCG(1, 0x1a2c05))
	m = min(m, n-len(fixed))
	q := make([][]float64, 0, m+1)
	var alpha, beta []float64
	start := make([]float64, n)
	for i := range start {
		start[i] = rng.NormFloat64()
	}
	orthogonalise(start, fixed, q)
	floats.Scale(1/floats.Norm(start, 2), start)
	q = append(q, start)
	for {
		j := len(q) - 1
		w := make([]float64, n)
		apply(w, q[j])
		alpha = append(alpha, floats.Dot(w, q[j]))
		orthogonalise(w, fixed, q)
		b := floats.Norm(w, 2)
		beta = append(beta, b)
		steps := j + 1
		broke := b <= 1e-14*math.Abs(alpha[0])
		if steps == m || broke || (steps >= 2*k && steps%8 == 0) {
			val, s, done := ritz(alpha, beta, k, tol)
			if done || broke || steps == m {
				return val, combine(q, s, len(val), n), (done || broke) && len(val) == k
			}
		}
		floats.Scale(1/b, w)
		q = append(q, w)
	}
}

// orthogonalise removes from w its parts along the orthonormal sets, twice.
func orthogonalise(w []float64, sets ...[][]float64) {
	for range 2 {
		for _, set := range sets {
			for _, v := range set {
				floats.AddScaled(w, -floats.Dot(w, v), v)
			}
		}
	}
}

// ritz diagonalises the tridiagonal matrix: the k largest eigenvalues, the columns of
// s that belong to them, and whether their residuals beta |s_last| are small.
func ritz(alpha, beta []float64, k int, tol float64) (val []float64, s [][]float64, done bool) {
	m := len(alpha)
	t := mat.NewSymDense(m, nil)
	for i := range m {
		t.SetSym(i, i, alpha[i])
		if i+1 < m {
			t.SetSym(i, i+1, beta[i])
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(t, true) {
		return nil, nil, false
	}
	all := eig.Values(nil)
	var vec mat.Dense
	eig.VectorsTo(&vec)
	size := math.Max(math.Abs(all[0]), math.Abs(all[m-1]))
	done = m >= k
	for c := range min(k, m) {
		col := mat.Col(nil, m-1-c, &vec)
		val, s = append(val, all[m-1-c]), append(s, col)
		done = done && beta[m-1]*math.Abs(col[m-1]) <= tol*size
	}
	return val, s, done
}

func combine(q, s [][]float64, k, n int) Rows {
	v := Zeros(k, n)
	for c := range k {
		for j, f := range s[c] {
			floats.AddScaled(v.Row(c), f, q[j])
		}
		floats.Scale(1/floats.Norm(v.Row(c), 2), v.Row(c))
	}
	return v
}
