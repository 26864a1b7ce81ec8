package kernels

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

var softmaxRows = &engine.Kernel[RowwiseParams]{
	Name: "softmax_rows", Doc: "y = exp(x - m) / sum exp(x - m) along each row, m = max x; a row of nothing but -Inf gives 0",
	Source: shaders, Special: true, InPlace: true,
	Bufs:     []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
	Variants: sweepVariants("softmax_rows.comp.glsl", 3, []string{"x"}, []string{"y"}, RowwiseParams.sweep),
	Size: func(p RowwiseParams) []int {
		checkMatrix("softmax_rows", p.Rows, p.Cols, p.LdY, p.LdX)
		return []int{span(p.Rows, p.Cols, p.LdY), span(p.Rows, p.Cols, p.LdX)}
	},
	Cost: func(p RowwiseParams) engine.Cost {
		n := float64(p.Rows) * float64(p.Cols)
		return engine.Cost{Flops: 5 * n, Bytes: 8 * n}
	},
	Split: func(p RowwiseParams) engine.Split[RowwiseParams] {
		return engine.Split[RowwiseParams]{
			Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdX)},
			Part: func(lo, hi int) RowwiseParams { return p.part(int32(hi - lo)) },
		}
	},
	Ref: func(p RowwiseParams, b [][]float64) {
		p.eachSoftmax(b[0], b[1], func(y, x []float64) {
			m := maxOf(x)
			var sum float64
			for i, v := range x {
				y[i] = math.Exp(v - finiteBase(m))
				sum += y[i]
			}
			if math.IsInf(m, 0) || math.IsNaN(m) {
				sum = 1
			}
			for i := range y {
				y[i] /= sum
			}
		})
	},
	Host: func(h *engine.Host, p RowwiseParams, v []engine.View) {
		h.Parallel(int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
			for row := lo; row < hi; row++ {
				x, y := v[1].F[row*int(p.LdX):][:p.Cols], v[0].F[row*int(p.LdY):][:p.Cols]
				softmaxRow(y, x)
			}
		})
	},
	// exp(x - m) errs by u |x - m| relative to itself, and by exp's own error; the sum of positive
	// terms by the largest of these and gamma; the division by Div.
	Bound: func(p RowwiseParams, e engine.MathErrors, b [][]float64) [][]float64 {
		out := make([]float64, len(b[0]))
		p.eachSoftmax(out, b[1], func(err, x []float64) {
			m := maxOf(x)
			var sum, wrong float64
			term := func(v float64) (w, r float64) {
				w = math.Exp(v - finiteBase(m))
				return w, w*math.Expm1(engine.U*math.Abs(v-finiteBase(m))+(e.Exp+1)*engine.U) + 2*expTiny
			}
			for _, v := range x {
				if w, r := term(v); w > 0 {
					sum, wrong = sum+w, wrong+r
				}
			}
			of := wrong/sum + engine.Gamma(len(x)+4)
			for i, v := range x {
				if math.IsInf(v, -1) {
					continue // 0 on every device
				}
				w, r := term(v)
				err[i] = (r+w*(of+e.Div*engine.U))/sum*(1+2*of) + minNormal
			}
		})
		return [][]float64{out, nil}
	},
	Inputs: softmaxInputs,
	Cases:  append(rowwiseCases[:len(rowwiseCases):len(rowwiseCases)], RowwiseParams{5, 1024, 1024, 1028}, RowwiseParams{4, 2052, 2052, 2052}),
	Bench:  rowwiseBench,
	Bucket: RowwiseParams.bucket, Tune: softmaxRowsTune,
}

// softmaxOfRows is Softmax in one launch, which reads and writes the memory once.
func softmaxOfRows(y, x *engine.Tensor) {
	sameShape("softmax_rows", y, x)
	softmaxRows.Run(RowwiseParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD())}, y, x)
}

func (p RowwiseParams) sweep() (rows, cols int32, fours bool) {
	return p.Rows, p.Cols, p.Cols%4 == 0 && p.LdY%4 == 0 && p.LdX%4 == 0
}

// eachSoftmax calls f for each row of y and x.
func (p RowwiseParams) eachSoftmax(y, x []float64, f func(y, x []float64)) {
	for r := range int(p.Rows) {
		if p.Cols > 0 {
			f(y[r*int(p.LdY):][:p.Cols], x[r*int(p.LdX):][:p.Cols])
		}
	}
}

// softmaxRow is one row of softmax_rows in float32; y may be x.
func softmaxRow(y, x []float32) {
	m := vector.Max(x)
	copy(y, x)
	sum := vector.ExpSum(y, finiteBase32(m))
	if finite(m) {
		vector.Scale(y, 1/sum)
	}
}
