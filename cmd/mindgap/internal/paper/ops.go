package paper

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// layer is y = relu(x W^T + b): x is n x k, w m x k, b m, y n x m.
func layer(y, x, w, b *engine.Tensor) {
	kernels.Gemm(y, x, w, kernels.MatMulOptions{TransB: true, Bias: b, Act: kernels.ActReLU})
}
