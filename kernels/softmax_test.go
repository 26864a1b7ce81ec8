package kernels

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Rows sum to 1 at any length and at logits of scale 100.
func TestSoftmaxOfLongRows(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const rows = 3
		for _, cols := range []int{100_003, softmaxLine} {
			data := normals(2, rows*cols, 0)
			for i := range data {
				data[i] *= 100
			}
			y := s.Floats(rows, cols)
			Softmax(y, s.Upload(data, rows, cols))
			got := read(t, y)
			for r := range rows {
				sum, _ := sum64(got[r*cols:][:cols])
				// lse is about 450: its rounding, and that of x - lse, are relative errors of y.
				require.InDelta(t, 1, sum, 6*engine.U*500)
			}
		}
	})
}

func TestSoftmaxOfMaskedRows(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		inf := float32(math.Inf(1))
		for _, softmax := range []func(y, x *engine.Tensor){Softmax, softmaxOfRows} {
			x := s.Upload([]float32{-inf, -inf, -inf, 5, 5, -inf, 0, inf, 0}, 3, 3)
			softmax(x, x)
			got := read(t, x)
			require.Equal(t, []float32{0, 0, 0}, got[:3], "a fully masked row gives zeros")
			require.InDeltaSlice(t, []float32{0.5, 0.5, 0}, got[3:6], 1e-6)
			require.Equal(t, "[0 NaN 0]", fmt.Sprint(got[6:]))
		}
	})
}

// Gradients of softmax and of row normalisation against central differences in float64 of
// L = sum w y along a random direction.
func TestRowGradients(t *testing.T) {
	const rows, cols = 5, 37
	softmax64 := func(x []float64) []float64 {
		y := make([]float64, len(x))
		l := logSumExp(x)
		for i, v := range x {
			y[i] = math.Exp(v - l)
		}
		return y
	}
	unit64 := func(x []float64) []float64 {
		y := make([]float64, len(x))
		var n float64
		for _, v := range x {
			n += v * v
		}
		for i, v := range x {
			y[i] = v / math.Sqrt(n)
		}
		return y
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for name, f := range map[string]func([]float64) []float64{"softmax": softmax64, "normalise": unit64} {
			s := d.Scope()
			x0, w, dir := normals(3, rows*cols, 0), normals(4, rows*cols, 0), normals(5, rows*cols, 0)
			x, dy, y := s.Upload(x0, rows, cols), s.Upload(w, rows, cols), s.Floats(rows, cols)
			dx := s.Zeros(rows, cols)
			for range 2 { // twice, to accumulate
				if name == "softmax" {
					Softmax(y, x)
					SoftmaxBack(dx, dy, y, true)
				} else {
					norms := s.Floats(rows)
					RowNormalise(y, norms, x)
					RowNormaliseBack(dx, dy, y, norms, true)
				}
			}
			loss := func(h float64) (l float64) {
				for r := range rows {
					at := make([]float64, cols)
					for c := range at {
						at[c] = float64(x0[r*cols+c]) + h*float64(dir[r*cols+c])
					}
					for c, v := range f(at) {
						l += v * float64(w[r*cols+c])
					}
				}
				return l
			}
			var got float64
			for i, g := range read(t, dx) {
				got += float64(g) * float64(dir[i])
			}
			want := (loss(1e-4) - loss(-1e-4)) / 2e-4 // errs by about 1e-8
			require.InDelta(t, 2*want, got, 1e-5, name)
			s.Close()
		}
	})
}

func TestMatchedPairCosine(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		a := s.Upload([]float32{3, 4, 0, 0, 1, 0}, 3, 2)
		b := s.Upload([]float32{4, 3, 1, 1, -5, 0}, 3, 2)
		y := s.Floats(3)
		MatchedPairCosine(y, a, b)
		require.InDeltaSlice(t, []float32{0.96, 0, -1}, read(t, y), 2e-7)
	})
}
