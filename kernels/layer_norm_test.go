package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// layerNorm64 is the definition, for contiguous rows.
func layerNorm64(x, gain, bias []float64, eps float32) []float64 {
	n := len(gain)
	y := make([]float64, len(x))
	p := LayerNormParams{Rows: int32(len(x) / n), Cols: int32(n), LdY: int32(n), LdX: int32(n), Eps: eps}
	layerNorm.Ref(p, [][]float64{y, nil, x, gain, bias})
	return y
}

// A mean that is a thousand times the spread costs no accuracy: what a mean in float32 lacks
// (6e-5 of the spread here) is made up for. PyTorch's own error on such rows is 1e-4.
func TestLayerNormOfRowsFarFromZero(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const rows, cols = 9, 768
		x, gain, bias := normals(1, rows*cols, 1000), normals(2, cols, 1), normals(3, cols, 0)
		for c := range cols {
			x[4*cols+c] = 1000.1 // a constant row becomes the bias
		}
		y, stats := s.Floats(rows, cols), s.Floats(rows, 2)
		LayerNorm(y, s.Upload(x, rows, cols), s.Upload(gain, cols), s.Upload(bias, cols), stats)
		want := layerNorm64(float64s(x), float64s(gain), float64s(bias), LayerNormEps)
		for i, v := range read(t, y) {
			// A difference, its product with rstd and gain, and a sum, of numbers below 16: a unit
			// in their last place is 1e-6; rstd and what the mean lacked err by as little again.
			require.InDelta(t, want[i], v, 4e-6, "row %d, column %d", i/cols, i%cols)
		}
		kept := read(t, stats)
		mean, variance := meanVariance(float64s(x[:cols]))
		require.InDelta(t, mean, kept[0], 1000*2*engine.U)
		require.InDelta(t, 1/math.Sqrt(variance+LayerNormEps), kept[1], 1e-6)
	})
}

// Rows of a wider matrix, in place, without keeping anything.
func TestLayerNormInPlace(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const rows, cols = 5, 32
		x, gain, bias := normals(1, rows*2*cols, 0), normals(2, cols, 1), normals(3, cols, 0)
		wide := s.Upload(x, rows, 2*cols)
		half := wide.SliceCols(cols, 2*cols)
		LayerNormWithEps(half, half, s.Upload(gain, cols), s.Upload(bias, cols), nil, 1e-6)
		got := read(t, wide)
		for r := range rows {
			require.Equal(t, x[2*r*cols:][:cols], got[2*r*cols:][:cols])
			want := layerNorm64(float64s(x[(2*r+1)*cols:][:cols]), float64s(gain), float64s(bias), 1e-6)
			for c, w := range want {
				require.InDelta(t, w, got[(2*r+1)*cols+c], 4e-6)
			}
		}
	})
}

// All three gradients of L = sum w y, added up twice, against differences in float64.
func TestLayerNormGradients(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		const rows, cols = 150, 20 // rows enough for two stages
		x0, gain0, bias0, w := normals(1, rows*cols, 2), normals(2, cols, 1), normals(3, cols, 0), normals(4, rows*cols, 0)
		x, gain, bias, dy := s.Upload(x0, rows, cols), s.Upload(gain0, cols), s.Upload(bias0, cols), s.Upload(w, rows, cols)
		y, stats := s.Floats(rows, cols), s.Floats(rows, 2)
		dx, dgain, dbias := s.Zeros(rows, cols), s.Zeros(cols), s.Zeros(cols)
		LayerNorm(y, x, gain, bias, stats)
		LayerNormBack(dx, dgain, dbias, dy, x, gain, stats, false)
		LayerNormBack(dx, dgain, dbias, dy, x, gain, stats, true)
		LayerNormBack(nil, dgain, dbias, dy, x, gain, stats, false)
		LayerNormBack(nil, dgain, dbias, dy, x, gain, stats, true)
		loss := func(at [][]float64) (l float64) {
			for i, v := range layerNorm64(at[0], at[1], at[2], LayerNormEps) {
				l += v * float64(w[i])
			}
			return l
		}
		checkGradients(t, loss, [][]float32{x0, gain0, bias0}, [][]float32{read(t, dx), read(t, dgain), read(t, dbias)}, 2)
	})
}

func TestLayerNormRefuses(t *testing.T) {
	s := openHost(t).Scope()
	defer s.Close()
	x, v := s.Zeros(3, 4), s.Zeros(4)
	require.PanicsWithError(t, "engine: layer_norm: float 3 is no contiguous vector of 4", func() { LayerNorm(x, x, s.Zeros(3), v, nil) })
	require.PanicsWithError(t, "engine: layer_norm: stats are float 3, not 6 contiguous numbers", func() { LayerNorm(x, x, v, v, s.Zeros(3)) })
	require.Panics(t, func() { LayerNormWithEps(x, x, v, v, nil, -1) })
	require.Panics(t, func() { LayerNorm(s.Zeros(3, 0), s.Zeros(3, 0), s.Zeros(0), s.Zeros(0), nil) })
}
