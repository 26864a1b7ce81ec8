package kernels

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// optimiserFixture is what testdata/adam.py had PyTorch compute.
type optimiserFixture struct {
	P     []float32
	Grads [][]float32
	Runs  map[string][][]float64
	Clips []struct {
		Limit   float32
		Norm    float64
		Clipped []float64
	}
}

func readOptimiserFixture(t *testing.T) (f optimiserFixture) {
	data, err := os.ReadFile("testdata/adam.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

// Steps of PyTorch's Adam and AdamW, by the constants of testdata/adam.py.
func TestAdamEqualsPyTorch(t *testing.T) {
	f := readOptimiserFixture(t)
	settings := map[string]AdamOptions{
		"adam":        {Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8},
		"adam, decay": {Rate: 0.01, Beta1: 0.9, Beta2: 0.98, Eps: 1e-6, Decay: 0.1},
		"adamw":       {Rate: 0.02, Beta1: 0.8, Beta2: 0.98, Eps: 1e-6, Decay: 0.2, Decoupled: true},
	}
	require.Len(t, f.Runs, len(settings))
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for name, o := range settings {
			s := d.Scope()
			n := len(f.P)
			p, m, v := s.Upload(f.P, 2, n/2), s.Zeros(2, n/2), s.Zeros(2, n/2)
			half := s.Upload([]float32{0.5}, 1)
			for i, grad := range f.Grads {
				twice := make([]float32, n)
				for j := range grad {
					twice[j] = 2 * grad[j]
				}
				Adam(p, m, v, s.Upload(twice, 2, n/2), half, o, i+1)
				for j, got := range read(t, p) {
					// Each step rounds p a few times, and its change of about Rate some ten times.
					bound := float64(i+1) * (3*engine.U*math.Abs(float64(f.P[j])) + 10*o.Rate*20*engine.U)
					require.InDelta(t, f.Runs[name][i][j], got, bound, "%s, step %d, element %d", name, i+1, j)
				}
			}
			s.Close()
		}
	})
}

// With a gradient factor that clips, and without reading anything on the way.
func TestClipEqualsPyTorch(t *testing.T) {
	f := readOptimiserFixture(t)
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		squares, factor, norm := s.Floats(1), s.Floats(1), s.Floats(1)
		for _, c := range f.Clips {
			g := s.Upload(f.Grads[0], 6, 1)
			quarter := make([]float32, 6)
			for i, x := range f.Grads[0] {
				quarter[i] = 4 * x
			}
			wide := s.Floats(2, 5)
			wide.SliceCols(1, 3).Write(quarter[:4])
			SumSquares(squares, wide.SliceCols(1, 3), s.Upload(quarter[4:], 2), s.Floats(0, 3))
			ClipFactor(factor, norm, squares, c.Limit, 0.25)
			require.InEpsilon(t, c.Norm, read(t, norm)[0], 1e-6) // nine roundings, and the driver's root
			ScaleBy(g, factor, s.Upload(quarter, 6, 1), false)
			for i, got := range read(t, g) {
				require.InEpsilon(t, c.Clipped[i], got, 2e-6)
			}
		}
		SumSquares(squares)
		require.Equal(t, []float32{0}, read(t, squares))
		require.Panics(t, func() { ClipFactor(factor, norm, squares, -1, 1) })
	})
}

// A sum over many elements of many tensors, against float64.
func TestSumSquares(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		var xs []*engine.Tensor
		var want float64
		for i, n := range []int{1, 300_007, 17, 5000} {
			data := normals(uint64(i), n, 1)
			for _, x := range data {
				want += float64(x) * float64(x)
			}
			xs = append(xs, s.Upload(data, n))
		}
		y := s.Floats(1)
		SumSquares(y, xs...)
		// Chunks of about sqrt(n) terms, as many chunks, and the tensors.
		require.InEpsilon(t, want, read(t, y)[0], engine.Gamma(2*550+4))
	})
}
