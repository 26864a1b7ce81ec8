package geometry

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	good, short := cloud(8, 4, 1), cloud(7, 4, 2)
	one, wide := good.Slice(0, 1), cloud(8, 5, 3)
	bad := good.Clone()
	bad.Row(3)[2] = math.NaN()
	zero := good.Clone()
	copy(zero.Row(5), make([]float64, 4))
	line := must(NewRows(8, 1, []float64{1, 1, 1, 1, 1, 1, 1, 1}))
	opt := DefaultUMAP()
	second := func(_ Rows, err error) error { return err }
	for _, c := range []struct {
		want string
		err  error
	}{
		{"row 5 is zero", second(zero.Normalise())},
		{"row 3 of set 1 holds NaN", second(bad.Normalise())},
		{"2 numbers for 2 x 2 rows", second(FromFloat32(2, 2, []float32{1, 2}))},
		{"1 rows, want at least 2", errOf(Uniformity(one))},
		{"1 rows, want at least 2", errOf(WithinCosine(one))},
		{"row 3 of set 1 holds NaN", errOf(Uniformity(bad))},
		{"8 rows beside 7", errOf(MatchedCosine(good, short))},
		{"8 rows beside 7", errOf(Alignment(good, short))},
		{"8 rows beside 7", errOf(CKA(good, short))},
		{"columns", errOf(RMG(good, wide))},
		{"row 3 of set 2", errOf(InfoNCE(good, bad, 1, Symmetric, 0))},
		{"batch of 9 pairs from 8", errOf(InfoNCE(good, good, 1, Symmetric, 9))},
		{"all rows are equal", errOf(MeasureSpectrum(line))},
		{"all rows coincide", errOf(RMG(line, line))},
		{"no second direction", errOf(UncentredSVD(line, line))},
		{"the gap has no direction", errOf(NewSweep(good, good, 0, ShiftBoth))},
		{"5 components", errOf(FitPCA(good, 5))},
		{"8 neighbours among 7", errOf(NearestNeighbours(good, 8))},
		{"9 folds", errOf(SeparabilityCV(good, good, 9, 1, nil, FitGap))},
		{"15 neighbours of 8 rows", second(UMAP(good, opt))},
		{"perplexity 30", second(TSNE(good, DefaultTSNE()))},
		{"want fewer than half", errOf(Trustworthiness(good, good, 6))},
		{"belongs to image 9 of 8", errOf(RMGGrouped(good, good, []int{0, 1, 2, 3, 4, 5, 6, 9}))},
		{"2 independent", errOf(BootstrapMean([]float64{1}, 0.9, 10, 1))},
		{"value 1 is NaN", errOf(BootstrapMean([]float64{1, math.NaN()}, 0.9, 10, 1))},
		{"9 groups of 8 rows", errOf(Jackknife(8, 9, 0.9, 1, nil))},
		{"2 values", errOf(TInterval([]float64{1}, 0.9))},
		{"has no images", errOf(FairFaceRates([]string{"A"}, []string{"thief"}, [][]int{{0}}))},
		{"shares", errOf(TwoProportionP(1.2, 10, 0.3, 10))},
	} {
		var e *Error
		if c.err == nil || !errors.As(c.err, &e) || !strings.Contains(c.err.Error(), strings.TrimPrefix(c.want, "2 ")) {
			t.Errorf("error %v, want one with %q", c.err, c.want)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

// Rows that all but coincide (CLASP's random encoder): no NaN from rounding.
func TestCollapsedCone(t *testing.T) {
	base := cloud(1, 16, 1)
	a := Zeros(30, 16)
	for i := range a.N {
		copy(a.Row(i), base.Row(0))
		a.Row(i)[i%16] += 1e-9 * float64(i)
	}
	a = must(a.Normalise())
	for what, v := range map[string]float64{
		"uniformity": must(Uniformity(a)), "within": must(WithinCosine(a)) - 1,
		"sd": must(WithinSummary(a, 10)).SD, "gap": must(CentroidGap(a, a)).Distance,
	} {
		near(t, what, v, 0, 1e-7)
	}
	y := must(UMAP(a, UMAPOptions{Neighbours: 5, MinDist: 0.1, Spread: 1, Epochs: 20, Negative: 5, LearningRate: 1, Seed: 1}))
	if err := check("picture", 1, y); err != nil {
		t.Error(err)
	}
	nb := must(NearestNeighbours(a, 3))
	if idx, _ := nb.Of(0); idx[0] == 0 {
		t.Error("a row is its own neighbour")
	}
}
