package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
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
	return spectrumOf("MeasureSpectrum", sq, r.N, r.D)
}

// SpectrumFromGram is MeasureSpectrum of n rows whose D x D matrix of sums of products
// about the mean, sum_i (x_i - mean)(x_i - mean)^T, a device has computed.
func SpectrumFromGram(gram Rows, n int) (Spectrum, error) {
	const fn = "SpectrumFromGram"
	if err := check(fn, 1, gram); err != nil {
		return Spectrum{}, err
	}
	if gram.N != gram.D || n < 2 {
		return Spectrum{}, errorf(fn, "a matrix of %d x %d of %d rows", gram.N, gram.D, n)
	}
	sq, _, err := symEigen(fn, gram, false)
	if err != nil {
		return Spectrum{}, err
	}
	return spectrumOf(fn, sq[:min(n, gram.D)], n, gram.D)
}

// spectrumOf measures the squared singular values of n centred rows of d numbers.
func spectrumOf(fn string, sq []float64, n, d int) (Spectrum, error) {
	total := floats.Sum(sq)
	if total <= 0 {
		return Spectrum{}, errorf(fn, "all rows are equal")
	}
	s := Spectrum{Variance: make([]float64, len(sq)), Ratio: make([]float64, len(sq))}
	sum2, nuclear := 0.0, 0.0
	for k, v := range sq {
		s.Variance[k], s.Ratio[k] = v/float64(n-1), v/total
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
	if d > 1 {
		s.IsoScore = (s.ParticipationRatio - 1) / float64(d-1)
	}
	return s, nil
}
