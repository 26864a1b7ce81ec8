// Package vector has the host device's loops over float32 rows that a compiler leaves one
// element at a time: exponentials, sums, normalisation. On amd64 with AVX2 they are assembly,
// eight elements at once; everywhere else Go that says the same. Both round every operation
// alike and add in the same order, so results are equal to the bit: eight (or more) sums, one
// for each position modulo their number, that meet in a tree.
package vector

import "math"

// add8 is the sum of eight lanes.
func add8[T float32 | float64](s *[8]T) T {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// Max is the largest element; NaN counts as largest, no element gives -Inf.
func Max(x []float32) float32 {
	m := float32(math.Inf(-1))
	var lanes [8]float32
	if n := len(x) &^ 7; fast && n > 0 {
		if max8(&x[0], n, &lanes) != 0 {
			return float32(math.NaN())
		}
		for _, v := range lanes {
			m = max(m, v)
		}
		x = x[n:]
	}
	for _, v := range x {
		m = max(m, v) // NaN stays
	}
	return m
}

// Scale is x = f x.
func Scale(x []float32, f float32) {
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			scale8(&x[0], n, f)
		}
	}
	for i := n; i < len(x); i++ {
		x[i] *= f
	}
}

// LogitGradients is g = scale p (g - delta), element by element.
func LogitGradients(g, p []float32, delta, scale float32) {
	p = p[:len(g)]
	n := 0
	if fast {
		if n = len(g) &^ 7; n > 0 {
			logits8(&g[0], &p[0], n, delta, scale)
		}
	}
	for i := n; i < len(g); i++ {
		g[i] = scale * p[i] * (g[i] - delta)
	}
}
