package geometry

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A DistributionGap splits the distance between two modalities into what moving one
// centroid onto the other would remove and what would stay (the distinction of arXiv
// 2604.00279; the measures of the second part are chosen here).
type DistributionGap struct {
	Centroid   float64 // |mean a - mean b|^2
	Matched    float64 // mean_i |x_i - y_i|^2 = Centroid + Residual
	Residual   float64 // mean_i |(x_i - mean a) - (y_i - mean b)|^2: pairs after centring
	Covariance float64 // tr(A + B - 2 (A^1/2 B A^1/2)^1/2), A and B the covariances (over N)
	Frechet    float64 // Centroid + Covariance: squared Wasserstein distance of the two normal laws
	Energy     float64 // 2 E|x-y| - E|x-x'| - E|y-y'| over all pairs (V-statistic), >= 0
}

// MeasureDistributionGap measures paired rows. The covariance part costs two
// eigendecompositions of D x D.
func MeasureDistributionGap(a, b Rows) (DistributionGap, error) {
	const fn = "MeasureDistributionGap"
	if err := checkPaired(fn, 2, a, b); err != nil {
		return DistributionGap{}, err
	}
	var g DistributionGap
	ma, mb := a.Mean(), b.Mean()
	g.Centroid = math.Pow(floats.Distance(ma, mb, 2), 2)
	g.Matched, _ = Alignment(a, b)
	ca, cb := a.Centred(ma), b.Centred(mb)
	g.Residual, _ = Alignment(ca, cb)
	cov, err := bures(fn, ca, cb)
	if err != nil {
		return g, err
	}
	g.Covariance, g.Frechet = cov, g.Centroid+cov
	g.Energy = 2*meanDistance(a, b) - meanDistance(a, a) - meanDistance(b, b)
	return g, nil
}

// bures is tr(A + B) - 2 tr (A^1/2 B A^1/2)^1/2 for centred rows. The last trace is
// the nuclear norm of x y^T / N, so it needs the singular values of R_a R_b^T, with
// R^T R the covariances.
func bures(fn string, x, y Rows) (float64, error) {
	ra, ta, err := covarianceRoot(fn, x)
	if err != nil {
		return 0, err
	}
	rb, tb, err := covarianceRoot(fn, y)
	if err != nil {
		return 0, err
	}
	m := Zeros(ra.N, rb.N)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, ra.general(), rb.general(), 0, m.general())
	var svd mat.SVD
	if !svd.Factorize(m.dense(), mat.SVDNone) {
		return 0, errorf(fn, "the singular values did not converge")
	}
	return math.Max(0, ta+tb-2*floats.Sum(svd.Values(nil))), nil
}

// covarianceRoot gives R with R^T R = x^T x / N, and the trace of that.
func covarianceRoot(fn string, x Rows) (Rows, float64, error) {
	sq, v, err := gramEigen(fn, x, true)
	if err != nil {
		return Rows{}, 0, err
	}
	for k := range sq {
		floats.Scale(math.Sqrt(sq[k]/float64(x.N)), v.Row(k))
	}
	return v, floats.Sum(sq) / float64(x.N), nil
}

func meanDistance(a, b Rows) float64 {
	na, nb := squaredNorms(a), squaredNorms(b)
	sum := 0.0
	dotBlocks(a, b, func(lo, hi int, g []float64) {
		for i := lo; i < hi; i++ {
			for j, dot := range g[(i-lo)*b.N : (i-lo+1)*b.N] {
				sum += math.Sqrt(math.Max(0, na[i]+nb[j]-2*dot))
			}
		}
	})
	return sum / float64(a.N) / float64(b.N)
}

// CKA is linear centred kernel alignment of paired rows (Kornblith et al. 2019):
// |Yc^T Xc|_F^2 / (|Xc^T Xc|_F |Yc^T Yc|_F), 1 for sets that agree up to rotation and
// scale. a and b may differ in width. It is biased upward when N is not far above D.
func CKA(a, b Rows) (float64, error) {
	const fn = "CKA"
	if a.N != b.N {
		return 0, errorf(fn, "%d rows beside %d: pairs need as many in both", a.N, b.N)
	}
	if err := check(fn, 2, a); err != nil {
		return 0, err
	}
	if err := check(fn, 2, b); err != nil {
		return 0, err
	}
	x, y := a.Centred(a.Mean()), b.Centred(b.Mean())
	return CKAFromNorms(crossNorm(x, y), crossNorm(x, x), crossNorm(y, y))
}

// CKAFromNorms is CKA from the Frobenius norms |Xc^T Yc|, |Xc^T Xc| and |Yc^T Yc|, the
// products of which a device has computed.
func CKAFromNorms(xy, xx, yy float64) (float64, error) {
	if !(xx > 0 && yy > 0) {
		return 0, errorf("CKA", "all rows of one set are equal")
	}
	return xy / xx * (xy / yy), nil
}

// crossNorm is |x^T y|_F.
func crossNorm(x, y Rows) float64 {
	c := Zeros(x.D, y.D)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, x.general(), y.general(), 0, c.general())
	return floats.Norm(c.Data, 2)
}
