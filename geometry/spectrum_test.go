package geometry

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// IsoScore by the steps of its paper: variances scaled to length sqrt n, their
// distance from all ones over sqrt(2(n - sqrt n)), and the share of dimensions used.
func TestIsoScoreDefinition(t *testing.T) {
	a := cloud(200, 9, 4)
	s := must(MeasureSpectrum(a))
	c := a.Centred(a.Mean())
	g := Zeros(a.D, a.D)
	for i := range a.D {
		for j := range a.D {
			for k := range a.N {
				g.Row(i)[j] += c.Row(k)[i] * c.Row(k)[j]
			}
		}
	}
	near(t, "from the Gram matrix", must(SpectrumFromGram(g, a.N)).EffectiveRank, s.EffectiveRank, 1e-10)
	n := float64(a.D)
	norm, dist := floats.Norm(s.Variance, 2), 0.0
	for _, v := range s.Variance {
		dist += math.Pow(math.Sqrt(n)*v/norm-1, 2)
	}
	delta := math.Sqrt(dist) / math.Sqrt(2*(n-math.Sqrt(n)))
	phi := math.Pow(n-delta*delta*(n-math.Sqrt(n)), 2) / (n * n)
	near(t, "IsoScore", s.IsoScore, (n*phi-1)/(n-1), 1e-12)
	var pc stat.PC
	pc.PrincipalComponents(mat.NewDense(a.N, a.D, a.Data), nil)
	for k, v := range pc.VarsTo(nil) {
		near(t, "variance against stat.PC", s.Variance[k], v, 1e-12)
	}
}

func TestPCABothWays(t *testing.T) {
	for _, shape := range [][2]int{{400, 150}, {120, 300}, {20, 6}} {
		a := cloud(shape[0], shape[1], 6)
		for i := range a.N { // a spectrum with gaps
			for j := range a.D {
				a.Row(i)[j] /= 1 + float64(j)
			}
		}
		p := must(FitPCA(a, 3))
		c := a.Centred(a.Mean())
		var svd mat.SVD
		if !svd.Factorize(c.dense(), mat.SVDThin) {
			t.Fatal("svd")
		}
		var v mat.Dense
		svd.VTo(&v)
		for k, s := range svd.Values(nil)[:3] {
			near(t, "singular value", p.Singular[k]/s, 1, 1e-10)
			near(t, "direction", math.Abs(floats.Dot(p.Components.Row(k), mat.Col(nil, k, &v))), 1, 1e-9)
		}
		g := Zeros(a.D, a.D)
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, c.general(), c.general(), 0, g.general())
		q := must(PCAFromGram(a.Mean(), g, a.N, 3))
		for k := range 3 {
			near(t, "singular value from the Gram matrix", q.Singular[k]/p.Singular[k], 1, 1e-9)
			near(t, "ratio from the Gram matrix", q.Ratio[k], p.Ratio[k], 1e-9)
			near(t, "direction from the Gram matrix", floats.Dot(q.Components.Row(k), p.Components.Row(k)), 1, 1e-9)
		}
		y := must(p.Transform(a))
		near(t, "coordinates", floats.Norm(must(MeasureSpectrum(y)).Variance, 1)*float64(a.N-1),
			floats.Dot(p.Singular, p.Singular), 1e-9)
	}
}
