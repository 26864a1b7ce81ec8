package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// spread is rows of a length, in values of float32.
func spread(n, d int, length float64, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n*d)
	unitRows(r, x, int32(n), int32(d), int32(d))
	for i := range x {
		x[i] = float64(float32(length * x[i]))
	}
	return x
}

func distance2(a, b []float64) (sum float64) {
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return sum
}

// uniformity64 is the loss as the paper has it, with its largest term taken out, and the weights
// of its pairs.
func uniformity64(x []float64, n, d int) (loss float64, weights []float64) {
	weights = make([]float64, n*n)
	most := math.Inf(-1)
	for i := range n {
		for j := range n {
			if weights[i*n+j] = -2 * distance2(x[i*d:(i+1)*d], x[j*d:(j+1)*d]); i != j {
				most = math.Max(most, weights[i*n+j])
			}
		}
	}
	var sum float64
	for i := range n {
		for j := range n {
			weights[i*n+j] = math.Exp(weights[i*n+j] - most)
			if i == j {
				weights[i*n+j] = 0
			}
			sum += weights[i*n+j]
		}
	}
	for i := range weights {
		weights[i] /= sum
	}
	return most + math.Log(sum/float64(n*(n-1))), weights
}

func upload64(s *engine.Scope, x []float64, n, d, pad int) *engine.Tensor {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	t := s.Floats(n, d+pad).SliceCols(0, d)
	t.Write(out)
	return t
}

// Value and gradient against float64: unit rows, rows on top of each other, rows so far apart
// that every exponential underflows, and many blocks.
func TestUniformity(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		e := dev.Caps().Math
		for _, c := range []struct {
			n, d, rows, pad int
			length          float64
		}{{2, 3, 2, 0, 1}, {100, 17, 100, 3, 1}, {100, 17, 7, 0, 1}, {65, 64, 32, 0, 0.01}, {33, 5, 4, 1, 10}} {
			s := dev.Scope()
			data := spread(c.n, c.d, c.length, uint64(c.n))
			x, loss, lse := upload64(s, data, c.n, c.d, c.pad), s.Floats(1), s.Floats(c.n)
			uniformity(loss, lse, x, c.rows)
			want, weights := uniformity64(data, c.n, c.d)
			// A logit is a product of D terms of size 4 |x|^2 and two sums; the rest are
			// roundings of numbers as large, and two logsumexps of n terms.
			size := 4 * c.length * c.length
			delta := 1.01 * (engine.Gamma(c.d+6)*2*size + (e.Exp+e.Log+4)*engine.U*(1+math.Log(float64(c.n))) + engine.Gamma(c.n))
			require.InDelta(t, want, read(t, loss)[0], 2*delta+2*engine.U*math.Abs(want), "%+v", c)

			dx, dloss := s.Floats(c.n, c.d+c.pad).SliceCols(0, c.d), s.Upload([]float32{1.25}, 1)
			for _, accumulate := range []bool{false, true} {
				uniformityBack(dx, dloss, x, lse, accumulate, c.rows)
				got := read(t, dx)
				for i := range c.n {
					for k := range c.d {
						var grad, abs float64
						for j := range c.n {
							w := weights[i*c.n+j] * 10 // 8 times dloss
							grad += w * (data[j*c.d+k] - data[i*c.d+k])
							abs += w * (math.Abs(data[j*c.d+k]) + math.Abs(data[i*c.d+k]))
						}
						times := 1.0
						if accumulate {
							times = 2
						}
						// A weight errs by its logit's and the sums' errors through the exponent.
						bound := times*abs*(math.Expm1(4*delta)+engine.Gamma(c.n+8)) + 1e-36
						near(t, "dx", i, k, float64(got[i*c.d+k]), times*grad, bound)
					}
				}
			}
			s.Close()
		}
	})
}

// Gradients along a random direction, against central differences of the losses as written.
func TestAlignmentAndUniformityAlongADirection(t *testing.T) {
	const n, d, h = 21, 6, 1e-4
	x, y, u, v := spread(n, d, 1, 1), spread(n, d, 1, 2), spread(n, d, 2, 3), spread(n, d, 2, 4)
	moved := func(a, b []float64, h float64) []float64 {
		out := make([]float64, len(a))
		for i := range a {
			out[i] = a[i] + h*b[i]
		}
		return out
	}
	align := func(h float64) float64 { return distance2(moved(x, u, h), moved(y, v, h)) / n }
	uniform := func(h float64) float64 {
		loss, _ := uniformity64(moved(x, u, h), n, d)
		return loss
	}
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		tx, ty := upload64(s, x, n, d, 2), upload64(s, y, n, d, 0)
		loss, lse, dloss := s.Floats(1), s.Floats(n), s.Upload([]float32{-0.5}, 1)
		dx, dy := s.Zeros(n, d), s.Floats(n, d+1).SliceCols(0, d)
		dy.Zero()
		along := func(grad *engine.Tensor, direction []float64) (sum float64) {
			for i, g := range read(t, grad) {
				sum += float64(g) * direction[i]
			}
			return sum
		}
		slope := func(f func(float64) float64) float64 { return (f(h) - f(-h)) / (2 * h) } // errs by about 1e-7
		Alignment(loss, tx, ty)
		require.InEpsilon(t, align(0), read(t, loss)[0], 1e-6)
		for i := 1.0; i <= 2; i++ {
			AlignmentBack(dx, dy, dloss, tx, ty, true)
			require.InEpsilon(t, -0.5*i*slope(align), along(dx, u)+along(dy, v), 1e-5)
		}
		AlignmentBack(dx, dy, dloss, tx, ty, false)
		require.InEpsilon(t, -0.5*slope(align), along(dx, u)+along(dy, v), 1e-5)
		Uniformity(loss, lse, tx)
		require.InEpsilon(t, uniform(0), read(t, loss)[0], 1e-5)
		UniformityBack(dx, dloss, tx, lse, false)
		require.InEpsilon(t, -0.5*slope(uniform), along(dx, u), 1e-4)
	})
}

func TestAlignmentAndUniformityRefuse(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		one := s.Zeros(1)
		require.Panics(t, func() { Alignment(one, s.Zeros(2, 3), s.Zeros(3, 3)) })
		require.Panics(t, func() { Alignment(one, s.Zeros(0, 3), s.Zeros(0, 3)) })
		require.Panics(t, func() { Uniformity(one, one, s.Zeros(1, 3)) })
		require.Panics(t, func() { Uniformity(one, one, s.Zeros(2, 3)) })
		Alignment(one, s.Zeros(1, 3), s.Zeros(1, 3))
		require.Equal(t, []float32{0}, read(t, one))
	})
}
