package kernels

import (
	"math/rand/v2"

	"mindgap/engine"
)

// MatMulParams describes C = act(alpha op(A) op(B) + beta C + bias) for Batch matrices:
// op(A) is M x K, op(B) K x N, C M x N. Ld is the distance of a matrix's rows, Step the
// distance of a batch's matrices (0: all batches share one), in elements.
type MatMulParams struct {
	M, N, K             int32
	LdA, LdB, LdC       int32
	Batch               int32
	StepA, StepB, StepC int32
	Alpha, Beta         float32
	HasBias             int32 // bias: N elements, added to every row
	Act                 Activation
}

// layout says which operands are stored transposed.
type layout struct {
	name   string // of the kernel
	tA, tB bool
}

// The three layouts that networks need: y = x W^T is matmul_nt, dx = dy W is matmul,
// dW = dy^T x is matmul_tn.
var (
	matmul   = newMatMul(layout{name: "matmul"}, "C = act(alpha A B + beta C + bias)")
	matmulNT = newMatMul(layout{name: "matmul_nt", tB: true}, "C = act(alpha A B^T + beta C + bias)")
	matmulTN = newMatMul(layout{name: "matmul_tn", tA: true}, "C = act(alpha A^T B + beta C + bias)")
)

func newMatMul(l layout, doc string) *engine.Kernel[MatMulParams] {
	return &engine.Kernel[MatMulParams]{
		Name: l.name, Doc: doc, Source: shaders, Special: true,
		Bufs: []engine.Buf{
			{Name: "c", Access: engine.InOut},
			{Name: "a", Access: engine.In},
			{Name: "b", Access: engine.In},
			{Name: "bias", Access: engine.In},
		},
		Variants: l.variants(),
		Size:     l.size,
		Cost:     l.cost,
		Split:    l.split,
		Ref:      l.ref,
		Host:     l.host,
		Bound:    l.bound,
		Inputs:   matmulInputs,
		Cases:    l.cases(),
		Bench:    l.bench(),
		Bucket:   l.bucket,
		Tune:     l.tune,
	}
}

// shapeA and shapeB are rows and columns as they are stored.
func (l layout) shapeA(p MatMulParams) (rows, cols int32) {
	if l.tA {
		return p.K, p.M
	}
	return p.M, p.K
}

func (l layout) shapeB(p MatMulParams) (rows, cols int32) {
	if l.tB {
		return p.N, p.K
	}
	return p.K, p.N
}

func (l layout) size(p MatMulParams) []int {
	ra, ca := l.shapeA(p)
	rb, cb := l.shapeB(p)
	checkMatrix(l.name, ra, ca, p.LdA)
	checkMatrix(l.name, rb, cb, p.LdB)
	checkMatrix(l.name, p.M, p.N, p.LdC)
	engine.Check(l.name, p.Batch >= 0 && p.StepA >= 0 && p.StepB >= 0 && p.StepC >= 0, "batch %d with steps %d, %d, %d", p.Batch, p.StepA, p.StepB, p.StepC)
	engine.Check(l.name, p.Act >= NoActivation && int(p.Act) < len(activations), "%d is no activation", p.Act)
	c := span(p.M, p.N, p.LdC)
	apart := int(p.StepC) >= c || // one after the other, or side by side in the same rows
		p.StepC >= p.N && int(p.StepC)*(int(p.Batch)-1)+int(p.N) <= int(p.LdC)
	engine.Check(l.name, p.Batch <= 1 || apart, "matrices of c, %d elements apart, overlap", p.StepC)
	bias := 0
	if p.HasBias != 0 {
		bias = int(p.N)
	}
	return []int{
		batchSpan(p.Batch, p.StepC, c),
		batchSpan(p.Batch, p.StepA, span(ra, ca, p.LdA)),
		batchSpan(p.Batch, p.StepB, span(rb, cb, p.LdB)),
		bias,
	}
}

// batchSpan is the number of elements from the first to the last of a batch of matrices.
func batchSpan(batch, step int32, one int) int {
	if batch == 0 || one == 0 {
		return 0
	}
	return (int(batch)-1)*int(step) + one
}

func (l layout) cost(p MatMulParams) engine.Cost {
	m, n, k, batch := float64(p.M), float64(p.N), float64(p.K), float64(p.Batch)
	return engine.Cost{Flops: 2 * m * n * k * batch, Bytes: 4 * batch * (m*n + m*k + k*n)}
}

// split cuts a batch into shorter ones, and a single product into bands of rows of C: those
// of A follow (its columns, where it is stored transposed), B stays whole.
func (l layout) split(p MatMulParams) engine.Split[MatMulParams] {
	if p.Batch > 1 {
		return engine.Split[MatMulParams]{
			Rows: int(p.Batch), Step: []int{int(p.StepC), int(p.StepA), int(p.StepB), 0},
			Part: func(lo, hi int) MatMulParams { p.Batch = int32(hi - lo); return p },
		}
	}
	stepA := int(p.LdA)
	if l.tA {
		stepA = 1
	}
	return engine.Split[MatMulParams]{
		Rows: int(p.M), Quantum: 128, Step: []int{int(p.LdC), stepA, 0, 0},
		Part: func(lo, hi int) MatMulParams { p.M = int32(hi - lo); return p },
	}
}

// matmulInputs draws normal numbers, and C from [-1, 1]: the bound relies on that.
func matmulInputs(_ MatMulParams, r *rand.Rand, b [][]float64) {
	for i := range b {
		for j := range b[i] {
			if b[i][j] = r.NormFloat64(); i == 0 {
				b[i][j] = 2*r.Float64() - 1
			}
		}
	}
}
