package kernels

import "mindgap/engine"

// InfoNCEMode says which rows compete. With S = scale Q K^T, N x N, row i of Q and row i of K
// being matched:
//
//	InfoNCESymmetric  mean over i of ((lseRow_i - S_ii) + (lseCol_i - S_ii))/2, as CLIP
//	InfoNCERows       mean over i of lseRow_i - S_ii: Q picks among K (image to text)
//	InfoNCECols       mean over i of lseCol_i - S_ii: K picks among Q (text to image)
//
// lseRow_i = log sum_j e^S_ij and lseCol_j = log sum_i e^S_ij.
type InfoNCEMode int

// The modes of InfoNCE.
const (
	InfoNCESymmetric InfoNCEMode = iota
	InfoNCERows
	InfoNCECols
)

// weights of the row and the column direction.
func (m InfoNCEMode) weights() (row, col float32) {
	return [...]float32{0.5, 1, 0}[m], [...]float32{0.5, 0, 1}[m]
}

func (m InfoNCEMode) sides() int32 {
	return [...]int32{sideRows | sideCols, sideRows, sideCols}[m]
}

// mergeFold is how many pairs (max, sum) become one in a launch.
const mergeFold = 64

// infoncePlan is how a device cuts the N x N pairs, which never exist all at once: forward in
// strips of rows, backward in blocks of g.
type infoncePlan struct {
	strip              int // forward: rows of one launch
	rowBlock, colBlock int // forward: pairs behind one (max, sum) of a column, of a row
	gRows, gCols       int // backward: a block of g
	partRows, partCols int // backward: pairs behind one number of dscale_part
}

// stripPairs is how many pairs (max, sum) of a strip a plan may hold: 16 MiB.
const stripPairs = 1 << 21

func planInfoNCE(c engine.Caps, n, d int) infoncePlan {
	var p infoncePlan
	switch {
	case c.Kind == "host":
		block := fewerPairs(n)
		p = infoncePlan{rowBlock: block, colBlock: block, gRows: 2048, gCols: 2048, partRows: 16, partCols: block}
	case c.Software:
		p = infoncePlan{rowBlock: 512, colBlock: texelCols, gRows: 1024, gCols: 1024, partRows: texelRows, partCols: texelCols}
	default:
		p = infoncePlan{rowBlock: 512, colBlock: 128, gRows: 4096, gCols: 4096, partRows: 128, partCols: 128}
		if n < 4096 { // more groups than large tiles would give
			p.rowBlock, p.colBlock, p.partRows, p.partCols = 128, 64, 64, 64
		}
	}
	if b := c.LoopBudget; b > 0 { // also the variant that runs anywhere must end within it
		for p.rowBlock > 8 && p.rowBlock/8*(d+50) > b {
			p.rowBlock /= 2
		}
	}
	across := ceil(n, p.colBlock)
	for p.rowBlock > 64 && across*p.rowBlock > stripPairs {
		p.rowBlock /= 2
	}
	p.strip = max(stripPairs/across/p.rowBlock, 1) * p.rowBlock
	return p
}

// InfoNCE computes the loss of N matched pairs of rows of q and k (N x D each, of unit length
// if the logits are to be cosines times scale) without ever holding N x N numbers: 2 N^2 D
// flops, O(N) memory and a constant. loss and scale have one element. lseRow and lseCol (N
// each) receive the logsumexps, which InfoNCEBack needs; the one of a direction that mode
// leaves out may be nil. The maximum is subtracted before every exponential, so any finite
// scale is safe.
func InfoNCE(loss, lseRow, lseCol, q, k, scale *engine.Tensor, mode InfoNCEMode) {
	n, d := checkInfoNCE("infonce", lseRow, lseCol, q, k, mode)
	checkOne("infonce", "loss", loss)
	checkOne("infonce", "scale", scale)
	planInfoNCE(q.Device().Caps(), n, d).forward(loss, lseRow, lseCol, q, k, scale, mode)
}

