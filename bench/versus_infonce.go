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

// infonceWork is the symmetric contrastive loss of N pairs of random unit vectors of width D at
// scale 100, with the gradients of both sides and of the scale.
type infonceWork struct {
	N, D       int
	once, long bool
}

const infonceScale = 100

// MarshalJSON tells a peer the scale as well.
func (w infonceWork) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"N": %d, "D": %d, "Scale": %d}`, w.N, w.D, infonceScale), nil
}

func (w infonceWork) kind() string   { return "infonce" }
func (w infonceWork) python() string { return "infonce" }
func (w infonceWork) label() string  { return fmt.Sprintf("InfoNCE and gradients N=%d D=%d", w.N, w.D) }

func (w infonceWork) plan() workPlan {
	return workPlan{once: w.once, long: w.long, slow: w.once}
}

func (w infonceWork) inputs() []array {
	return []array{
		{"q", []int{w.N, w.D}, unitVectors(w.N, w.D, 1, 0)},
		{"k", []int{w.N, w.D}, unitVectors(w.N, w.D, 2, 0)},
	}
}

// cost: the logits take 2 N^2 D flops, made again for the gradients, which take twice as much.
func (w infonceWork) cost() engine.Cost {
	n, d := float64(w.N), float64(w.D)
	return engine.Cost{Flops: 8 * n * n * d, Bytes: 24 * n * d}
}

func (w infonceWork) attach(s *engine.Scope, x map[string]*engine.Tensor) ours {
	n, d := w.N, w.D
	dq, dk, dscale := s.Floats(n, d), s.Floats(n, d), s.Floats(1)
	loss, rows, cols := s.Floats(1), s.Floats(n), s.Floats(n)
	scale, one := s.Upload([]float32{infonceScale}, 1), s.Upload([]float32{1}, 1)
	of := func(lo, hi int) {
		q, k, r, c := x["q"].SliceRows(lo, hi), x["k"].SliceRows(lo, hi), rows.Slice(0, lo, hi), cols.Slice(0, lo, hi)
		kernels.InfoNCE(loss, r, c, q, k, scale, kernels.InfoNCESymmetric)
		kernels.InfoNCEBack(dq.SliceRows(lo, hi), dk.SliceRows(lo, hi), dscale, one, q, k, scale, r, c, kernels.InfoNCESymmetric, false)
	}
	return ours{
		made:  map[string]*engine.Tensor{"dq": dq, "dk": dk, "dscale": dscale, "loss": loss},
		prime: func() { of(0, min(256, n)) },
		run:   func(context.Context) error { of(0, n); return nil },
	}
}

// reference: with E_ij = e^(S_ij - scale), c_ij = q_i . k_j and the sums of E over rows and
// columns, G = ((E / row sum + E / column sum)/2 - I)/N, dq = scale G k, dk = scale G^T q,
// dscale = sum of G_ij c_ij.
func (w infonceWork) reference(ctx context.Context, in map[string]array) (results, error) {
	if 2*float64(w.N)*float64(w.N)*float64(w.D) > maxReference {
		return nil, nil
	}
	n, d := w.N, w.D
	q, k := float64s(in["q"].data), float64s(in["k"].data)
	e := func(c float64) float64 { return math.Exp(infonceScale * (c - 1)) }
	row, col, rowC, colC := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	const block = 256
	products := make([]float64, block*n)
	var matched float64 // sum of c_ii
	for lo := 0; lo < n; lo += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+block, n)
		c := blas64.General{Rows: hi - lo, Cols: n, Stride: n, Data: products[:(hi-lo)*n]}
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, blas64.General{Rows: hi - lo, Cols: d, Stride: d, Data: q[lo*d : hi*d]},
			blas64.General{Rows: n, Cols: d, Stride: d, Data: k}, 0, c)
		for i := range hi - lo {
			matched += c.Data[i*n+lo+i]
		}
		const band = 512 // columns of one core, whose sums are its own
		parallel(hi-lo, func(i int) {
			for _, v := range c.Data[i*n:][:n] {
				x := e(v)
				row[lo+i] += x
				rowC[lo+i] += x * v
			}
		})
		parallel((n+band-1)/band, func(b int) {
			for i := range hi - lo {
				for j := b * band; j < min(n, (b+1)*band); j++ {
					v := c.Data[i*n+j]
					x := e(v)
					col[j] += x
					colC[j] += x * v
				}
			}
		})
	}
	var loss, dscale float64
	for i := range n {
		loss += (math.Log(row[i])+math.Log(col[i]))/2 + infonceScale
		dscale += (rowC[i]/row[i] + colC[i]/col[i]) / 2
	}
	gradient := func(x, y, mine, theirs []float64) (out []float64) {
		for _, i := range sampleRows(n) {
			sum, xi := make([]float64, d), x[i*d:][:d]
			for j := range n {
				yj := y[j*d:][:d]
				v := e(floats.Dot(xi, yj))
				g := (v/mine[i] + v/theirs[j]) / 2
				if i == j {
					g--
				}
				floats.AddScaled(sum, infonceScale*g/float64(n), yj)
			}
			out = append(out, sum...)
		}
		return out
	}
	return results{
		"loss": {(loss - infonceScale*matched) / float64(n)}, "dscale": {(dscale - matched) / float64(n)},
		"dq": gradient(q, k, row, col), "dk": gradient(k, q, col, row),
	}, ctx.Err()
}
