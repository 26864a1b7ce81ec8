package kernels

import "math/rand/v2"

// corners are arguments where activations change their formula, saturate or underflow.
var corners = []float64{0, -0.5, 0.5, 0.625, -0.625, 9, -9, -14, 14, -20, 50, -50, 88, -88, 103, -105, 1e4, -1e4, 3e38, -3e38, 1e-6, -1e-6}

// backCorners leave out where a derivative is too small for float32, but not 0: there
// an infinite dy gives Inf or NaN by the device's flushing.
var backCorners = []float64{0, -0.5, 0.5, 0.625, -0.625, 9, -9, 12, -12, 1e4, -1e4, 3e38, -3e38, 1e-6, -1e-6}

// activationInputs makes Inputs for kernels on activations: normal numbers of spread 3 with
// corners among them in buffer x, normal numbers in the others that are read.
func activationInputs[P any](corners []float64, x int, others ...int) func(P, *rand.Rand, [][]float64) {
	return func(_ P, r *rand.Rand, b [][]float64) {
		for j := range b[x] {
			b[x][j] = 3 * r.NormFloat64()
			if j%5 == 4 {
				b[x][j] = corners[(j/5)%len(corners)]
			}
		}
		for _, i := range others {
			for j := range b[i] {
				b[i][j] = r.NormFloat64()
			}
		}
	}
}
