package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// Logistic is a linear decision w . x + Bias.
type Logistic struct {
	Weight []float64
	Bias   float64
}

// Decide is w . x + Bias: the log odds of modality a.
func (l *Logistic) Decide(x []float64) float64 { return floats.Dot(l.Weight, x) + l.Bias }

// FitLogistic minimises |w|^2/2 + c sum_i log(1 + exp(-t_i (w . x_i + bias))), t = 1
// for the rows of a and -1 for those of b; the bias is not penalised. This is
// scikit-learn's LogisticRegression with C = c, solved by LBFGS to a gradient of
// 1e-9 per row where rounding allows it.
func FitLogistic(a, b Rows, c float64) (*Logistic, error) {
	const fn = "FitLogistic"
	if err := check(fn, 1, a, b); err != nil {
		return nil, err
	}
	if !(c > 0) {
		return nil, errorf(fn, "c is %v, want a positive number", c)
	}
	x := Stack(a, b)
	p := &logisticLoss{x: x, na: a.N, c: c, slope: make([]float64, x.N)}
	settings := &optimize.Settings{GradientThreshold: 1e-9 * float64(x.N), MajorIterations: 500, Concurrent: 0}
	problem := optimize.Problem{Func: p.value, Grad: p.gradient}
	res, err := optimize.Minimize(problem, make([]float64, x.D+1), settings, &optimize.LBFGS{})
	if res == nil {
		return nil, errorf(fn, "%v", err)
	}
	// A line search that can no longer improve has converged to rounding.
	if err != nil && floats.Norm(p.last(res.X), math.Inf(1)) > 1e-6*float64(x.N) {
		return nil, errorf(fn, "%v", err)
	}
	return &Logistic{Weight: res.X[:x.D], Bias: res.X[x.D]}, nil
}

// LogisticFit is FitLogistic as a Fit for SeparabilityCV.
func LogisticFit(c float64) Fit {
	return func(a, b Rows) (func([]float64) float64, error) {
		l, err := FitLogistic(a, b, c)
		if err != nil {
			return nil, err
		}
		return l.Decide, nil
	}
}

type logisticLoss struct {
	x     Rows
	na    int
	c     float64
	slope []float64
}

func (p *logisticLoss) sign(i int) float64 {
	if i < p.na {
		return 1
	}
	return -1
}

func (p *logisticLoss) value(w []float64) float64 {
	d := p.x.D
	sum := make([]float64, p.x.N)
	parallel(p.x.N, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum[i] = softplus(-p.sign(i) * (floats.Dot(w[:d], p.x.Row(i)) + w[d]))
		}
	})
	return floats.Dot(w[:d], w[:d])/2 + p.c*floats.Sum(sum)
}

func (p *logisticLoss) gradient(grad, w []float64) {
	d := p.x.D
	parallel(p.x.N, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			t := p.sign(i)
			p.slope[i] = -p.c * t / (1 + math.Exp(t*(floats.Dot(w[:d], p.x.Row(i))+w[d])))
		}
	})
	copy(grad, w[:d])
	grad[d] = 0
	for i, s := range p.slope {
		floats.AddScaled(grad[:d], s, p.x.Row(i))
		grad[d] += s
	}
}

func (p *logisticLoss) last(w []float64) []float64 {
	g := make([]float64, len(w))
	p.gradient(g, w)
	return g
}

// softplus is log(1 + exp(x)).
func softplus(x float64) float64 {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}
