package kernels

import "mindgap/engine"

// Table lists every kernel. What stands here is tested on every device, timed, listed in
// the README and traced.
var Table = []engine.Spec{
	// Activations: y = f(x).
	relu, leakyReLU, sigmoid, tanh, gelu, quickGELU, elu,
	// Their derivatives: dx (+)= dy f'(x).
	reluBack, leakyReLUBack, sigmoidBack, tanhBack, geluBack, quickGELUBack, eluBack,
	// Element by element: sums, products, the larger of two, and factors.
	add, mul, maxout, maxoutBack, biasRows, scale, axpy, scaleBy,
	// Optimisers: a step of Adam, and the factor that clips gradients.
	adam, clipFactor,
	// Moving elements.
	transpose, gatherRows, gatherRowsBack,
	// Random numbers by counter.
	randomFillBits, randomFillUniform, randomFillNormal, randomFillInts,

	// Reductions: one number for every row or column, in chunks; stages merge chunks.
	rowSum, rowMean, rowMax, rowLogSumExp, rowNorm, rowArgmax,
	columnSum, columnMean, columnMax, columnLogSumExp, columnArgmax, centroid, unitColumnSum,
	argmaxMerge,

	// Inner products, softmax and unit length, row by row; cosines of matched rows.
	rowDot, softmaxRows, softmax, softmaxBack, rowNormalisation, rowNormalisationBack, matchedPairCosine,

	// Layer normalisation and its gradients.
	layerNorm, layerNormBack, layerNormBackGain,

	// Attention of any number of heads, without the matrix of all pairs, and its gradients.
	attention, attentionDelta, attentionBack,

	// Mean and variance of all-pairs cosines, in closed form.
	cosineGram,

	// Products of matrices, the sum of one cut along k, and the copy that aligns an operand.
	matmul, matmulNT, matmulTN, matmulSum, pack,

	// Convolutions of images, and the matrix of patches that their gradients need.
	conv2d, conv2dBack, im2col, pad2d,
	maxPool, maxPoolBack, averagePoolBack, columnAffine,

	// InfoNCE: softmax over all pairs without the N x N matrix.
	infoncePartial, infonceMerge, infonceLSE, infonceLoss, infonceScaleGrad, infonceGrad, infonceKeptGrad,

	// SigLIP: a sigmoid for each pair, in blocks.
	siglipLoss, siglipGrad,

	// Cosines of all pairs.
	allPairsCosineHistogram,
}
