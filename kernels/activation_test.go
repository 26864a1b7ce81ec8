package kernels

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Every activation and derivative keeps its bound on the host at some 100 000 arguments of
// all magnitudes, and the bound is not loose: somewhere a hundredth of it is reached.
func TestActivationErrors(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	e := d.Caps().Math
	for a := NoActivation; int(a) < len(activations); a++ {
		for _, c := range []struct {
			name  string
			got   func(float32) float32
			want  func(float64) float64
			bound func(float64, engine.MathErrors) float64
		}{
			{a.String(), a.Apply, a.Define, a.Error},
			{a.String() + "_back", a.ApplyBack, a.DefineBack, a.ErrorBack},
		} {
			var worst float64
			try := func(x float32) {
				diff := math.Abs(float64(c.got(x)) - c.want(float64(x)))
				bound := c.bound(float64(x), e) + e.Tiny
				if !(diff <= bound) {
					t.Fatalf("%s(%g) = %g, want %g within %g", c.name, x, c.got(x), c.want(float64(x)), bound)
				}
				if diff > 1e-30 { // above what may be flushed
					worst = max(worst, diff/bound)
				}
			}
			for bits := uint32(0); bits < 0x7F800000; bits += 40009 { // every 40009th float32
				try(math.Float32frombits(bits))
				try(-math.Float32frombits(bits))
			}
			for i := -40000; i <= 40000; i++ {
				try(float32(i) / 2777)
			}
			t.Logf("%s reaches %.2f of its bound", c.name, worst)
			if a > ActReLU { // the others are exact
				assert.Greater(t, worst, 0.01, c.name)
			}
		}
	}
}

// Many elements at once are to the bit what they are one by one, whatever stands beside them.
func TestActivationOfMany(t *testing.T) {
	var x []float32
	for bits := uint32(0); bits < 0x7F900000; bits += 400009 { // and some Inf and NaN
		x = append(x, math.Float32frombits(bits), -math.Float32frombits(bits), float32(len(x)%41-20)/3)
	}
	same := func(want, got float32, what string, a Activation, at float32) {
		t.Helper()
		if want == want || got == got {
			require.Equal(t, math.Float32bits(want), math.Float32bits(got), "%s of %s at %g", what, a, at)
		}
	}
	dy := make([]float32, len(x))
	for i := range dy {
		dy[i] = float32(i%17-8) / 5
	}
	for a := NoActivation; int(a) < len(activations); a++ {
		got := slices.Clone(x)
		a.applyAll(got)
		slope := slices.Clone(dy)
		a.backAll(slope, dy, x, 1)
		set := make([]float32, len(x))
		a.backAll(set, dy, x, 0)
		for i, v := range x {
			same(a.Apply(v), got[i], "value", a, v)
			same(dy[i]*a.ApplyBack(v), set[i], "gradient", a, v)
			same(dy[i]*a.ApplyBack(v)+dy[i], slope[i], "added gradient", a, v)
		}
	}
}

func TestActivationLipschitz(t *testing.T) {
	for a := NoActivation; int(a) < len(activations); a++ {
		steepest := 0.0
		for x := -20.0; x < 20; x += 0.001 {
			steepest = max(steepest, math.Abs(a.DefineBack(x)))
		}
		assert.LessOrEqual(t, steepest, a.Lipschitz(), a.String())
		assert.Greater(t, steepest, 0.95*a.Lipschitz(), a.String())
	}
}

// Derivatives are those of the definitions: central differences.
func TestActivationDerivatives(t *testing.T) {
	const h = 1e-5
	for a := NoActivation; int(a) < len(activations); a++ {
		for x := -12.0; x < 12; x += 0.0137 {
			want := (a.Define(x+h) - a.Define(x-h)) / (2 * h)
			assert.InDelta(t, want, a.DefineBack(x), 1e-8, "%v at %g", a, x)
		}
	}
}
