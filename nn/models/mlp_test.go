package models

import (
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
)

func onEveryDevice(t *testing.T, test func(t *testing.T, d *engine.Device)) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
				t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
			}
			d, err := engine.Open(name)
			require.NoError(t, err)
			defer d.Close()
			test(t, d)
			require.Zero(t, d.Memory().Live, "tensors left behind")
		})
	}
}

// Every bias and activation against the formula in float64. A pre-activation errs by
// gamma(n+2) of its absolute sum, an activation by its own bound.
func TestLayerIsItsFormula(t *testing.T) {
	const n, width = 5, 32
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		r := kernels.NewRandom(3, 1)
		x, y, w := s.Floats(n, width), s.Floats(n, width), NewWeights(s, width, true)
		r.Normal(x, 0, 1)
		w.Draw(r)
		for _, b := range Biases {
			for _, a := range Activations {
				MLP{b, a}.Layer(y, x, w)
				got, xs := floats(t, y), floats(t, x)
				for i := range got {
					want, slack := math.Inf(-1), 0.0
					for k := range 2 {
						z, size := preactivation(t, w.maps[k], b, xs[i/width*width:][:width], i%width)
						e := engine.Gamma(width+2)*size*a.function.Lipschitz() + a.function.Error(z, d.Caps().Math)
						want, slack = max(want, a.function.Define(z)), max(slack, e)
						if !a.maxout {
							break
						}
					}
					require.InDelta(t, want, got[i], slack, "%s %s %d", b, a.Name, i)
				}
			}
		}
	})
}

func preactivation(t *testing.T, l linear, b Bias, x []float32, unit int) (z, size float64) {
	w := floats(t, l.w)[unit*len(x):]
	switch b {
	case NormalBias:
		z = float64(floats(t, l.normal)[unit])
	case UniformBias:
		z = float64(floats(t, l.uniform)[unit])
	}
	size = math.Abs(z)
	for k := range x {
		p := float64(x[k]) * float64(w[k])
		z, size = z+p, size+math.Abs(p)
	}
	return z, size
}

// The variances of weights and biases, within five standard errors; uniform biases within
// their bounds.
func TestInitialisation(t *testing.T) {
	const width = 512
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		w := NewWeights(s, width, true)
		w.Draw(kernels.NewRandom(1, 2))
		for _, m := range w.maps {
			for _, c := range []struct {
				name     string
				of       *engine.Tensor
				v, kurto float64
			}{{"weights", m.w, 1, 3}, {"normal", m.normal, NormalBias.Variance(), 3}, {"uniform", m.uniform, UniformBias.Variance(), 1.8}} {
				sum, list := 0.0, floats(t, c.of)
				for _, v := range list {
					sum += float64(v) * float64(v) * width
				}
				n := float64(len(list))
				require.InDelta(t, c.v, sum/n, 5*c.v*math.Sqrt((c.kurto-1)/n), c.name)
			}
			for _, v := range floats(t, m.uniform) {
				require.LessOrEqual(t, math.Abs(float64(v)), 1/math.Sqrt(width)*(1+engine.U))
			}
		}
		require.NotEqual(t, floats(t, w.maps[0].w)[:4], floats(t, w.maps[1].w)[:4], "maxout's maps are two")
	})
}

func TestMaxoutNeedsTwoMaps(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x, y := s.Zeros(1, 8), s.Floats(1, 8)
	require.PanicsWithError(t, "engine: mlp: maxout needs weights of two maps", func() {
		MLP{NoBias, ActivationByName("maxout")}.Layer(y, x, NewWeights(s, 8, false))
	})
	require.Panics(t, func() { ActivationByName("swish") })
}

func floats(t *testing.T, x *engine.Tensor) []float32 {
	t.Helper()
	v, err := x.Floats()
	require.NoError(t, err)
	return v
}
