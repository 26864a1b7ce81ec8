package measure

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// rotation is the orthogonal matrix W nearest to a square matrix C: C = U S V^T, W = U V^T. It
// takes no decomposition but products on the device: from X = C/|C| the Newton-Schulz iteration
//
//	X <- X (3 I - X^T X) / 2
//
// keeps singular vectors and brings every singular value to 1; scaled by rho^2 = 3/(1 + l + l^2)
// at every step, l being what the smallest has become, it does so in fewer steps (Chen and Chow,
// A stable scaling of Newton-Schulz, 2014). Values below 1e-6 of |C|, which float32 does not know,
// may stay below 1.
func rotation(ctx context.Context, d *engine.Device, c geometry.Rows) (geometry.Rows, error) {
	s := d.Scope()
	defer s.Close()
	n, size := c.N, floats.Norm(c.Data, 2)
	out := geometry.Zeros(n, n)
	if size == 0 {
		return out, nil
	}
	data := make([]float32, n*n)
	for i, v := range c.Data {
		data[i] = float32(v / size)
	}
	x, y, square := s.Upload(data, n, n), s.Floats(n, n), s.Floats(n, n)
	for l, done := 1e-6, false; !done; {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		done = 1-l < 1e-9 // once more, with what float32 has
		rho := math.Sqrt(3 / (1 + l + l*l))
		kernels.MatMulTN(square, x, x)
		y.CopyFrom(x)
		kernels.Gemm(y, x, square, kernels.MatMulOptions{Alpha: float32(-rho * rho * rho / 2), Beta: float32(1.5 * rho)})
		x, y = y, x
		l = rho * l * (3 - rho*rho*l*l) / 2
	}
	if err := x.Read(data); err != nil {
		return out, err
	}
	for i, v := range data {
		out.Data[i] = float64(v)
	}
	return out, nil
}
