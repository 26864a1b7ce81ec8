package bench

import (
	"context"
	"fmt"

	"mindgap/engine"
	"mindgap/kernels"
)

// matmulWork is C = A B, or A B^T, of square matrices.
type matmulWork struct {
	N  int
	NT bool
}

func (w matmulWork) kind() string   { return "matmul" }
func (w matmulWork) python() string { return "matmul" }
func (w matmulWork) plan() workPlan { return workPlan{slow: w.N == 2048} }

func (w matmulWork) label() string {
	return fmt.Sprintf("matmul %s %d", map[bool]string{false: "NN", true: "NT"}[w.NT], w.N)
}

func (w matmulWork) inputs() []array {
	n := w.N
	return []array{{"a", []int{n, n}, normals(n*n, 1)}, {"b", []int{n, n}, normals(n*n, 2)}}
}

func (w matmulWork) cost() engine.Cost {
	n := float64(w.N)
	return engine.Cost{Flops: 2 * n * n * n, Bytes: 12 * n * n}
}

func (w matmulWork) attach(s *engine.Scope, x map[string]*engine.Tensor) ours {
	c := s.Floats(w.N, w.N)
	return ours{made: map[string]*engine.Tensor{"c": c}, run: func(context.Context) error {
		kernels.Gemm(c, x["a"], x["b"], kernels.MatMulOptions{TransB: w.NT})
		return nil
	}}
}

func (w matmulWork) reference(ctx context.Context, x map[string]array) (results, error) {
	a, b := float64s(x["a"].data), float64s(x["b"].data)
	return productRows(ctx, a, b, w.N, w.N, w.N, w.NT, func(_ int, v float64) float64 { return v })
}

// denseWork is C = relu(A B + bias), A being Rows x D and B D x D.
type denseWork struct{ Rows, D int }

func (w denseWork) kind() string   { return "dense" }
func (w denseWork) python() string { return "dense" }
func (w denseWork) plan() workPlan { return workPlan{} }
func (w denseWork) label() string  { return fmt.Sprintf("matmul, bias, ReLU %d x %d", w.Rows, w.D) }

func (w denseWork) inputs() []array {
	return []array{
		{"a", []int{w.Rows, w.D}, normals(w.Rows*w.D, 1)}, {"b", []int{w.D, w.D}, normals(w.D*w.D, 2)},
		{"bias", []int{w.D}, normals(w.D, 3)},
	}
}

func (w denseWork) cost() engine.Cost {
	m, d := float64(w.Rows), float64(w.D)
	return engine.Cost{Flops: 2 * m * d * d, Bytes: 4 * (2*m*d + d*d + d)}
}

func (w denseWork) attach(s *engine.Scope, x map[string]*engine.Tensor) ours {
	c := s.Floats(w.Rows, w.D)
	return ours{made: map[string]*engine.Tensor{"c": c}, run: func(context.Context) error {
		kernels.Gemm(c, x["a"], x["b"], kernels.MatMulOptions{Bias: x["bias"], Act: kernels.ActReLU})
		return nil
	}}
}

func (w denseWork) reference(ctx context.Context, x map[string]array) (results, error) {
	a, b, bias := float64s(x["a"].data), float64s(x["b"].data), x["bias"].data
	return productRows(ctx, a, b, w.Rows, w.D, w.D, false, func(j int, v float64) float64 { return max(0, v+float64(bias[j])) })
}

// productRows gives f(column, element) of the sampled rows of A B, or of A B^T; A is m x k, and the
// product has n columns.
func productRows(ctx context.Context, a, b []float64, m, n, k int, nt bool, f func(j int, v float64) float64) (results, error) {
	rows := sampleRows(m)
	out := make([]float64, len(rows)*n)
	parallel(len(rows), func(at int) {
		if ctx.Err() != nil {
			return
		}
		row, c := a[rows[at]*k:][:k], out[at*n:][:n]
		if nt {
			for j := range c {
				for l, v := range row {
					c[j] += v * b[j*k+l]
				}
			}
		} else {
			for l, v := range row {
				for j, u := range b[l*n:][:n] {
					c[j] += v * u
				}
			}
		}
		for j, v := range c {
			c[j] = f(j, v)
		}
	})
	return results{"c": out}, ctx.Err()
}