func (p infoncePlan) forward(loss, lseRow, lseCol, q, k, scale *engine.Tensor, mode InfoNCEMode) {
	n, d, dev := q.Rows(), q.Cols(), q.Device()
	s := dev.Scope()
	defer s.Close()
	diag, none := s.Floats(n), s.Floats(1)
	sides := mode.sides()
	rows, cols := pairState{none, none}, pairState{none, none}
	if sides&sideRows != 0 {
		rows = newPairs(s, n)
	}
	if sides&sideCols != 0 {
		cols = newPairs(s, n)
	}
	for lo := 0; lo < n; lo += p.strip {
		hi := min(lo+p.strip, n)
		t := dev.Scope()
		rowParts, colParts := pairState{none, none}, pairState{none, none}
		nRow, nCol := ceil(n, p.colBlock), ceil(hi-lo, p.rowBlock)
		if sides&sideRows != 0 {
			rowParts = newPairs(t, nRow*(hi-lo))
		}
		if sides&sideCols != 0 {
			colParts = newPairs(t, nCol*n)
		}
		infoncePartial.Run(InfoNCEPartialParams{
			Rows: int32(hi - lo), Cols: int32(n), D: int32(d), LdQ: int32(q.LD()), LdK: int32(k.LD()),
			RowBlock: int32(p.rowBlock), ColBlock: int32(p.colBlock), First: int32(lo), Sides: sides,
		}, rowParts.max, rowParts.sum, colParts.max, colParts.sum, diag.SliceRows(lo, hi), q.SliceRows(lo, hi), k, scale)
		if sides&sideRows != 0 {
			rowParts.mergeInto(t, pairState{rows.max.SliceRows(lo, hi), rows.sum.SliceRows(lo, hi)}, nRow, false)
		}
		if sides&sideCols != 0 {
			colParts.mergeInto(t, cols, nCol, lo > 0)
		}
		t.Close()
	}
	if sides&sideRows != 0 {
		infonceLSE.Run(InfoNCELSEParams{int32(n)}, lseRow, rows.max, rows.sum)
	} else {
		lseRow = none
	}
	if sides&sideCols != 0 {
		infonceLSE.Run(InfoNCELSEParams{int32(n)}, lseCol, cols.max, cols.sum)
	} else {
		lseCol = none
	}
	wRow, wCol := mode.weights()
	infonceLoss.Run(InfoNCELossParams{int32(n), wRow, wCol}, loss, lseRow, lseCol, diag)
}

// InfoNCEBack computes the gradients of InfoNCE, times dloss (one element): with
// G = dloss/N (wRow softmax_rows(S) + wCol softmax_cols(S) - (wRow + wCol) I),
//
//	dq = scale G K      dk = scale G^T Q      dscale = sum of G_ij q_i . k_j
//
// in blocks of G that are made again from q, k and the logsumexps of the forward pass: 6 N^2 D
// flops, and the memory of one block (at most 64 MiB). With accumulate the
// gradients are added to what dq, dk and dscale hold. None of the three may be nil.
func InfoNCEBack(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol *engine.Tensor, mode InfoNCEMode, accumulate bool) {
	n, d := checkInfoNCE("infonce_back", lseRow, lseCol, q, k, mode)
	sameShape("infonce_back", q, dq, dk)
	checkOne("infonce_back", "dscale", dscale)
	checkOne("infonce_back", "dloss", dloss)
	checkOne("infonce_back", "scale", scale)
	planInfoNCE(q.Device().Caps(), n, d).backward(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol, mode, accumulate)
}

