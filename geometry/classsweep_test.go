package geometry

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
)

// A sweep gives the cosines and the gap that shifted rows have.
func TestClassSweepIsAShift(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(n int, away float64) Rows {
		x := Zeros(n, 6)
		for i := range x.Data {
			x.Data[i] = r.NormFloat64()
		}
		for i := range n {
			x.Row(i)[0] += away
		}
		x, err := x.Normalise()
		require.NoError(t, err)
		return x
	}
	images, texts := draw(30, 2), draw(4, -2)
	other := draw(1, 0).Row(0)
	for _, mode := range []ShiftMode{ShiftBoth, ShiftFirst} {
		for _, u := range [][]float64{nil, other} {
			s, err := NewClassSweep(images, texts, u, mode)
			require.NoError(t, err)
			for _, delta := range []float64{-5, -.2, 0, .75, 4.75} {
				x, y, err := Shift(images, texts, s.Direction(), delta, mode)
				require.NoError(t, err)
				gap, err := CentroidGap(x, y)
				require.NoError(t, err)
				require.InDelta(t, gap.Distance, math.Abs(s.Distance(delta)), 1e-12)
				require.Equal(t, floats.Dot(gap.Vector, s.Direction()) < 0, s.Distance(delta) < 0)
				seen := 0
				s.Cosines(delta, func(i int, c []float64) {
					require.Equal(t, seen, i)
					for k := range c {
						require.InDelta(t, floats.Dot(x.Row(i), y.Row(k)), c[k], 1e-12)
					}
					seen++
				})
				require.Equal(t, images.N, seen)
			}
		}
	}
	_, err := NewClassSweep(images, texts, []float64{1}, ShiftBoth)
	require.EqualError(t, err, "geometry: NewClassSweep: a direction of 1 numbers for rows of 6")
	_, err = NewClassSweep(texts, texts, nil, ShiftBoth)
	require.ErrorContains(t, err, "the gap has no direction")
}
