package kernels

import "mindgap/engine"

// Buckets: what decides which variant of a kernel is the fastest. Sizes are rounded to powers of
// two; how rows are aligned, and what callers choose by the device, stands as it is.

// bucket: class says how the rows of A and B begin, 0 anywhere, 1 at multiples of four, 2 and
// come in fours.
func (l layout) bucket(p MatMulParams) engine.Bucket {
	class := int32(0)
	if a, b := l.texelFits(p); a && b {
		class = 1 + flag(l.fitsVec4(p, nil))
	}
	return engine.Bucket{
		{Name: "m", N: engine.Near(p.M)}, {Name: "n", N: engine.Near(p.N)}, {Name: "k", N: engine.Near(p.K)},
		{Name: "batch", N: engine.Near(p.Batch)}, {Name: "class", N: class},
	}
}

// pairsBucket is that of kernels over pairs of rows, in blocks.
func pairsBucket(rows, cols, d, ldQ, ldK, rowBlock, colBlock int32) engine.Bucket {
	return engine.Bucket{
		{Name: "rows", N: engine.Near(rows)}, {Name: "cols", N: engine.Near(cols)}, {Name: "d", N: engine.Near(d)},
		{Name: "row_block", N: rowBlock}, {Name: "col_block", N: colBlock},
		{Name: "fours", N: flag(ldQ%4 == 0 && ldK%4 == 0) + flag(ldQ%4 == 0 && ldK%4 == 0 && d%4 == 0)},
	}
}

func (p InfoNCEPartialParams) bucket() engine.Bucket {
	b := pairsBucket(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, p.RowBlock, p.ColBlock)
	b[6] = engine.Size{Name: "sides", N: p.Sides}
	return b
}

func (p InfoNCEGradParams) bucket() engine.Bucket {
	return pairsBucket(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, p.RowBlock, p.ColBlock)
}

func (p SigLIPParams) bucket() engine.Bucket {
	return pairsBucket(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, p.RowBlock, p.ColBlock)
}

func (p CosineHistogramParams) bucket() engine.Bucket {
	b := pairsBucket(p.Rows, p.Cols, p.D, p.LdX, p.LdY, p.UnitRows, p.UnitCols)
	b[6], b[7] = engine.Size{Name: "bins", N: engine.Near(p.Bins)}, engine.Size{Name: "upper", N: p.Upper}
	return b
}

func (p AttentionParams) bucket() engine.Bucket {
	return engine.Bucket{
		{Name: "heads", N: engine.Near(p.Batch * p.Heads)}, {Name: "len", N: engine.Near(p.Len)}, {Name: "width", N: engine.Near(p.Width)},
		{Name: "causal", N: p.Causal}, {Name: "fours", N: flag(p.fours())},
	}
}

func (p AttentionBackParams) bucket() engine.Bucket {
	return engine.Bucket{
		{Name: "heads", N: engine.Near(p.Batch * p.Heads)}, {Name: "len", N: engine.Near(p.Len)}, {Name: "width", N: engine.Near(p.Width)},
		{Name: "causal", N: p.Causal}, {Name: "fours", N: flag(p.fours())}, {Name: "parts", N: p.Parts},
	}
}

func (s convShape) bucket() engine.Bucket {
	return engine.Bucket{
		{Name: "pixels", N: engine.Near(int32(min(s.pixels, 1<<30)))}, {Name: "width", N: engine.Near(int32(s.width))},
		{Name: "depth", N: engine.Near(int32(s.depth))}, {Name: "taps", N: int32(s.taps)}, {Name: "classes", N: int32(s.classes)},
		{Name: "fours", N: flag(s.fours) + flag(s.fours && s.whole)}, {Name: "inside", N: flag(s.inside)},
	}
}

// rowsBucket is that of kernels which go along rows.
func rowsBucket(rows, cols int32, fours bool) engine.Bucket {
	return engine.Bucket{{Name: "rows", N: engine.Near(rows)}, {Name: "cols", N: engine.Near(cols)}, {Name: "fours", N: flag(fours)}}
}

func (p LayerNormParams) bucket() engine.Bucket     { return rowsBucket(p.sweep()) }
func (p LayerNormBackParams) bucket() engine.Bucket { return rowsBucket(p.sweep()) }

func (p RowwiseParams) bucket() engine.Bucket { return rowsBucket(p.sweep()) }

func (p RowDotParams) bucket() engine.Bucket {
	b := rowsBucket(p.Rows, p.Cols, p.Cols%4 == 0 && p.LdA%4 == 0 && p.LdB%4 == 0)
	b[3], b[4] = engine.Size{Name: "chunk", N: engine.Near(p.Chunk)}, engine.Size{Name: "one_b", N: flag(p.LdB == 0)}
	return b
}

func (p InfoNCEKeptParams) bucket() engine.Bucket {
	b := rowsBucket(p.Rows, p.Cols, p.Cols%4 == 0 && p.LdX%4 == 0 && p.LdS%4 == 0)
	b[3] = engine.Size{Name: "sides", N: flag(p.WRow != 0) + flag(p.WCol != 0)}
	return b
}

func (p UnitSumParams) bucket() engine.Bucket {
	b := rowsBucket(p.Rows, p.Cols, p.Cols%4 == 0 && p.LdX%4 == 0)
	b[3] = engine.Size{Name: "chunk", N: engine.Near(p.Chunk)}
	return b
}

func (p CosineGramParams) bucket() engine.Bucket {
	b := rowsBucket(p.Rows, p.Cols, p.Cols%4 == 0 && p.LdX%4 == 0)
	b[3] = engine.Size{Name: "chunk", N: engine.Near(p.Chunk)}
	return b
}

func (p TransposeParams) bucket() engine.Bucket {
	return rowsBucket(p.Rows, p.Cols, p.Rows%4 == 0 && p.Cols%4 == 0 && p.LdA%4 == 0 && p.LdB%4 == 0)
}

func (p ReduceParams) bucket() engine.Bucket {
	b := rowsBucket(p.Rows, p.Cols, p.Cols%4 == 0 && p.LdX%4 == 0)
	b[3] = engine.Size{Name: "chunk", N: engine.Near(p.Chunk)}
	return b
}
