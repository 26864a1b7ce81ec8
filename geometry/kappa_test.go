package geometry_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"

	"mindgap/geometry"
)

func ExampleLayerCosine() {
	// Two orthogonal unit vectors, one ReLU layer with bias: 90 degrees become 52.483.
	c := geometry.LayerCosine(1, 0)
	fmt.Printf("%.6f %.3f\n", c, math.Acos(c)*180/math.Pi)
	// Output: 0.608998 52.483
}

// Values computed for the experiments' specification: unit vectors, without and with bias.
func TestKappaKnownValues(t *testing.T) {
	plain := map[float64]float64{-1: 0, 0: .318310, .25: .453310, .5: .608998, .75: .788002, .9: .909538, .99: .990300, 1: 1}
	for c, want := range plain {
		require.InDelta(t, want, geometry.Kappa(c), 5e-7, "kappa(%g)", c)
	}
	biased := map[float64]float64{-1: .318310, -.5: .453310, 0: .608998, .25: .695294, .5: .788002, .75: .888348, .9: .953364, .99: .995106}
	for rho, want := range biased {
		require.InDelta(t, want, geometry.LayerCosine(1, rho), 5e-7, "rho %g", rho)
	}
	// Mean cosines at width 1024 for r = 2, a little below the limit.
	for rho, want := range map[float64]float64{.4: .6560, .72: .8049, .776: .8327} {
		require.InDelta(t, want, geometry.LayerCosine(2, rho), 1e-3, "r=2 rho %g", rho)
	}
	require.InDelta(t, .8, geometry.Theorem1Bound(2), 1e-15)
}

// The closed form against the integral that defines it: E[phi(x)phi(y)] / E[phi(x)^2] in
// polar coordinates is an integral of products of cosines over the angles where both are
// positive, 1/pi * integral of 2 cos(t) cos(t - theta).
func TestKappaIsTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.Float64Range(-1, 1).Draw(t, "c")
		theta := math.Acos(c)
		f := func(a float64) float64 { return 2 * math.Cos(a) * math.Cos(a-theta) / math.Pi }
		want := quad.Fixed(f, theta-math.Pi/2, math.Pi/2, 40, nil, 0)
		if got := geometry.Kappa(c); math.Abs(got-want) > 1e-12 || got < c-1e-15 {
			t.Fatalf("kappa(%g) is %g, the integral %g", c, got, want)
		}
	})
}

// Theorem 1 in the limit: below the bound, a layer brings vectors nearer.
func TestLayerCosineExceedsCosine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Float64Range(0.2, 5).Draw(t, "r")
		rho := rapid.Float64Range(-1, 0.999).Draw(t, "share") * geometry.Theorem1Bound(r)
		if got := geometry.LayerCosine(r, rho); got <= rho {
			t.Fatalf("r=%g rho=%g: %g", r, rho, got)
		}
	})
}
