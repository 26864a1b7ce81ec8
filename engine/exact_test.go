package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Definitions run in float64, and the words beside them are their roundings.
func TestDefinitionsRunInFloat64(t *testing.T) {
	d, err := Open("host", WithDefinitions())
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	x, y := s.Floats(3), s.Zeros(3)
	third := 1.0 / 3
	x.WriteExact([]float64{third, 2 * third, 1})
	y.CopyFrom(x)
	got, err := y.Exact()
	require.NoError(t, err)
	require.Equal(t, []float64{third, 2 * third, 1}, got)
	words, err := y.Floats()
	require.NoError(t, err)
	require.Equal(t, []float32{float32(third), float32(2 * third), 1}, words)
	y.Write([]float32{0.1, 0, 0})
	got, err = y.Exact()
	require.NoError(t, err)
	require.Equal(t, float64(float32(0.1)), got[0])

	host, err := Open("host")
	require.NoError(t, err)
	defer host.Close()
	other := host.Scope()
	defer other.Close()
	require.PanicsWithError(t, "engine: exact: the device does not run definitions", func() { other.Floats(1).Exact() })
	require.PanicsWithError(t, "engine: write exact: the slice has 1 elements, 3 has 3", func() { y.WriteExact([]float64{1}) })
}

// A tensor can be given back early, or live on in another scope.
func TestScopesHandTensorsOver(t *testing.T) {
	d, err := Open("host")
	require.NoError(t, err)
	defer d.Close()
	outer, inner := d.Scope(), d.Scope()
	a, b := inner.Floats(4), inner.Floats(4)
	outer.Free(a) // not its own
	require.Equal(t, 2, d.Memory().Live)
	inner.Free(a)
	require.Equal(t, 1, d.Memory().Live)
	b.Write([]float32{1, 2, 3, 4})
	inner.Move(b, outer)
	inner.Close()
	got, err := b.Floats()
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3, 4}, got)
	outer.Close()
	require.Zero(t, d.Memory().Live)
	require.PanicsWithError(t, "engine: read: a tensor of a closed scope is used", func() { b.Floats() })
	require.Panics(t, func() { outer.Move(b, inner) })
}
