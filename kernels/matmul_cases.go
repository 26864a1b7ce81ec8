package kernels

// product gives the parameters of one product of contiguous matrices.
func (l layout) product(m, n, k int32) MatMulParams {
	p := MatMulParams{M: m, N: n, K: k, LdC: max(n, 1), Batch: 1, Alpha: 1}
	_, ca := l.shapeA(p)
	_, cb := l.shapeB(p)
	p.LdA, p.LdB = max(ca, 1), max(cb, 1)
	return p
}

// padded widens the row strides of A and B to multiples of four, and C's by c elements.
func padded(p MatMulParams, c int32) MatMulParams {
	p.LdA, p.LdB, p.LdC = (p.LdA+3)&^3, (p.LdB+3)&^3, p.LdC+c
	return p
}

// cases: empty and single ones, sizes around the edges of every tile (16, 64, 128), strides,
// batches (one after the other, side by side as attention heads lie, shared operands), few rows or
// columns, sums about as long as one and several chains, and all of the last step's choices.
func (l layout) cases() []MatMulParams {
	with := func(p MatMulParams, f func(p *MatMulParams)) MatMulParams { f(&p); return p }
	list := []MatMulParams{
		l.product(0, 5, 3), l.product(5, 0, 3), l.product(1, 1, 1), l.product(1, 7, 1), l.product(9, 1, 5),
		with(l.product(5, 6, 0), func(p *MatMulParams) { p.Beta = -0.5 }),
		l.product(17, 33, 15), padded(l.product(15, 129, 31), 3),
		l.product(64, 64, 16), l.product(65, 127, 33), padded(l.product(130, 133, 18), 0), l.product(132, 136, 68),
		with(padded(l.product(19, 21, 22), 5), func(p *MatMulParams) { p.Alpha, p.Beta = -1.25, 0.75 }),
		with(l.product(7, 5, 3), func(p *MatMulParams) { p.Alpha, p.HasBias = 0, 1 }),
		with(l.product(20, 24, 16), func(p *MatMulParams) { p.Beta, p.HasBias, p.Act = 1, 1, ActReLU }),
		with(padded(l.product(18, 7, 9), 0), func(p *MatMulParams) { p.HasBias, p.Act = 1, ActReLU }),
	}
	for act := ActLeakyReLU; int(act) < len(activations); act++ {
		list = append(list, with(padded(l.product(6, 9, 12), 0), func(p *MatMulParams) { p.Alpha, p.HasBias, p.Act = 0.5, 1, act }))
	}
	apart := with(padded(l.product(18, 20, 11), 0), func(p *MatMulParams) {
		p.Batch, p.StepA, p.StepB, p.StepC = 3, p.LdA*20, p.LdB*20, p.LdC*18+1
	})
	shared := with(apart, func(p *MatMulParams) { p.StepB, p.HasBias = 0, 1 })
	heads := with(l.product(10, 12, 8), func(p *MatMulParams) {
		p.Batch, p.StepC, p.LdC = 4, p.N, 4*p.N
		p.StepA, p.LdA = p.LdA, 4*p.LdA
		p.StepB, p.LdB = p.LdB, 4*p.LdB
	})
	few := func(m, n, k int32, act Activation) MatMulParams {
		return with(l.product(m, n, k), func(p *MatMulParams) { p.Beta, p.HasBias, p.Act = 0.5, 1, act })
	}
	several := with(l.product(3, 20, 12), func(p *MatMulParams) {
		p.Batch, p.StepA, p.StepB, p.StepC = 2, 36, 240, 60
	})
	list = append(list, l.product(1, 36, 300), few(36, 1, 300, ActGELU), few(5, 132, 140, ActReLU), few(68, 8, 132, ActSigmoid), several)
	long := []MatMulParams{
		l.product(33, 300, 1030), l.product(16, 128, 2*chain), padded(l.product(18, 9, 2*chain+1), 0), padded(l.product(20, 140, 3*chain+7), 0),
	}
	return append(append(list, apart, shared, heads), long...)
}

// bench: square, a layer of a network, and attention heads.
func (l layout) bench() []MatMulParams {
	heads := l.product(197, 197, 64)
	heads.Batch, heads.StepA, heads.StepB, heads.StepC = 96, heads.M*heads.K, heads.N*heads.K, heads.M*heads.N
	return []MatMulParams{l.product(512, 512, 512), l.product(1024, 1024, 1024), l.product(2048, 2048, 2048), l.product(4096, 768, 3072), heads}
}
