package kernels

// conv gives the parameters of a convolution of contiguous tensors.
func conv(n, h, w, c, o, kh, kw, stride, padding int32) ConvParams {
	out := func(in, k int32) int32 { return max(0, (in+2*padding-k)/stride+1) }
	return ConvParams{
		N: n, H: h, W: w, C: c, Oh: out(h, kh), Ow: out(w, kw), O: o, Kh: kh, Kw: kw, Stride: stride, Padding: padding,
		LdY: max(o, 1), LdX: max(c, 1), LdW: max(c, 1), LdR: max(o, 1),
	}
}

// convCases: nothing and one of everything; kernels 1, 3, 7, not square, smaller than the
// stride, in padding alone; odd channels; channels in fours with every pixel inside, around
// the edges of every tile; strides between pixels; bias, residual and all activations.
func convCases() []ConvParams {
	with := func(p ConvParams, f func(p *ConvParams)) ConvParams { f(&p); return p }
	wide := func(p *ConvParams) { p.LdX, p.LdY, p.LdW, p.LdR = p.LdX+8, p.LdY+3, p.LdW+4, p.LdR+1 }
	list := []ConvParams{
		conv(0, 5, 5, 4, 3, 3, 3, 1, 0), conv(1, 2, 2, 4, 3, 3, 3, 1, 0), conv(2, 3, 3, 0, 4, 3, 3, 1, 1),
		conv(1, 1, 1, 1, 1, 1, 1, 1, 0), conv(1, 1, 2, 3, 2, 1, 1, 1, 1), conv(2, 5, 7, 3, 5, 3, 3, 1, 1), conv(1, 9, 8, 5, 7, 3, 3, 2, 1),
		conv(1, 11, 13, 3, 6, 7, 7, 2, 3), conv(1, 6, 9, 6, 4, 2, 3, 1, 2), conv(3, 7, 5, 2, 3, 1, 1, 3, 0),
		conv(3, 7, 5, 8, 9, 1, 1, 2, 0), conv(2, 8, 8, 4, 12, 4, 4, 4, 0), conv(2, 10, 9, 12, 10, 3, 3, 1, 0), conv(2, 6, 6, 4, 8, 3, 3, 1, 1),
		conv(1, 7, 9, 4, 140, 3, 3, 2, 0), conv(1, 18, 17, 8, 20, 3, 3, 1, 0), conv(1, 12, 13, 20, 130, 3, 3, 1, 0),
		with(conv(2, 5, 6, 4, 6, 3, 3, 1, 1), wide), with(conv(2, 6, 7, 4, 6, 3, 2, 1, 0), wide),
		with(conv(2, 6, 7, 4, 6, 3, 3, 1, 0), func(p *ConvParams) { wide(p); p.HasBias, p.HasResidual, p.Act = 1, 1, ActReLU }),
		with(conv(1, 4, 5, 3, 5, 3, 3, 1, 1), func(p *ConvParams) { p.HasBias, p.HasResidual, p.Act = 1, 1, ActReLU }),
		with(conv(1, 4, 5, 5, 4, 1, 1, 1, 0), func(p *ConvParams) { p.HasResidual = 1 }),
		with(conv(2, 12, 12, 16, 40, 3, 3, 1, 1), func(p *ConvParams) { p.HasBias, p.Act = 1, ActReLU }),
	}
	for act := ActLeakyReLU; int(act) < len(activations); act++ {
		list = append(list, with(conv(1, 5, 5, 4, 9, 3, 3, 1, 0), func(p *ConvParams) { p.HasBias, p.Act = 1, act }))
	}
	return list
}

// convBench: layers of ResNet-18 (He et al. 2016, Table 1) on 8 images, on their padded inputs.
func convBench() []ConvParams {
	return []ConvParams{
		conv(8, 230, 230, 4, 64, 7, 7, 2, 0), conv(8, 58, 58, 64, 64, 3, 3, 1, 0), conv(8, 30, 30, 128, 128, 3, 3, 1, 0),
		conv(8, 16, 16, 256, 256, 3, 3, 1, 0), conv(8, 9, 9, 512, 512, 3, 3, 1, 0), conv(8, 56, 56, 64, 128, 1, 1, 2, 0),
	}
}
