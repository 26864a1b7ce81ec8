package geometry

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// A Spectrum describes how the variance of N rows of D numbers spreads over
// directions, from the eigenvalues of their covariance (sums of squares over N-1).
type Spectrum struct {
	Variance           []float64 // eigenvalues, largest first, min(N, D) of them
	Ratio              []float64 // Variance over its sum: "explained variance ratio"
	EffectiveRank      float64   // exp of the entropy of s / sum s, s the singular values (Roy and Vetterli 2007)
	ParticipationRatio float64   // (sum Variance)^2 / sum Variance^2
	IsoScore           float64   // (ParticipationRatio - 1)/(D - 1): Rudman et al. 2022, see there
}

// MeasureSpectrum centres the rows and measures their spectrum. Singular values are
// roots of the eigenvalues of a Gram matrix, so those below 1e-8 of the largest are
// rounding; variances are not affected.
//
// IsoScore (Rudman et al., ACL Findings 2022) rescales the variances to the length
// sqrt D, takes their distance from all ones, and maps it to [0, 1]; written out,
// that is (ParticipationRatio - 1)/(D - 1). In one dimension it is 1.
func MeasureSpectrum(r Rows) (Spectrum, error) {
	if err := check("MeasureSpectrum", 2, r); err != nil {
		return Spectrum{}, err
	}
	sq, _, err := gramEigen("MeasureSpectrum", r.Centred(r.Mean()), false)
	if err != nil {
		return Spectrum{}, err
	}
	total := floats.Sum(sq)
	if total <= 0 {
		return Spectrum{}, errorf("MeasureSpectrum", "all rows are equal")
	}
	s := Spectrum{Variance: make([]float64, len(sq)), Ratio: make([]float64, len(sq))}
	sum2, nuclear := 0.0, 0.0
	for k, v := range sq {
		s.Variance[k], s.Ratio[k] = v/float64(r.N-1), v/total
		sum2 += s.Ratio[k] * s.Ratio[k]
		nuclear += math.Sqrt(v)
	}
	entropy := 0.0
	for _, v := range sq {
		if p := math.Sqrt(v) / nuclear; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	s.EffectiveRank, s.ParticipationRatio, s.IsoScore = math.Exp(entropy), 1/sum2, 1
	if r.D > 1 {
		s.IsoScore = (s.ParticipationRatio - 1) / float64(r.D-1)
	}
	return s, nil
}

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
	p := &PCA{Mean: m, Components: v}
	total := floats.Sum(squaredNorms(c))
	for _, x := range sq {
		ratio := 0.0
		if total > 0 {
			ratio = x / total
		}
		p.Ratio = append(p.Ratio, ratio)
		p.Singular = append(p.Singular, math.Sqrt(x))
	}
	return p, nil
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

// gramEigen gives the squared singular values of r, largest first, and (where
// vectors is set) the right singular vectors, from the smaller of r^T r and r r^T.
func gramEigen(fn string, r Rows, vectors bool) ([]float64, Rows, error) {
	wide := r.N < r.D
	n := min(r.N, r.D)
	g := mat.NewSymDense(n, nil)
	t := blas.Trans
	if wide {
		t = blas.NoTrans
	}
	blas64.Syrk(t, 1, r.general(), 0, g.RawSymmetric())
	var eig mat.EigenSym
	if !eig.Factorize(g, vectors) {
		return nil, Rows{}, errorf(fn, "the eigenvalues did not converge")
	}
	sq := eig.Values(nil)
	floats.Reverse(sq)
	for k := range sq {
		sq[k] = math.Max(0, sq[k])
	}
	if !vectors {
		return sq, Rows{}, nil
	}
	var q mat.Dense
	eig.VectorsTo(&q)
	v := Zeros(n, r.D)
	for k := range n {
		col := mat.Col(nil, n-1-k, &q)
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
			for i := range k {
				sq[i] = math.Max(0, sq[i])
				orient(v.Row(i))
			}
			return sq, v, nil
		}
	}
	sq, v, err := gramEigen(fn, r, true)
	if err != nil {
		return nil, Rows{}, err
	}
	return sq[:k], v.Slice(0, k), nil
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
