package geometry

import "math"

// quadrature computes an activation's moments by writing x and y as a common and a
// private normal part,
//
//	x = sd (sqrt|c| z + sqrt(1-|c|) e),   F(z) = E_e phi(x),
//
// so that E phi(x) phi(y) = E F(z) F(+-z), the sign that of c. The trapezoid rule on
// the normal density converges geometrically for smooth phi; for ELU, whose third
// derivative jumps, it is good to about 1e-6.
func quadrature(phi func(float64) float64) func(sd, c float64) (own, cross float64) {
	node, weight := normalTrapezoid()
	return func(sd, c float64) (own, cross float64) {
		common, private := math.Sqrt(math.Min(1, math.Abs(c))), math.Sqrt(math.Max(0, 1-math.Abs(c)))
		f := make([]float64, len(node))
		for i, z := range node {
			for j, e := range node {
				f[i] += weight[j] * phi(sd*(common*z+private*e))
			}
		}
		for i := range f {
			other := f[i]
			if c < 0 {
				other = f[len(f)-1-i]
			}
			cross += weight[i] * f[i] * other
			own += weight[i] * math.Pow(phi(sd*node[i]), 2)
		}
		return own, cross
	}
}

// normalTrapezoid is 161 equal steps over +-9 standard deviations, weights summing
// to 1.
func normalTrapezoid() (node, weight []float64) {
	const half = 80
	sum := 0.0
	for i := -half; i <= half; i++ {
		x := 9 * float64(i) / half
		node, weight = append(node, x), append(weight, math.Exp(-x*x/2))
		sum += weight[len(weight)-1]
	}
	for i := range weight {
		weight[i] /= sum
	}
	return node, weight
}
