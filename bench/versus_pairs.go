package bench

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/kernels"
)

// Works on all pairs i < j of N vectors in a cone whose mean cosine is 1/2.

// pairsWork is mean and variance of their cosines: ours by closed forms, the peer's by going
// through all pairs. With First, the peer takes the first so many rows, and its time is scaled up.
type pairsWork struct {
	N, D, First int
	Mean        bool // alone
	Whole       bool // the peer holds all N x N cosines, as most would write it
}

func (w pairsWork) kind() string { return "pairs" }

func (w pairsWork) python() string {
	switch {
	case w.Whole:
		return "whole"
	case w.Mean:
		return "mean"
	}
	return "pairs"
}

func (w pairsWork) plan() workPlan  { return workPlan{} }
func (w pairsWork) inputs() []array { return cone(w.N, w.D) }

func (w pairsWork) label() string {
	s := fmt.Sprintf("cosine mean and variance N=%d D=%d", w.N, w.D)
	if w.Mean {
		s = fmt.Sprintf("cosine mean N=%d D=%d", w.N, w.D)
	}
	if w.Whole {
		s += ", u @ u.T"
	}
	if w.First > 0 {
		s += fmt.Sprintf(", peer extrapolated from %d", w.First)
	}
	return s
}

// peerScale is what one run of the peer is multiplied by.
func (w pairsWork) peerScale() float64 {
	if w.First == 0 {
		return 1
	}
	return math.Pow(float64(w.N)/float64(w.First), 2)
}

func (w pairsWork) cost() engine.Cost {
	n, d := float64(w.N), float64(w.D)
	if w.Mean {
		return engine.Cost{Flops: 4 * n * d, Bytes: 4 * n * d}
	}
	return engine.Cost{Flops: n * d * d, Bytes: 4 * n * d} // of the symmetric D x D moments
}

func (w pairsWork) attach(_ *engine.Scope, x map[string]*engine.Tensor) ours {
	var got kernels.PairCosine
	if w.Mean {
		return ours{
			run: func(context.Context) (err error) {
				got.Mean, err = kernels.AllPairsCosineMean(x["x"])
				return err
			},
			values: func() results { return results{"mean": {got.Mean}} },
		}
	}
	return ours{
		run:    func(context.Context) (err error) { got, err = kernels.AllPairsCosine(x["x"]); return err },
		values: func() results { return results{"mean": {got.Mean}, "variance": {got.Variance}} },
	}
}

// reference goes through all pairs where there are few, else it is the closed form in float64.
func (w pairsWork) reference(ctx context.Context, in map[string]array) (results, error) {
	if w.cost().Flops > maxReference {
		return nil, nil
	}
	x := normalised64(in["x"].data, w.N, w.D)
	pairs := float64(w.N) * float64(w.N-1) / 2
	var first, second float64
	if float64(w.N)*float64(w.N)*float64(w.D) <= maxReference/8 {
		err := eachCosine(ctx, x, w.N, w.D, func(_ int, cosines []float64) {
			first += floats.Sum(cosines)
			second += floats.Dot(cosines, cosines)
		})
		if err != nil {
			return nil, err
		}
	} else {
		sum, moments := make([]float64, w.D), make([]float64, w.D*w.D)
		for i := range w.N {
			floats.Add(sum, x[i*w.D:][:w.D])
		}
		m := blas64.General{Rows: w.D, Cols: w.D, Stride: w.D, Data: moments}
		rows := blas64.General{Rows: w.N, Cols: w.D, Stride: w.D, Data: x}
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, rows, rows, 0, m)
		first = (floats.Dot(sum, sum) - float64(w.N)) / 2
		second = (floats.Dot(moments, moments) - float64(w.N)) / 2
	}
	mean := first / pairs
	if w.Mean {
		return results{"mean": {mean}}, nil
	}
	return results{"mean": {mean}, "variance": {second/pairs - mean*mean}}, nil
}

// histogramWork counts their cosines in bins over -1..1.
type histogramWork struct {
	N, D, Bins int
	ByName     bool // the peer calls np.histogram, and not np.bincount, which is faster
}

func (w histogramWork) kind() string   { return "histogram" }
func (w histogramWork) plan() workPlan { return workPlan{} }

func (w histogramWork) python() string {
	if w.ByName {
		return "histogram_by_name"
	}
	return "histogram"
}

func (w histogramWork) label() string {
	s := fmt.Sprintf("cosine histogram N=%d D=%d", w.N, w.D)
	if w.ByName {
		s += ", np.histogram"
	}
	return s
}

func (w histogramWork) inputs() []array { return cone(w.N, w.D) }
func (w histogramWork) pairs() float64  { return float64(w.N) * float64(w.N-1) / 2 }

func (w histogramWork) cost() engine.Cost {
	n, d := float64(w.N), float64(w.D)
	return engine.Cost{Flops: n * n * d, Bytes: 4 * n * d}
}

func (w histogramWork) attach(_ *engine.Scope, x map[string]*engine.Tensor) ours {
	var h kernels.Histogram
	return ours{
		run: func(context.Context) (err error) { h, err = kernels.CosineHistogram(x["x"], -1, 1, w.Bins); return err },
		values: func() results {
			counts := make([]float64, len(h.Counts))
			for i, c := range h.Counts {
				counts[i] = float64(c)
			}
			return results{"counts": counts}
		},
	}
}

func (w histogramWork) reference(ctx context.Context, in map[string]array) (results, error) {
	if w.cost().Flops > maxReference {
		return nil, nil
	}
	counts := make([]float64, w.Bins)
	err := eachCosine(ctx, float64s(in["x"].data), w.N, w.D, func(_ int, cosines []float64) {
		for _, c := range cosines {
			counts[min(max(int((c+1)*float64(w.Bins)/2), 0), w.Bins-1)]++
		}
	})
	return results{"counts": counts}, err
}

func cone(n, d int) []array { return []array{{"x", []int{n, d}, unitVectors(n, d, 1, 1)}} }

// normalised64 makes the rows' length 1 in float64.
func normalised64(data []float32, n, d int) []float64 {
	x := float64s(data)
	for i := range n {
		row := x[i*d:][:d]
		floats.Scale(1/floats.Norm(row, 2), row)
	}
	return x
}

// eachCosine gives x_i . x_j of all j > i in float64, row by row.
func eachCosine(ctx context.Context, x []float64, n, d int, visit func(i int, products []float64)) error {
	const block = 256
	matrix := func(lo, hi int) blas64.General {
		return blas64.General{Rows: hi - lo, Cols: d, Stride: d, Data: x[lo*d : hi*d]}
	}
	s := make([]float64, block*n)
	for lo := 0; lo < n; lo += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		hi := min(lo+block, n)
		c := blas64.General{Rows: hi - lo, Cols: n - lo, Stride: n - lo, Data: s[:(hi-lo)*(n-lo)]}
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, matrix(lo, hi), matrix(lo, n), 0, c)
		for i := range hi - lo {
			visit(lo+i, c.Data[i*(n-lo)+i+1:(i+1)*(n-lo)])
		}
	}
	return nil
}
