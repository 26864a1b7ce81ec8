package kernels

import "mindgap/engine"

// MatMulOptions are Gemm's choices; the zero value means C = A B.
type MatMulOptions struct {
	TransA, TransB bool           // the operand is stored transposed; not both
	Alpha          float32        // factor of the product; 0 means 1
	Beta           float32        // factor of what C held before; 0: C is only written
	Bias           *engine.Tensor // one number per column, added to every row; nil: none
	Act            Activation     // applied to every element at the end
}

// MatMul is C = A B: c is m x n, a m x k, b k x n.
func MatMul(c, a, b *engine.Tensor) { Gemm(c, a, b, MatMulOptions{}) }

// MatMulNT is C = A B^T: c is m x n, a m x k, b n x k.
func MatMulNT(c, a, b *engine.Tensor) { Gemm(c, a, b, MatMulOptions{TransB: true}) }

// MatMulTN is C = A^T B: c is m x n, a k x m, b k x n.
func MatMulTN(c, a, b *engine.Tensor) { Gemm(c, a, b, MatMulOptions{TransA: true}) }

// Gemm is C = act(alpha op(A) op(B) + beta C + bias) for matrices, or for batches of
// them: tensors of three axes, the first being the batch. An operand with two axes serves
// every matrix of the batch. Rows may be any stride apart. It panics with *engine.Error when
// shapes do not fit, or c overlaps another tensor.
func Gemm(c, a, b *engine.Tensor, o MatMulOptions) {
	k := matmul
	switch {
	case o.TransA && o.TransB:
		engine.Check(k.Name, false, "both operands transposed; compute B A and transpose that")
	case o.TransA:
		k = matmulTN
	case o.TransB:
		k = matmulNT
	}
	p := gemmParams(k.Name, c, a, b, o)
	bias := o.Bias
	if bias == nil {
		bias = a // never looked at
	}
	k.Check(p, c, a, b, bias)
	s := c.Device().Scope()
	defer s.Close()
	a, b, p = alignOperands(s, p, a, b, o)
	if parts := kParts(p); parts > 1 && cutsAlongK(c.Device().Caps()) {
		gemmInParts(k, p, parts, c, a, b, bias, o)
		return
	}
	chunk := kChunk(c.Device(), p)
	for lo := 0; ; lo += chunk {
		hi := min(lo+chunk, int(p.K))
		q, last := p, hi == int(p.K)
		q.K = int32(hi - lo)
		if lo > 0 {
			q.Beta = 1
		}
		if !last {
			q.HasBias, q.Act = 0, NoActivation
		}
		k.Run(q, c, alongK(a, o.TransA, lo, hi), alongK(b, !o.TransB, lo, hi), bias)
		if last {
			return
		}
	}
}

// kChunk is how much of the sums one launch may take: where a driver limits the iterations of
// a loop, longer sums are added up by several launches.
func kChunk(d *engine.Device, p MatMulParams) int {
	if budget := d.Caps().LoopBudget; budget > 0 {
		return max(4, min(int(p.K), maxQuadK(budget)))
	}
	return max(1, int(p.K))
}

// alongK is the part lo..hi of an operand along k, which is its rows or its columns.
func alongK(t *engine.Tensor, rows bool, lo, hi int) *engine.Tensor {
	if rows {
		return t.Slice(-2, lo, hi)
	}
	return t.Slice(-1, lo, hi)
}

func gemmParams(name string, c, a, b *engine.Tensor, o MatMulOptions) MatMulParams {
	for _, t := range []*engine.Tensor{c, a, b} {
		engine.Check(name, t != nil, "a tensor is nil")
		engine.Check(name, len(t.Shape()) == 2 || len(t.Shape()) == 3, "%v is neither a matrix nor a batch of them", t)
	}
	p := MatMulParams{M: int32(c.Dim(-2)), N: int32(c.Dim(-1)), Batch: 1, Alpha: o.Alpha, Beta: o.Beta, Act: o.Act}
	if o.Alpha == 0 {
		p.Alpha = 1
	}
	along := func(t *engine.Tensor, trans bool) (rows, cols int32) {
		if trans {
			return int32(t.Dim(-1)), int32(t.Dim(-2))
		}
		return int32(t.Dim(-2)), int32(t.Dim(-1))
	}
	m, k := along(a, o.TransA)
	kb, n := along(b, o.TransB)
	engine.Check(name, m == p.M && n == p.N && k == kb, "c %v, a %v, b %v do not fit", c.Shape(), a.Shape(), b.Shape())
	p.K, p.LdC, p.LdA, p.LdB = k, int32(c.Stride(-2)), int32(a.Stride(-2)), int32(b.Stride(-2))
	if o.Bias != nil {
		engine.Check(name, o.Bias.Len() == int(p.N) && o.Bias.Contiguous(), "bias %v for %d columns", o.Bias, p.N)
		p.HasBias = 1
	}
	if len(c.Shape()) == 3 {
		p.Batch, p.StepC = int32(c.Dim(0)), int32(c.Stride(0))
	}
	step := func(t *engine.Tensor) int32 {
		if len(t.Shape()) == 2 {
			return 0
		}
		engine.Check(name, len(c.Shape()) == 3 && t.Dim(0) == c.Dim(0), "c %v, a %v, b %v: batches differ", c.Shape(), a.Shape(), b.Shape())
		return int32(t.Stride(0))
	}
	p.StepA, p.StepB = step(a), step(b)
	// One B for a batch whose rows lie at one stride throughout: that is one tall product.
	if p.Batch > 1 && p.StepB == 0 && !o.TransA && int(p.StepA) == int(p.M)*int(p.LdA) && int(p.StepC) == int(p.M)*int(p.LdC) {
		p.M, p.Batch = p.M*p.Batch, 1
	}
	return p
}
