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

// along is a matrix of row stride ld from a row, or column, on.
func along(x []float32, ld, at int, rows bool) []float32 {
	if rows {
		at *= ld
	}
	return x[at:]
}

// rescale is x = beta x; beta = 0 does not look at x.
func rescale[F float32 | float64](x *F, beta F) {
	if beta == 0 {
		*x = 0
		return
	}
	*x *= beta
}

// host multiplies by tiles of its own where the processor has them; else, of single rows, and where a
// BLAS was asked for by name, by the BLAS. Either way bias and activation are added to what was just
// computed.
func (l layout) host(h *engine.Host, p MatMulParams, v []engine.View) {
	if p.M == 0 || p.N == 0 {
		return
	}
	if p.K == 0 || p.Alpha == 0 {
		for z := range int(p.Batch) {
			whole := block{z: z, y1: int(p.M), x1: int(p.N)}
			p.rows(v[0].F, whole, func(row []float32) {
				for i := range row {
					rescale(&row[i], p.Beta)
				}
			})
			p.hostFinish(v, whole)
		}
		return
	}
	least := packedWork
	if p.Batch > 1 {
		least = hostWork
	}
	if !usePacked(h, int(p.M), int(p.N), int(p.K), least) {
		l.hostBLAS(h, p, v)
		return
	}
	work := int(p.M) * int(p.N) * int(p.K)
	g := l.gemm(p)
	multiply := func(z int) {
		g := g
		g.c, g.a, g.b = v[0].F[z*int(p.StepC):], v[1].F[z*int(p.StepA):], v[2].F[z*int(p.StepB):]
		if p.finishes() {
			g.done = func(y0, y1, x0, x1 int) { p.hostFinish(v, block{z, y0, y1, x0, x1}) }
		}
		g.run(h, hostPacked)
	}
	if batch := int(p.Batch); batch > 1 && (work < hostWork || batch >= 8*h.Workers) { // each product on one core
		h.Parallel(batch, max(1, gemmWork/work), func(lo, hi int) {
			for z := lo; z < hi; z++ {
				multiply(z)
			}
		})
		return
	}
	for z := range int(p.Batch) {
		multiply(z)
	}
}

// gemm is the product without its operands.
func (l layout) gemm(p MatMulParams) gemm {
	_, ca := l.shapeA(p)
	_, cb := l.shapeB(p)
	return gemm{
		m: int(p.M), n: int(p.N), k: int(p.K), tA: l.tA, tB: l.tB, alpha: p.Alpha, beta: p.Beta,
		lda: stride(ca, p.LdA), ldb: stride(cb, p.LdB), ldc: stride(p.N, p.LdC),
	}
}

// hostBLAS deals out blocks of C to the cores; each calls the BLAS for its block on its own core.
// These blocks depend on the shape alone, so that any number of cores gives the same bits. A long
// product is one call of the BLAS, which shares out its packed operands among threads of its own
// (blocks would pack them anew: a third slower on two cores); its bits are the same for the same
// number of cores. gonum passes over zeros of A: there 0 times Inf is 0, where other devices say NaN.
func (l layout) hostBLAS(h *engine.Host, p MatMulParams, v []engine.View) {
	if p.Batch == 1 && float64(p.M)*float64(p.N)*float64(p.K) >= hostLong {
		l.hostProduct(h, p, v, block{y1: int(p.M), x1: int(p.N)})
		if p.finishes() { // else no other core is woken for nothing
			h.Parallel(int(p.M), rowGrain(p.N, elementGrain), func(lo, hi int) {
				p.hostFinish(v, block{y0: lo, y1: hi, x1: int(p.N)})
			})
		}
		return
	}
	rows, cols := hostBlock(int(p.M), int(p.N), int(p.K))
	down, across := (int(p.M)+rows-1)/rows, (int(p.N)+cols-1)/cols
	blocks := int(p.Batch) * down * across
	run := h.ParallelBLAS
	if blocks == 1 {
		run = h.Parallel
	}
	run(blocks, max(1, hostWork/(rows*cols*int(max(p.K, 1)))), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			y, x := i/across%down*rows, i%across*cols
			part := block{i / (down * across), y, min(y+rows, int(p.M)), x, min(x+cols, int(p.N))}
			l.hostProduct(h, p, v, part)
			p.hostFinish(v, part)
		}
	})
}

// Work in multiply-adds: hostWork is what a core takes at a time, some tenths of a millisecond;
// hostLong is a long product, of a millisecond or so on all cores.
const (
	hostWork = 1 << 23
	hostLong = 1 << 26
)

// hostBlock is the size of the blocks of an m x n product over k terms: the longer side is halved
// until a block has at most hostWork multiply-adds, or both are short.
func hostBlock(m, n, k int) (rows, cols int) {
	rows, cols = m, n
	for rows*cols*k > hostWork && max(rows, cols) > 64 {
		if rows >= cols {
			rows = (rows/2 + 15) &^ 15
		} else {
			cols = (cols/2 + 15) &^ 15
		}
	}
	return rows, cols
}

// block is rows y0 to y1 and columns x0 to x1 of matrix z of a batch.
type block struct{ z, y0, y1, x0, x1 int }

// rows calls f for each row of a block of C.
func (p MatMulParams) rows(c []float32, b block, f func(row []float32)) {
	ldc := stride(p.N, p.LdC)
	for y := b.y0; y < b.y1; y++ {
		f(c[b.z*int(p.StepC)+y*ldc+b.x0:][:b.x1-b.x0])
	}
}

// hostProduct computes a block of alpha A B + beta C.
func (l layout) hostProduct(h *engine.Host, p MatMulParams, v []engine.View, part block) {
	g := l.gemm(p)
	c, a, b := v[0].F[part.z*int(p.StepC)+part.y0*g.ldc+part.x0:], v[1].F[part.z*int(p.StepA):], v[2].F[part.z*int(p.StepB):]
	h.BLAS.Sgemm(transposed(l.tA), transposed(l.tB), part.y1-part.y0, part.x1-part.x0, g.k, p.Alpha,
		along(a, g.lda, part.y0, !l.tA), g.lda, along(b, g.ldb, part.x0, l.tB), g.ldb, p.Beta, c, g.ldc)
}

// finishes tells whether a product is followed by a bias or an activation.
func (p MatMulParams) finishes() bool { return p.HasBias != 0 || p.Act != NoActivation }

// hostFinish adds bias and activation to a block.
func (p MatMulParams) hostFinish(v []engine.View, part block) {
	if !p.finishes() {
		return
	}
	p.rows(v[0].F, part, func(row []float32) {
		if p.HasBias != 0 {
			for j, x := range v[3].F[part.x0:part.x1] {
				row[j] += x
			}
		}
		if p.Act != NoActivation {
			p.Act.applyAll(row)
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
