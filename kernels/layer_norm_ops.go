package kernels

import "mindgap/engine"

// LayerNorm is y = (x - mean) / sqrt(var + 1e-5) gain + bias for each row of x (its last
// axis), var being the mean of (x - mean)^2: torch.nn.functional.layer_norm. gain and bias
// have one number for each column. stats receives (mean, 1 / sqrt(var + 1e-5)) of every row,
// 2 x.Rows() contiguous numbers that LayerNormBack needs; it may be nil. y may be x. A row
// that holds NaN or Inf becomes NaN.
func LayerNorm(y, x, gain, bias, stats *engine.Tensor) {
	LayerNormWithEps(y, x, gain, bias, stats, LayerNormEps)
}

// LayerNormWithEps is LayerNorm with another number added to the variance (torchvision's
// vision transformers have 1e-6).
func LayerNormWithEps(y, x, gain, bias, stats *engine.Tensor, eps float32) {
	sameShape("layer_norm", x, y)
	checkPerColumn("layer_norm", x, gain, bias)
	p := LayerNormParams{Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdY: int32(y.LD()), LdX: int32(x.LD()), Eps: eps}
	if stats != nil {
		checkStats("layer_norm", x, stats)
		p.HasStats = 1
	} else {
		stats = y // not looked at
	}
	layerNorm.Run(p, y, stats, x, gain, bias)
}

// LayerNormBack is the gradient of LayerNorm: with g = dy gain, z = (x - mean) rstd, and means
// taken along each row,
//
//	dx = rstd (g - mean g - z mean(g z))      dgain = sum of dy z over rows      dbias = sum of dy
//
// added to what the three hold when accumulate is set. stats are those that LayerNorm gave. dx
// may be nil where no gradient is wanted, as may dgain and dbias together; dx may be dy.
func LayerNormBack(dx, dgain, dbias, dy, x, gain, stats *engine.Tensor, accumulate bool) {
	sameShape("layer_norm_back", x, dy)
	checkPerColumn("layer_norm_back", x, gain)
	checkStats("layer_norm_back", x, stats)
	if dgain != nil {
		checkPerColumn("layer_norm_back_gain", x, dgain, dbias)
		layerNormGradients(dgain, dbias, dy, x, stats, accumulate)
	}
	if dx != nil {
		sameShape("layer_norm_back", x, dx)
		layerNormBack.Run(LayerNormBackParams{
			Rows: int32(x.Rows()), Cols: int32(x.Cols()), LdDx: int32(dx.LD()), LdDy: int32(dy.LD()), LdX: int32(x.LD()), Accumulate: flag(accumulate),
		}, dx, dy, x, gain, stats)
	}
}

// layerNormGradients sums over rows in stages, in an order that depends on nothing but the
// number of rows.
func layerNormGradients(dgain, dbias, dy, x, stats *engine.Tensor, accumulate bool) {
	p := LayerNormBackGainParams{
		Rows: int32(x.Rows()), Cols: int32(x.Cols()), Chunk: int32(min(chunkFor(x.Rows(), columnsUncut), maxChunk)),
		LdDy: int32(dy.LD()), LdX: int32(x.LD()), Accumulate: flag(accumulate),
	}
	k := chunks(p.Rows, p.Chunk)
	if k == 1 {
		layerNormBackGain.Run(p, dgain, dbias, dy, x, stats)
		return
	}
	s := x.Device().Scope()
	defer s.Close()
	gains, biases := s.Floats(k, x.Cols()), s.Floats(k, x.Cols())
	p.Accumulate = 0
	layerNormBackGain.Run(p, gains, biases, dy, x, stats)
	ColumnSum(dgain, gains, accumulate)
	ColumnSum(dbias, biases, accumulate)
}

// checkPerColumn refuses vectors that do not hold one number for each column of x.
func checkPerColumn(kernel string, x *engine.Tensor, vectors ...*engine.Tensor) {
	for _, v := range vectors {
		engine.Check(kernel, v != nil && v.Len() == x.Cols() && v.Contiguous(), "%v is no contiguous vector of %d", v, x.Cols())
	}
}

func checkStats(kernel string, x, stats *engine.Tensor) {
	engine.Check(kernel, stats.Len() == 2*x.Rows() && stats.Contiguous(), "stats are %v, not %d contiguous numbers", stats, 2*x.Rows())
}
