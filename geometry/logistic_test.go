package geometry

import (
	"testing"

	"gonum.org/v1/gonum/floats"
)

// The trap of fitting a correction on all rows (scikit-learn 1.2.1, five folds, gives
// 1.000, 0.205 and 0.191 by kind of folds, and 0.500), and its logistic weights
// (LogisticRegression, tol 1e-10) for C = 1 and 10.
func TestLogisticOnCLIP(t *testing.T) {
	a, b := features(t, "clip")
	for _, w := range []struct{ c, norm, bias, w1 float64 }{
		{1, 9.0976034, -0.1760025, -0.7880142}, {10, 13.8624324, -0.3252864, -1.2092982}} {
		l := must(FitLogistic(a, b, w.c))
		near(t, "norm", floats.Norm(l.Weight, 2), w.norm, 2e-4)
		near(t, "bias", l.Bias, w.bias, 2e-4)
		near(t, "weight 1", l.Weight[1], w.w1, 2e-4)
	}
	near(t, "along the gap", must(SeparabilityCV(a, b, 5, 1, nil, FitGap)), 1, 0)
	near(t, "logistic", must(SeparabilityCV(a, b, 5, 1, nil, LogisticFit(1))), 1, 0)
	leak := must(SeparabilityCV(a.Centred(a.Mean()), b.Centred(b.Mean()), 5, 1, nil, LogisticFit(1)))
	near(t, "means of all rows subtracted beforehand", leak, 0.2, 0.06)
	near(t, "means learned in the fold", must(SeparabilityCV(a, b, 5, 1, CentreModalities, LogisticFit(1))), 0.5, 0.06)
}
