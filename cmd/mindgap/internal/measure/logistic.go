package measure

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/kernels"
)

// logistic fits, for several folds at once, a logistic regression on the rows outside the
// fold: |w|^2/2 + sum log(1 + exp(-t_i (w . x_i + c))), t = 1 for the first modality and -1
// for the second, c not penalised (scikit-learn's LogisticRegression with C = 1). Two
// products per step serve all folds.
//
// The device holds rows less their own modality's centroid, p or q. That is no correction
// that could leak: w . x = w . u + w . p is put together again from the exact centroids, and
// the gradient likewise.
type logistic struct {
	dev   *engine.Device
	u     [2]*engine.Tensor // n x d
	mean  [2][]float64
	fold  []int
	folds int
	n, d  int
	train []float64 // rows outside each fold

	scope    *engine.Scope
	w, g     *engine.Tensor // d x folds
	z        [2]*engine.Tensor
	zs, rs   [2][]float32
	wBuf, gs []float32
}

func newLogistic(s *engine.Scope, u [2]*engine.Tensor, mean [2][]float64, fold []int, folds int) *logistic {
	l := &logistic{dev: s.Device(), scope: s, u: u, mean: mean, fold: fold, folds: folds, n: len(fold), d: len(mean[0])}
	l.w, l.g = s.Floats(l.d, folds), s.Floats(l.d, folds)
	l.wBuf, l.gs = make([]float32, l.d*folds), make([]float32, l.d*folds)
	for k := range 2 {
		l.z[k] = s.Floats(l.n, folds)
		l.zs[k], l.rs[k] = make([]float32, l.n*folds), make([]float32, l.n*folds)
	}
	l.train = make([]float64, folds)
	for _, f := range fold {
		for k := range l.train {
			if k != f {
				l.train[k] += 2
			}
		}
	}
	return l
}

// decide fills zs with w . u_i for all rows and folds.
func (l *logistic) decide(at [][]float64) error {
	for f, w := range at {
		for i, v := range w[:l.d] {
			l.wBuf[i*l.folds+f] = float32(v)
		}
	}
	l.w.Write(l.wBuf)
	for k := range 2 {
		kernels.MatMul(l.z[k], l.u[k], l.w)
		if err := l.z[k].Read(l.zs[k]); err != nil {
			return err
		}
	}
	return nil
}

// offset is what w . u lacks of the decision: w . mean + c.
func (l *logistic) offset(at [][]float64) (out [2][]float64) {
	for k := range 2 {
		for _, w := range at {
			out[k] = append(out[k], floats.Dot(w[:l.d], l.mean[k])+w[l.d])
		}
	}
	return out
}

// evaluate gives value and gradient of every fold's loss at its own point (d weights, then c).
func (l *logistic) evaluate(at [][]float64) (value []float64, grad [][]float64, err error) {
	if err := l.decide(at); err != nil {
		return nil, nil, err
	}
	off := l.offset(at)
	value, grad = make([]float64, l.folds), make([][]float64, l.folds)
	for f, w := range at {
		grad[f] = append([]float64(nil), w...)
		grad[f][l.d] = 0
		value[f] = floats.Dot(w[:l.d], w[:l.d]) / 2
	}
	for k := range 2 {
		sums, slopes := l.slopes(k, off[k])
		l.z[k].Write(l.rs[k])
		kernels.MatMulTN(l.g, l.u[k], l.z[k])
		if err := l.g.Read(l.gs); err != nil {
			return nil, nil, err
		}
		for f := range l.folds {
			value[f] += sums[f]
			for i := range l.d {
				grad[f][i] += float64(l.gs[i*l.folds+f])
			}
			floats.AddScaled(grad[f][:l.d], slopes[f], l.mean[k])
			grad[f][l.d] += slopes[f]
		}
	}
	return value, grad, nil
}

// slopes fills rs with the derivatives of the loss by the decisions of one modality's rows,
// 0 for rows of the fold, and sums losses and derivatives. Ranges are fixed, so that sums do
// not depend on the number of workers.
func (l *logistic) slopes(k int, off []float64) (loss, slope []float64) {
	const chunk = 1024
	side := [2]float64{1, -1}[k]
	parts := make([][]float64, (l.n+chunk-1)/chunk)
	parallel(len(parts), func(from, to int) {
		for c := from; c < to; c++ {
			sum := make([]float64, 2*l.folds)
			for i := c * chunk; i < min((c+1)*chunk, l.n); i++ {
				for f := range l.folds {
					r := 0.0
					if l.fold[i] != f {
						t := side * (float64(l.zs[k][i*l.folds+f]) + off[f])
						e := math.Exp(-math.Abs(t))
						sum[f] += math.Max(-t, 0) + math.Log1p(e)
						if r = 1 / (1 + e); t > 0 {
							r = e / (1 + e)
						}
						r *= -side
						sum[l.folds+f] += r
					}
					l.rs[k][i*l.folds+f] = float32(r)
				}
			}
			parts[c] = sum
		}
	})
	total := make([]float64, 2*l.folds)
	for _, p := range parts {
		floats.Add(total, p)
	}
	return total[:l.folds], total[l.folds:]
}