func (p infoncePlan) backward(dq, dk, dscale, dloss, q, k, scale, lseRow, lseCol *engine.Tensor, mode InfoNCEMode, accumulate bool) {
	n, d, dev := q.Rows(), q.Cols(), q.Device()
	s := dev.Scope()
	defer s.Close()
	wRow, wCol := mode.weights()
	across := ceil(n, p.gCols)
	height, width := min(p.gRows, n), min(p.gCols, n)
	ldG := paddedRow(width)
	g := s.Floats(height, ldG)
	parts := s.Floats(ceil(height, p.partRows) * ceil(width, p.partCols))
	sums, none := s.Floats(ceil(n, p.gRows)*across), s.Floats(1)
	view := func(t *engine.Tensor, w float32, lo, hi int) *engine.Tensor {
		if w == 0 {
			return none
		}
		return t.SliceRows(lo, hi)
	}
	for i := 0; i < n; i += p.gRows {
		qi, iEnd := q.SliceRows(i, min(i+p.gRows, n)), min(i+p.gRows, n)
		for j := 0; j < n; j += p.gCols {
			kj, jEnd := k.SliceRows(j, min(j+p.gCols, n)), min(j+p.gCols, n)
			rows, cols := int32(iEnd-i), int32(jEnd-j)
			gp := InfoNCEGradParams{
				Rows: rows, Cols: cols, D: int32(d), LdG: int32(ldG), LdQ: int32(q.LD()), LdK: int32(k.LD()),
				First: int32(i - j), Total: int32(n), RowBlock: int32(p.partRows), ColBlock: int32(p.partCols), WRow: wRow, WCol: wCol,
			}
			infonceGrad.Run(gp, g, parts, qi, kj, scale, dloss, view(lseRow, wRow, i, iEnd), view(lseCol, wCol, j, jEnd))
			at := i/p.gRows*across + j/p.gCols
			sumParts(sums.SliceRows(at, at+1), parts, gradTiles(gp), false)
			gij := g.SliceRows(0, int(rows)).SliceCols(0, int(cols))
			Gemm(dq.SliceRows(i, iEnd), gij, kj, MatMulOptions{Beta: float32(flag(accumulate || j > 0))})
			Gemm(dk.SliceRows(j, jEnd), gij, qi, MatMulOptions{TransA: true, Beta: float32(flag(accumulate || i > 0))})
		}
	}
	sumParts(dscale, sums, sums.Len(), accumulate)
}

func checkInfoNCE(op string, lseRow, lseCol, q, k *engine.Tensor, mode InfoNCEMode) (n, d int) {
	sameShape(op, q, k)
	n, d = q.Rows(), q.Cols()
	engine.Check(op, len(q.Shape()) == 2 && n > 0 && d > 0, "rows of shape %v; want N x D, neither 0", q.Shape())
	engine.Check(op, mode >= InfoNCESymmetric && mode <= InfoNCECols, "%d is no mode", mode)
	if mode.sides()&sideRows != 0 {
		engine.Check(op, lseRow != nil && lseRow.Len() == n, "lseRow must have %d elements", n)
	}
	if mode.sides()&sideCols != 0 {
		engine.Check(op, lseCol != nil && lseCol.Len() == n, "lseCol must have %d elements", n)
	}
	return n, d
}

// pairState is (max, sum) for a number of softmaxes: sum e^x = sum e^max.
type pairState struct{ max, sum *engine.Tensor }

func newPairs(s *engine.Scope, n int) pairState { return pairState{s.Floats(n), s.Floats(n)} }

// mergeInto merges parts x n pairs into n, level by level.
func (p pairState) mergeInto(s *engine.Scope, out pairState, parts int, accumulate bool) {
	n := out.max.Len()
	for parts > mergeFold {
		next := ceil(parts, mergeFold)
		q := newPairs(s, next*n)
		infonceMerge.Run(InfoNCEMergeParams{int32(parts), int32(n), mergeFold, 0}, q.max, q.sum, p.max, p.sum)
		p, parts = q, next
	}
	infonceMerge.Run(InfoNCEMergeParams{int32(parts), int32(n), mergeFold, flag(accumulate)}, out.max, out.sum, p.max, p.sum)
}
