package kernels

import (
	"math"

	"mindgap/engine"
)

// Logits are the N x N logits of InfoNCE, kept from the forward for the backward pass, which then
// makes none again: 6 N^2 D flops for both instead of 8 N^2 D, for 4 N^2 bytes and some passes over
// them. A nil *Logits keeps nothing: its methods are InfoNCE and InfoNCEBack.
type Logits struct {
	flat  *engine.Tensor // rows of ld numbers, and room for the diagonal's view
	n, ld int
}

// What must hold for logits to be kept: below keptWidth their passes through memory cost more than
// they save, below keptRows launches cost most; they take a keptShare of the memory at most.
const (
	keptWidth = 256
	keptRows  = 1024
	keptShare = 8
)

// KeepLogits makes room in scope s for the logits of n pairs of rows of d elements, where keeping
// them pays: on GPUs, for wide rows that are not too many. It is nil elsewhere. The choice depends
// on the shape and the device alone.
func KeepLogits(s *engine.Scope, n, d int) *Logits {
	if !keepsLogits(s.Device().Caps(), n, d) {
		return nil
	}
	return newLogits(s, n)
}

func keepsLogits(c engine.Caps, n, d int) bool {
	elements := int64(n) * int64(paddedRow(n)+1)
	return !c.Software && n >= keptRows && d >= keptWidth && elements <= math.MaxInt32 && 4*elements <= c.MaxMemory/keptShare
}

func newLogits(s *engine.Scope, n int) *Logits {
	ld := paddedRow(n)
	return &Logits{s.Floats(n * (ld + 1)), n, ld}
}

// Free gives the logits' memory back to the scope before it closes.
func (l *Logits) Free(s *engine.Scope) {
	if l != nil {
		s.Free(l.flat)
	}
}

// matrix is all logits; diagonal the column of those of matched pairs, which lie one more than a
// row apart.
func (l *Logits) matrix() *engine.Tensor {
	return l.flat.SliceRows(0, l.n*l.ld).Reshape(l.n, l.ld).SliceCols(0, l.n)
}

func (l *Logits) diagonal() *engine.Tensor { return l.flat.Reshape(l.n, l.ld+1).SliceCols(0, 1) }

// InfoNCE is the function of that name, and keeps the logits.
func (l *Logits) InfoNCE(loss, lseRow, lseCol, q, k, scale *engine.Tensor, mode InfoNCEMode) {
	if l == nil {
		InfoNCE(loss, lseRow, lseCol, q, k, scale, mode)
		return
	}
	n := l.check("infonce", loss, lseRow, lseCol, q, k, scale, mode)
	s := q.Device().Scope()
	defer s.Close()
	scaled, logits, diag, none := s.Floats(q.Shape()...), l.matrix(), s.Floats(n), s.Floats(1)
	ScaleBy(scaled, scale, q, false)
	MatMulNT(logits, scaled, k)
	if sides := mode.sides(); sides&sideRows != 0 {
		RowLogSumExp(lseRow, logits)
	} else {
		lseRow = none
	}
	if sides := mode.sides(); sides&sideCols != 0 {
		ColumnLogSumExp(lseCol, logits)
	} else {
		lseCol = none
	}
	Scale(diag.Reshape(n, 1), 1, l.diagonal())
	wRow, wCol := mode.weights()
	infonceLoss.Run(InfoNCELossParams{int32(n), wRow, wCol}, loss, lseRow, lseCol, diag)
}

// InfoNCEBack is the function of that name, and spends the logits: X, the gradient with respect to
// them, takes their place, and
//
//	dq = scale X K      dk = X^T (scale Q)      dscale = sum of q_i . (X K)_i
func (l *Logits) InfoNCEBack(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol *engine.Tensor, mode InfoNCEMode, accumulate bool) {
	if l == nil {
		InfoNCEBack(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol, mode, accumulate)
		return
	}
	n := l.check("infonce_back", dscale, lseRow, lseCol, q, k, scale, mode)
	sameShape("infonce_back", q, dq, dk)
	checkOne("infonce_back", "dloss", dloss)
	s := q.Device().Scope()
	defer s.Close()
	wRow, wCol := mode.weights()
	if lseRow == nil {
		lseRow = lseCol // never looked at
	}
	if lseCol == nil {
		lseCol = lseRow
	}
	x := l.matrix()
	infonceKeptGrad.Run(InfoNCEKeptParams{int32(n), int32(n), int32(l.ld), int32(l.ld), int32(n), wRow, wCol}, x, x, lseRow, lseCol, dloss)
	matched := s.Floats(1)
	Scale(matched, -(wRow+wCol)/float32(n), dloss)
	BiasRows(l.diagonal(), l.diagonal(), matched)

	t, dots := s.Floats(q.Shape()...), s.Floats(n)
	MatMul(t, x, k)
	RowDot(dots, q, t)
	sumParts(dscale, dots, n, accumulate)
	ScaleBy(dq, scale, t, accumulate)
	ScaleBy(t, scale, q, false)
	rows := l.strip(q.Device().Caps())
	for lo := 0; lo < n; lo += rows {
		hi := min(lo+rows, n)
		Gemm(dk, x.SliceRows(lo, hi), t.SliceRows(lo, hi), MatMulOptions{TransA: true, Beta: float32(flag(accumulate || lo > 0))})
	}
}

// strip is how many rows of logits a device binds at once: a product with their transpose needs all
// of its rows.
func (l *Logits) strip(c engine.Caps) int {
	if c.MaxBlockBytes == 0 { // the host binds anything
		return l.n
	}
	return max(1, min(l.n, int((c.MaxBlockBytes-int64(c.BlockAlign))/int64(4*l.ld))))
}

func (l *Logits) check(op string, number, lseRow, lseCol, q, k, scale *engine.Tensor, mode InfoNCEMode) int {
	n, _ := checkInfoNCE(op, lseRow, lseCol, q, k, mode)
	engine.Check(op, n == l.n, "%d pairs, logits of %d", n, l.n)
	checkOne(op, "loss or dscale", number)
	checkOne(op, "scale", scale)
	return n
}
