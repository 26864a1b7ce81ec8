package kernels

import "mindgap/engine"

// packWork is the number of multiply-adds from which a product on a processor's shaders
// gains by aligned operands more than the copy costs.
const packWork = 1 << 18

// alignOperands copies an operand whose rows do not begin at multiples of four elements, where
// the device reads aligned ones much faster: a shader on a processor fetches four floats at
// once through a buffer texture. The copy is m k or k n elements against m n k products.
func alignOperands(s *engine.Scope, p MatMulParams, a, b *engine.Tensor, o MatMulOptions) (*engine.Tensor, *engine.Tensor, MatMulParams) {
	c := s.Device().Caps()
	if c.Kind != "gl" || !c.Software || int64(p.M)*int64(p.N)*int64(p.K)*int64(p.Batch) < packWork || min(p.M, p.N) < 8 {
		return a, b, p
	}
	l := layout{tA: o.TransA, tB: o.TransB}
	fitsA, fitsB := l.texelFits(p)
	batch := func(step int32) int32 {
		if step == 0 {
			return 1
		}
		return p.Batch
	}
	// Rows of B^T are read side by side, 128 at a time: where their stride is a large power of
	// two they meet in few places of a processor's cache (20 % slower at 1024). A copy
	// pays when every row of it is read often.
	if o.TransB && p.LdB%512 == 0 && p.M >= 256 {
		fitsB = false
	}
	if !fitsA {
		rows, cols := l.shapeA(p)
		a, p.LdA, p.StepA = packed(s, a, PackParams{Rows: rows, Cols: cols, Batch: batch(p.StepA), LdX: p.LdA, StepX: p.StepA})
	}
	if !fitsB {
		rows, cols := l.shapeB(p)
		b, p.LdB, p.StepB = packed(s, b, PackParams{Rows: rows, Cols: cols, Batch: batch(p.StepB), LdX: p.LdB, StepX: p.StepB})
	}
	return a, b, p
}

// packed copies a batch of matrices to rows that begin at multiples of four elements.
func packed(s *engine.Scope, x *engine.Tensor, p PackParams) (y *engine.Tensor, ld, step int32) {
	if p.LdY = (p.Cols + 3) &^ 3; p.LdY%512 == 0 {
		p.LdY += 16 // a cache line
	}
	p.StepY = p.Rows * p.LdY
	wide := s.Floats(int(p.Batch), int(p.Rows), int(p.LdY))
	y = wide.SliceCols(0, int(p.Cols))
	pack.Run(p, y, x)
	if p.Batch == 1 {
		return y, p.LdY, 0
	}
	return y, p.LdY, p.StepY
}
