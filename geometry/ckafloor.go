package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// CKASide is what the law of CKA over pairings needs of one set of N centred rows, K = X X^T
// being their products.
type CKASide struct {
	Trace  float64 // tr K, the sum of squared norms
	Norm   float64 // |K|_F = |X^T X|_F
	Fourth float64 // the sum of K_ii^2, of fourth powers of norms
}

// CKASideOf measures rows, about their mean.
func CKASideOf(r Rows) (CKASide, error) {
	if err := check("CKASideOf", 2, r); err != nil {
		return CKASide{}, err
	}
	c := r.Centred(r.Mean())
	sq := squaredNorms(c)
	return CKASide{Trace: floats.Sum(sq), Norm: crossNorm(c, c), Fourth: floats.Dot(sq, sq)}, nil
}

// CKAFloor is the law of CKA over all pairings of the same n rows, of which observed is the true
// one. Its mean and standard deviation are exact (Kazi-Aoual, Hitier, Sabatier and Lebreton,
// Refined approximations to permutation tests for multivariate inference, 1995; CKA of linear
// kernels is their RV coefficient): with the participation ratio b = (tr K)^2/|K|^2 of a side,
//
//	mean = sqrt(b_1 b_2)/(n-1)
//	var  = (2/((n+1)(n-1)^2(n-2))) [(n-1-b_1)(n-1-b_2) + (n-3)/(2n(n-1)) t_1 t_2]
//	t    = (n-1)/(n-3) [n(n+1) sum K_ii^2/|K|^2 - (n-1)(b+2)]
//
// Quantiles and P are those of the gamma law of these two, the usual approximation for such
// sums of squares. The mean is what few rows of many dimensions give for nothing.
func CKAFloor(n int, observed float64, a, b CKASide) (Floor, error) {
	const fn = "CKAFloor"
	if n < 4 {
		return Floor{}, errorf(fn, "%d rows, want at least 4", n)
	}
	for _, s := range []CKASide{a, b} {
		if !(s.Norm > 0) || !(s.Trace > 0) {
			return Floor{}, errorf(fn, "all rows of one set are equal")
		}
	}
	m := float64(n)
	side := func(s CKASide) (ratio, t float64) {
		ratio = s.Trace / s.Norm * (s.Trace / s.Norm)
		return ratio, (m - 1) / (m - 3) * (m*(m+1)*s.Fourth/s.Norm/s.Norm - (m-1)*(ratio+2))
	}
	ra, ta := side(a)
	rb, tb := side(b)
	v := 2 / ((m + 1) * (m - 1) * (m - 1) * (m - 2)) * ((m-1-ra)*(m-1-rb) + (m-3)/(2*m*(m-1))*ta*tb)
	f := Floor{Mean: math.Sqrt(ra*rb) / (m - 1), SD: math.Sqrt(math.Max(0, v))}
	f.Lo, f.Hi, f.P = f.Mean, f.Mean, 1
	if f.SD > 1e-12*f.Mean { // else every pairing gives the same
		shape := f.Mean / f.SD * (f.Mean / f.SD)
		law := distuv.Gamma{Alpha: shape, Beta: shape / f.Mean}
		f.Lo, f.Hi, f.P = law.Quantile(0.025), law.Quantile(0.975), law.Survival(observed)
	}
	return f, nil
}
