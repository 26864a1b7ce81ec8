package geometry

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

func TestPairMeansAgainstLoops(t *testing.T) {
	a, b := cloud(23, 7, 1), cloud(23, 7, 2)
	var mis, within, unif, cross, pairs float64
	for i := range a.N {
		for j := range a.N {
			if i == j {
				continue
			}
			pairs++
			mis += floats.Dot(a.Row(i), b.Row(j))
			within += floats.Dot(a.Row(i), a.Row(j))
			unif += math.Exp(-2 * math.Pow(floats.Distance(a.Row(i), a.Row(j), 2), 2))
			cross += math.Exp(-2 * math.Pow(floats.Distance(a.Row(i), b.Row(j), 2), 2))
		}
	}
	near(t, "mismatched", must(MismatchedCosine(a, b)), mis/pairs, 1e-13)
	near(t, "within", must(WithinCosine(a)), within/pairs, 1e-13)
	near(t, "uniformity", must(Uniformity(a)), math.Log(unif/pairs), 1e-12)
	near(t, "cross uniformity", must(CrossUniformity(a, b)), math.Log(cross/pairs), 1e-12)
	m := must(CosineMatrix(a, b))
	near(t, "matrix", m[0][0], within/pairs, 1e-13)
	near(t, "matrix", m[0][1], floats.Dot(a.Mean(), b.Mean()), 1e-15)
	g := must(GapMatrix(a, b, a))
	near(t, "gaps", g[1][0], must(CentroidGap(a, b)).Distance, 1e-15)
	near(t, "gap to itself", g[0][2], 0, 0)
}

func TestWithinSummary(t *testing.T) {
	a := cloud(300, 6, 3)
	s := must(WithinSummary(a, 50))
	var all []float64
	for i := range a.N {
		for j := range a.N {
			if i != j {
				all = append(all, floats.Dot(a.Row(i), a.Row(j)))
			}
		}
	}
	slices.Sort(all)
	near(t, "sd", s.SD, stat.StdDev(all, nil), 1e-12)
	near(t, "mean", s.Mean, stat.Mean(all, nil), 1e-12)
	for q, got := range map[float64]float64{0.25: s.Q1, 0.5: s.Median, 0.75: s.Q3} { // numpy's rule
		pos := q * float64(len(all)-1)
		k := int(pos)
		near(t, "quantile", got, all[k]+(pos-float64(k))*(all[k+1]-all[k]), 1e-12)
	}
	total := int64(0)
	for _, c := range s.Hist.Counts {
		total += c
	}
	if s.Pairs != 300*299 || total != s.Pairs {
		t.Errorf("%d pairs, %d in the histogram, want %d", s.Pairs, total, 300*299)
	}
	// The same from counts, as a device delivers them.
	c := PairCounts{Pairs: s.Pairs / 2, Min: s.Min, Max: s.Max, Hist: Histogram{Lo: -1, Hi: 1, Counts: make([]int64, 200)}}
	for _, v := range upperDots(a) {
		c.Sum, c.SumSq = c.Sum+v, c.SumSq+v*v
		c.Hist.Counts[c.Hist.bin(v)]++
	}
	f := must(SummaryFromCounts(c))
	near(t, "mean of counts", f.Mean, s.Mean, 1e-12)
	near(t, "sd of counts", f.SD, s.SD, 1e-9)
	near(t, "median of counts", f.Median, s.Median, f.QuartileError)
	near(t, "quartile of counts", f.Q3, s.Q3, f.QuartileError)
}

func TestRMGVariants(t *testing.T) {
	img, txt := cloud(30, 6, 1), cloud(30, 6, 2)
	one := make([]int, 30)
	for i := range one {
		one[i] = i
	}
	want := must(RMG(img, txt))
	near(t, "reference, one caption each", must(RMGReference(img, txt, one)), want, 1e-14)
	near(t, "grouped, one caption each", must(RMGGrouped(img, txt, one)), want, 1e-14)
	captions, owner := Stack(txt, txt), append(slices.Clone(one), one...) // each caption twice
	near(t, "grouped, captions doubled", must(RMGGrouped(img, captions, owner)), want, 1e-14)
	if v := must(RMGReference(img, captions, owner)); v <= want {
		t.Errorf("reference counts the twins as close captions: %v, want more than %v", v, want)
	}
	if v := must(RMGReference(img, img, one)); !(v > 0 && v < 0.01) {
		t.Errorf("floor of 1e-3: %v", v)
	}
}

// Rotating all rows changes no measure; CKA also survives rotating one set.
func TestRotationInvariance(t *testing.T) {
	a, b := cloud(40, 6, 1), cloud(40, 6, 2)
	w := must(Procrustes(cloud(50, 6, 3), cloud(50, 6, 4)))
	x, y := must(Rotate(a, w)), must(Rotate(b, w))
	near(t, "gap", must(CentroidGap(x, y)).Distance, must(CentroidGap(a, b)).Distance, 1e-12)
	near(t, "RMG", must(RMG(x, y)), must(RMG(a, b)), 1e-12)
	near(t, "CKA", must(CKA(x, b)), must(CKA(a, b)), 1e-12)
	near(t, "CKA of a rotation", must(CKA(x, a)), 1, 1e-12)
	near(t, "Procrustes undoes", must(MatchedCosine(x, must(Rotate(a, must(Procrustes(x, a)))))), 1, 1e-12)
	near(t, "Frechet", must(MeasureDistributionGap(x, y)).Frechet, must(MeasureDistributionGap(a, b)).Frechet, 1e-10)
	near(t, "Frechet of a set and itself", must(MeasureDistributionGap(a, a)).Frechet, 0, 1e-7)
	near(t, "energy of a set and itself", must(MeasureDistributionGap(a, a)).Energy, 0, 1e-6)
}
