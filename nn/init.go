package nn

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// Init fills a new parameter. Distributions are those of PyTorch's functions of the same
// names (torch.nn.init), drawn from the engine's stream, so that a seed gives the same
// weights on every device.
type Init func(t *engine.Tensor, r *kernels.Random)

// Constant fills in one number.
func Constant(c float32) Init {
	return func(t *engine.Tensor, _ *kernels.Random) {
		if c == 0 {
			t.Zero()
			return
		}
		list := make([]float32, t.Len())
		for i := range list {
			list[i] = c
		}
		t.Write(list)
	}
}

// Zero and One are those constants.
var (
	Zero = Constant(0)
	One  = Constant(1)
)

// Normal is N(0, std^2).
func Normal(std float64) Init {
	return func(t *engine.Tensor, r *kernels.Random) { r.Normal(t, 0, float32(std)) }
}

// Uniform is U(-bound, bound).
func Uniform(bound float64) Init {
	return func(t *engine.Tensor, r *kernels.Random) { r.Uniform(t, -float32(bound), float32(bound)) }
}

// FanIn is U(-1/sqrt(n), 1/sqrt(n)), n being the number of inputs of one output: the default of
// PyTorch's linear and convolution layers, for weights (kaiming_uniform with a = sqrt 5) and
// biases alike.
func FanIn(n int) Init { return Uniform(1 / math.Sqrt(float64(n))) }

// KaimingFanOut is N(0, 2/n), n = outputs times the kernel's area: torchvision's ResNet
// (kaiming_normal, mode fan_out, nonlinearity relu).
func KaimingFanOut(n int) Init { return Normal(math.Sqrt(2 / float64(n))) }

// XavierUniform is U(-b, b) with b = sqrt(6/(in + out)).
func XavierUniform(in, out int) Init { return Uniform(math.Sqrt(6 / float64(in+out))) }
