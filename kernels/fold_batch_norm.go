package kernels

import (
	"math"

	"mindgap/engine"
)

// BatchNorm holds what batch normalisation of channels has learnt and seen: in evaluation it is
//
//	y = (x - Mean) / sqrt(Variance + Eps) * Gain + Shift
//
// channel by channel (Ioffe and Szegedy 2015).
type BatchNorm struct {
	Gain, Shift, Mean, Variance []float32
	Eps                         float64 // PyTorch's is 1e-5
}

// Affine is the normalisation as y = scale x + shift, computed in float64 and rounded once. It
// panics with *engine.Error when the lengths differ.
func (b BatchNorm) Affine() (scale, shift []float32) {
	s, t := b.affine64()
	scale, shift = make([]float32, len(s)), make([]float32, len(s))
	for i := range s {
		scale[i], shift[i] = float32(s[i]), float32(t[i])
	}
	return scale, shift
}

func (b BatchNorm) affine64() (scale, shift []float64) {
	n := len(b.Gain)
	engine.Check("batch_norm", len(b.Shift) == n && len(b.Mean) == n && len(b.Variance) == n,
		"gain, shift, mean and variance have %d, %d, %d and %d channels", n, len(b.Shift), len(b.Mean), len(b.Variance))
	scale, shift = make([]float64, n), make([]float64, n)
	for i, g := range b.Gain {
		scale[i] = float64(g) / math.Sqrt(float64(b.Variance[i])+b.Eps)
		shift[i] = float64(b.Shift[i]) - float64(b.Mean[i])*scale[i]
	}
	return scale, shift
}

// Fold gives the weights and the bias of a convolution (or a linear layer) that does what one
// with weights w, a filter for each channel one after the other, and this bias (nil: none) does
// with the normalisation behind it. Computed in float64 and rounded once.
func (b BatchNorm) Fold(w, bias []float32) (weights, folded []float32) {
	scale, shift := b.affine64()
	n := len(scale)
	engine.Check("batch_norm", n > 0 && len(w)%n == 0 && (bias == nil || len(bias) == n),
		"%d weights and %d biases for %d channels", len(w), len(bias), n)
	weights, folded = make([]float32, len(w)), make([]float32, n)
	filter := len(w) / n
	for i, v := range w {
		weights[i] = float32(float64(v) * scale[i/filter])
	}
	for i := range folded {
		before := 0.0
		if bias != nil {
			before = float64(bias[i])
		}
		folded[i] = float32(before*scale[i] + shift[i])
	}
	return weights, folded
}
