package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// pairCase is N pairs of D numbers, at a scale, in blocks of so many rows; rows of tensors lie
// pad further apart.
type pairCase struct {
	n, d, rows, pad int
	scale           float64
}

// A batch of one pair, all in one block, blocks that end within, and the largest scale of CLIP.
var pairCases = []pairCase{{1, 3, 2, 0, 5}, {21, 6, 42, 3, 10}, {50, 17, 7, 0, 20}, {33, 64, 16, 0, 100}, {64, 8, 64, 4, 1}}

func dot64(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// crossEntropy64 is log sum of e^logit over all that are not -Inf, less the logit at a place.
func crossEntropy64(logits []float64, at int) float64 {
	most, sum := math.Inf(-1), 0.0
	for _, l := range logits {
		most = math.Max(most, l)
	}
	for _, l := range logits {
		sum += math.Exp(l - most)
	}
	return most + math.Log(sum) - logits[at]
}

// dual64 is DualInfoNCE as its formula has it.
func dual64(x, y []float64, scale float64, d int) (loss float64) {
	f := append(append([]float64{}, x...), y...)
	n := len(x) / d
	for i := range 2 * n {
		logits := make([]float64, 2*n)
		for j := range logits {
			if logits[j] = scale * dot64(f[i*d:][:d], f[j*d:][:d]); i == j {
				logits[j] = math.Inf(-1)
			}
		}
		loss += crossEntropy64(logits, (i+n)%(2*n)) / float64(2*n)
	}
	return loss
}

// correct64 is CorrectInfoNCE as its formula has it.
func correct64(x, y []float64, scale float64, d int) (loss float64) {
	n := len(x) / d
	for _, side := range [][2][]float64{{x, y}, {y, x}} {
		sum, right := 0.0, 0.0
		for i := range n {
			logits, best := make([]float64, n), true
			for j := range logits {
				logits[j] = scale * dot64(side[0][i*d:][:d], side[1][j*d:][:d])
			}
			for _, l := range logits {
				best = best && logits[i] >= l
			}
			if best {
				sum, right = sum+crossEntropy64(logits, i), right+1
			}
		}
		loss += sum / (right + 1e-6) / 2
	}
	return loss
}

// checkPairLoss holds a loss of pairs to its definition in float64, and its gradients to
// differences of it: run gives the loss, and with gradients dx, dy and dscale (times -0.5, and
// once more added to what they hold).
func checkPairLoss(t *testing.T, dev *engine.Device, c pairCase, loss64 func(x, y []float64, scale float64, d int) float64,
	run func(s *engine.Scope, loss, x, y, scale *engine.Tensor, grads []*engine.Tensor, accumulate bool)) {
	s := dev.Scope()
	defer s.Close()
	x64 := spread(c.n, c.d, 1, 1)
	y64 := spread(c.n, c.d, 0.6, 2) // half of a text is its image's
	for i := range y64 {
		y64[i] = float64(float32(y64[i] + 0.5*x64[i]))
	}
	x, y, scale, loss := upload64(s, x64, c.n, c.d, c.pad), upload64(s, y64, c.n, c.d, 0), s.Upload([]float32{float32(c.scale)}, 1), s.Floats(1)
	grads := []*engine.Tensor{s.Floats(c.n, c.d+c.pad).SliceCols(0, c.d), s.Floats(c.n, c.d), s.Floats(1)}
	run(s, loss, x, y, scale, grads, false)
	want := loss64(x64, y64, c.scale, c.d)
	// Logits of at most scale err by gamma(D + 2) of it, and so do their logsumexps.
	delta := 3 * c.scale * engine.Gamma(c.d+8)
	require.InDelta(t, want, read(t, loss)[0], delta+engine.Gamma(2*c.n+8)*(1+want), "%+v", c)

	inputs := [][]float32{floats32(x64), floats32(y64), {float32(c.scale)}}
	for i, times := range []float64{1, 2} {
		if i > 0 {
			run(s, loss, x, y, scale, grads, true)
		}
		list := make([][]float32, len(grads))
		for k, g := range grads {
			list[k] = read(t, g)
		}
		checkGradients(t, func(in [][]float64) float64 { return loss64(in[0], in[1], in[2][0], c.d) }, inputs, list, -0.5*times)
	}
}

func floats32(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

func TestDualInfoNCE(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		for _, c := range pairCases {
			checkPairLoss(t, dev, c, dual64, func(s *engine.Scope, loss, x, y, scale *engine.Tensor, g []*engine.Tensor, accumulate bool) {
				lse := s.Floats(2 * c.n)
				dualInfoNCE(loss, lse, x, y, scale, c.rows)
				dualInfoNCEBack(g[0], g[1], g[2], s.Upload([]float32{-0.5}, 1), x, y, scale, lse, accumulate, c.rows)
			})
		}
	})
}

func TestCorrectInfoNCE(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		for _, c := range pairCases {
			checkPairLoss(t, dev, c, correct64, func(s *engine.Scope, loss, x, y, scale *engine.Tensor, g []*engine.Tensor, accumulate bool) {
				lse, weight := s.Floats(2*c.n), s.Floats(2*c.n)
				correctInfoNCE(loss, lse, weight, x, y, scale, min(c.rows, c.n))
				correctInfoNCEBack(g[0], g[1], g[2], s.Upload([]float32{-0.5}, 1), x, y, scale, lse, weight, accumulate, min(c.rows, c.n))
			})
		}
	})
}

// Where every choice is wrong the loss and its gradients are 0; equals are right.
func TestCorrectInfoNCEOfNoneAndOfEquals(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		x, y, same := s.Upload([]float32{1, 0, 0, 1}, 2, 2), s.Upload([]float32{0, 1, 1, 0}, 2, 2), s.Upload([]float32{1, 0, 1, 0}, 2, 2)
		scale, loss, lse, weight := s.Upload([]float32{3}, 1), s.Floats(1), s.Floats(4), s.Floats(4)
		dx, dy, ds := s.Floats(2, 2), s.Floats(2, 2), s.Floats(1)
		CorrectInfoNCE(loss, lse, weight, x, y, scale)
		CorrectInfoNCEBack(dx, dy, ds, s.Upload([]float32{1}, 1), x, y, scale, lse, weight, false)
		for _, v := range []*engine.Tensor{loss, dx, dy, ds, weight} {
			for _, n := range read(t, v) {
				require.Zero(t, n)
			}
		}
		CorrectInfoNCE(loss, lse, weight, same, same, scale)
		require.InDelta(t, math.Log(2), read(t, loss)[0], 2e-6) // 1e-6 of it is the formula's
	})
}

func TestPairLossesRefuse(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, dev *engine.Device) {
		s := dev.Scope()
		defer s.Close()
		one := s.Zeros(1)
		require.Panics(t, func() { DualInfoNCE(one, s.Zeros(4), s.Zeros(2, 3), s.Zeros(3, 3), one) })
		require.Panics(t, func() { DualInfoNCE(one, s.Zeros(3), s.Zeros(2, 3), s.Zeros(2, 3), one) })
		require.Panics(t, func() { DualInfoNCE(one, s.Zeros(0), s.Zeros(0, 3), s.Zeros(0, 3), one) })
		require.Panics(t, func() { CorrectInfoNCE(one, s.Zeros(4), s.Zeros(3), s.Zeros(2, 3), s.Zeros(2, 3), one) })
		require.Panics(t, func() { CorrectInfoNCE(one, s.Zeros(4), s.Zeros(4), s.Zeros(2, 3), s.Zeros(2, 3), s.Zeros(2)) })
	})
}
