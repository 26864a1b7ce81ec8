package gonum

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMatMul(t *testing.T) {
	a, b, c := []float32{1, 2, 3, 4}, []float32{5, 6, 7, 8}, make([]float32, 4)
	MatMul(c, a, b, 2, false)
	require.Equal(t, []float32{19, 22, 43, 50}, c)
	MatMul(c, a, b, 2, true)
	require.Equal(t, []float32{17, 23, 39, 53}, c)
	require.NotEmpty(t, Version())
}
