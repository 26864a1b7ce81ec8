package kernels

import "mindgap/engine"

// SigLIP computes the loss of N matched pairs of rows of q and k (N x D each) in which every
// pair stands for itself (Zhai et al., Sigmoid Loss for Language Image Pre-Training, 2023):
//
//	loss = 1/N sum_ij log(1 + e^(-z_ij (scale q_i . k_j + bias))),  z_ij = 1 if i = j, else -1
//
// in blocks of pairs: 2 N^2 D flops, O(N) memory and a constant. loss, scale and bias have one
// element. No exponential overflows at any finite scale and bias.
func SigLIP(loss, q, k, scale, bias *engine.Tensor) {
	n, d := checkSigLIP("siglip", q, k, scale, bias)
	checkOne("siglip", "loss", loss)
	planInfoNCE(q.Device().Caps(), n, d).siglip(loss, q, k, scale, bias)
}

// SigLIPBack computes the gradients of SigLIP, times dloss (one element): with
// G_ij = -dloss/N z_ij sigmoid(-z_ij (scale q_i . k_j + bias)),
//
//	dq = scale G K    dk = scale G^T Q    dscale = sum of G_ij q_i . k_j    dbias = sum of G_ij
//
// in blocks of G: 6 N^2 D flops, and the memory of one block (at most 64 MiB). With
// accumulate the gradients are added to what the four hold. None of them may be nil.
func SigLIPBack(dq, dk, dscale, dbias, dloss, q, k, scale, bias *engine.Tensor, accumulate bool) {
	n, d := checkSigLIP("siglip_back", q, k, scale, bias)
	sameShape("siglip_back", q, dq, dk)
	checkOne("siglip_back", "dscale", dscale)
	checkOne("siglip_back", "dbias", dbias)
	checkOne("siglip_back", "dloss", dloss)
	planInfoNCE(q.Device().Caps(), n, d).siglipBack(dq, dk, dscale, dbias, dloss, q, k, scale, bias, accumulate)
}

func checkSigLIP(op string, q, k, scale, bias *engine.Tensor) (n, d int) {
	sameShape(op, q, k)
	checkOne(op, "scale", scale)
	checkOne(op, "bias", bias)
	n, d = q.Rows(), q.Cols()
	engine.Check(op, len(q.Shape()) == 2 && n > 0 && d > 0, "rows of shape %v; want N x D, neither 0", q.Shape())
	return n, d
}

// block describes rows lo..hi against columns left..right.
func (p infoncePlan) block(q, k *engine.Tensor, lo, hi, left, right int) SigLIPParams {
	return SigLIPParams{
		Rows: int32(hi - lo), Cols: int32(right - left), D: int32(q.Cols()), LdQ: int32(q.LD()), LdK: int32(k.LD()),
		First: int32(lo - left), Total: int32(q.Rows()), RowBlock: int32(p.partRows), ColBlock: int32(p.partCols),
	}
}

func (p infoncePlan) siglip(loss, q, k, scale, bias *engine.Tensor) {
	n := q.Rows()
	s := q.Device().Scope()
	defer s.Close()
	sums := s.Floats(ceil(n, p.gRows))
	parts := s.Floats(ceil(min(p.gRows, n), p.partRows) * ceil(n, p.partCols))
	for i := 0; i < n; i += p.gRows {
		end := min(i+p.gRows, n)
		b := p.block(q, k, i, end, 0, n)
		siglipLoss.Run(b, parts, q.SliceRows(i, end), k, scale, bias)
		strip := i / p.gRows
		sumParts(sums.SliceRows(strip, strip+1), parts, b.tiles(), false)
	}
	sumParts(loss, sums, sums.Len(), false)
}

func (p infoncePlan) siglipBack(dq, dk, dscale, dbias, dloss, q, k, scale, bias *engine.Tensor, accumulate bool) {
	n := q.Rows()
	s := q.Device().Scope()
	defer s.Close()
	across := ceil(n, p.gCols)
	height, width := min(p.gRows, n), min(p.gCols, n)
	ldG := paddedRow(width)
	g := s.Floats(height, ldG)
	parts := s.Floats(2 * ceil(height, p.partRows) * ceil(width, p.partCols))
	scales, biases := s.Floats(ceil(n, p.gRows)*across), s.Floats(ceil(n, p.gRows)*across)
	for i := 0; i < n; i += p.gRows {
		iEnd := min(i+p.gRows, n)
		qi := q.SliceRows(i, iEnd)
		for j := 0; j < n; j += p.gCols {
			jEnd := min(j+p.gCols, n)
			kj := k.SliceRows(j, jEnd)
			b := p.block(q, k, i, iEnd, j, jEnd)
			b.LdG = int32(ldG)
			siglipGrad.Run(b, parts, qi, kj, scale, bias, dloss, g)
			at := i/p.gRows*across + j/p.gCols
			sumParts(scales.SliceRows(at, at+1), parts, b.tiles(), false)
			sumParts(biases.SliceRows(at, at+1), parts.SliceRows(b.tiles(), 2*b.tiles()), b.tiles(), false)
			gij := g.SliceRows(0, iEnd-i).SliceCols(0, jEnd-j)
			Gemm(dq.SliceRows(i, iEnd), gij, kj, MatMulOptions{Beta: float32(flag(accumulate || j > 0))})
			Gemm(dk.SliceRows(j, jEnd), gij, qi, MatMulOptions{TransA: true, Beta: float32(flag(accumulate || i > 0))})
		}
	}
	sumParts(dscale, scales, scales.Len(), accumulate)
	sumParts(dbias, biases, biases.Len(), accumulate)
}

// sumParts is y (+)= the sum of the first n elements of x, compensated.
func sumParts(y, x *engine.Tensor, n int, accumulate bool) {
	infonceScaleGrad.Run(InfoNCEScaleGradParams{int32(n), flag(accumulate)}, y, x)
}

// paddedRow is a row stride for blocks of so many columns: a multiple of 4, and no power of two,
// whose rows would crowd in few cache sets.
func paddedRow(cols int) int { return (cols+3)/4*4 + 16 }
