package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// hasNaN: gonum's maximum skips NaN, PyTorch's and ours returns it.
func hasNaN(x []float64) bool { return floats.HasNaN(x) }

func maxOf(x []float64) float64 {
	switch {
	case len(x) == 0:
		return math.Inf(-1)
	case hasNaN(x):
		return math.NaN()
	}
	return floats.Max(x)
}

// compensatedSum keeps Inf, which compensation turns into Inf - Inf.
func compensatedSum(x []float64) float64 {
	if s := floats.Sum(x); math.IsInf(s, 0) {
		return s
	}
	return floats.SumCompensated(x)
}

func logSumExp(x []float64) float64 {
	switch {
	case len(x) == 0:
		return math.Inf(-1)
	case hasNaN(x):
		return math.NaN()
	}
	return floats.LogSumExp(x)
}

// sumError: n terms in any order round n-1 times on the way of any term (Higham, section
// 4.2); each addition may flush a denormal.
func sumError(x []float64, e engine.MathErrors) float64 {
	return engine.Gamma(len(x)-1)*floats.Norm(x, 1) + float64(len(x))*e.Tiny
}

// compensatedError is that of Sum2: u |sum| + gamma_{n-1}^2 sum |x_i| (Ogita, Rump, Oishi,
// Accurate sum and dot product, 2005, proposition 4.5).
func compensatedError(x []float64, e engine.MathErrors) float64 {
	g := engine.Gamma(len(x) - 1)
	return engine.U*math.Abs(floats.Sum(x)) + g*g*floats.Norm(x, 1) + 2*float64(len(x))*e.Tiny
}

// normError: a relative error r in the sum of squares is at most r in its root's square,
// r/2 to first order and below r always. Squares that underflow lose at most Tiny each,
// and a sum that is short by t has a root that is short by at most sqrt(t) and t/root.
func normError(x []float64, e engine.MathErrors) float64 {
	norm := floats.Norm(x, 2)
	g := engine.Gamma(len(x))
	err := norm * (g/2 + e.Sqrt*engine.U) * (1 + g)
	lost := float64(len(x)) * e.Tiny
	if norm == 0 {
		return math.Sqrt(lost)
	}
	return err + min(math.Sqrt(lost), lost/norm)
}

// minNormal is 2^-126: exp may flush what is below on any device.
const minNormal = 0x1p-126

// logSumExpError follows m + log s, s = sum exp(x_i - m), with m exact: the difference
// errs by u |x_i - m|, which exp turns into as much relative error; exp adds its own; the
// sum of positive terms gamma; log turns the relative error of s into an absolute one.
func logSumExpError(x []float64, e engine.MathErrors) float64 {
	m := maxOf(x)
	if math.IsNaN(m) || math.IsInf(m, 0) {
		return 0 // then the result is m itself
	}
	var s, r float64
	for _, xi := range x {
		d := xi - m
		w := math.Exp(d)
		s += w
		if w > 0 {
			r += w * (math.Expm1(engine.U*-d) + e.Exp*engine.U)
		}
	}
	r = r/s*(1+engine.U) + engine.Gamma(len(x)) + float64(len(x))*minNormal/s
	l := -math.Log1p(-r) + e.Log*engine.U*max(1, math.Log(s))
	return l + engine.U*(math.Abs(m+math.Log(s))+l)
}
