package kernels

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"mindgap/engine"
)

func transposed(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// stride is a row stride that BLAS accepts: of a single row any may be given.
func stride(cols, ld int32) int { return max(int(cols), int(ld), 1) }

// ref is the definition: gonum's Dgemm, then bias and activation. As in BLAS, alpha = 0 and
// beta = 0 do not look at what they multiply.
func (l layout) ref(p MatMulParams, b [][]float64) {
	l.gemm64(p, float64(p.Alpha), float64(p.Beta), b[0], b[1], b[2])
	for z := range int(p.Batch) {
		eachRow(p.M, p.N, func(row, col int) {
			v := &b[0][z*int(p.StepC)+row*int(p.LdC)+col]
			if p.HasBias != 0 {
				*v += b[3][col]
			}
			*v = p.Act.Define(*v)
		})
	}
}

func (l layout) gemm64(p MatMulParams, alpha, beta float64, c, a, b []float64) {
	if p.M == 0 || p.N == 0 {
		return
	}
	ra, ca := l.shapeA(p)
	rb, cb := l.shapeB(p)
	general := func(rows, cols, ld int32, data []float64) blas64.General {
		return blas64.General{Rows: int(rows), Cols: int(cols), Stride: stride(cols, ld), Data: data}
	}
	for z := range int(p.Batch) {
		out := c[z*int(p.StepC):]
		if p.K == 0 || alpha == 0 {
			eachRow(p.M, p.N, func(row, col int) { rescale(&out[row*int(p.LdC)+col], beta) })
			continue
		}
		blas64.Gemm(transposed(l.tA), transposed(l.tB), alpha,
			general(ra, ca, p.LdA, a[z*int(p.StepA):]), general(rb, cb, p.LdB, b[z*int(p.StepB):]),
			beta, general(p.M, p.N, p.LdC, out))
	}
}

// rescale is x = beta x; beta = 0 does not look at x.
func rescale[F float32 | float64](x *F, beta F) {
	if beta == 0 {
		*x = 0
		return
	}
	*x *= beta
}

// host calls the BLAS once per matrix of the batch, then adds bias and activation on all
// cores. gonum passes over zeros of A: there 0 times Inf is 0, where other devices say NaN.
func (l layout) host(h *engine.Host, p MatMulParams, v []engine.View) {
	if p.M == 0 || p.N == 0 {
		return
	}
	_, ca := l.shapeA(p)
	_, cb := l.shapeB(p)
	for z := range int(p.Batch) {
		if h.Stopped() {
			return
		}
		c := v[0].F[z*int(p.StepC):]
		if p.K == 0 || p.Alpha == 0 {
			eachRow(p.M, p.N, func(row, col int) { rescale(&c[row*int(p.LdC)+col], p.Beta) })
			continue
		}
		h.BLAS.Sgemm(transposed(l.tA), transposed(l.tB), int(p.M), int(p.N), int(p.K),
			p.Alpha, v[1].F[z*int(p.StepA):], stride(ca, p.LdA),
			v[2].F[z*int(p.StepB):], stride(cb, p.LdB),
			p.Beta, c, stride(p.N, p.LdC))
	}
	if p.HasBias == 0 && p.Act == NoActivation {
		return
	}
	h.Parallel(int(p.Batch)*int(p.M), rowGrain(p.N, 1<<13), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			z, row := i/int(p.M), i%int(p.M)
			c := v[0].F[z*int(p.StepC)+row*int(p.LdC):][:p.N]
			if p.HasBias != 0 {
				for j, x := range v[3].F[:p.N] {
					c[j] += x
				}
			}
			if p.Act != NoActivation {
				p.Act.applyAll(c)
			}
		}
	})
}

// bound: every term of the sum passes through at most K+3 roundings, whatever the order:
// gamma_(K+3) (|alpha| |A||B| + |beta||C| + |bias|). Where results or operands below Tiny
// are flushed, a product is off by Tiny (|a| + |b| + 1). The activation passes an error on by
// at most its Lipschitz constant and adds its own. Ref has overwritten C by now: it was
// within [-1, 1] (matmulInputs).
func (l layout) bound(p MatMulParams, e engine.MathErrors, b [][]float64) [][]float64 {
	n := len(b[0])
	sum, mag, flush := make([]float64, n), make([]float64, n), make([]float64, n)
	abs := func(x []float64, f func(float64) float64) []float64 {
		out := make([]float64, len(x))
		for i := range x {
			out[i] = f(x[i])
		}
		return out
	}
	one := func(float64) float64 { return 1 }
	a, bb := abs(b[1], math.Abs), abs(b[2], math.Abs)
	l.gemm64(p, float64(p.Alpha), 0, sum, b[1], b[2])
	l.gemm64(p, math.Abs(float64(p.Alpha)), 0, mag, a, bb)
	l.gemm64(p, 1, 0, flush, a, abs(b[2], one))
	l.gemm64(p, 1, 1, flush, abs(b[1], one), bb)
	scaleC := math.Abs(float64(p.Beta))
	for z := range int(p.Batch) {
		eachRow(p.M, p.N, func(row, col int) {
			i := z*int(p.StepC) + row*int(p.LdC) + col
			bias := 0.0
			if p.HasBias != 0 {
				bias = b[3][col]
			}
			d := engine.Gamma(int(p.K)+3)*(mag[i]+scaleC+math.Abs(bias)) +
				e.Tiny*((1+math.Abs(float64(p.Alpha)))*(flush[i]+float64(p.K))+scaleC+3)
			x := sum[i] + bias
			own := math.Max(p.Act.Error(x, e), math.Max(p.Act.Error(x-scaleC, e), p.Act.Error(x+scaleC, e)))
			sum[i] = p.Act.Lipschitz()*d + own
		})
	}
	return [][]float64{sum, nil, nil, nil}
}
