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

// MaxOf raises each m to x where x is larger; NaN of x is passed over.
func MaxOf(m, x []float32) {
	m = m[:len(x)]
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			maxOf8(&m[0], &x[0], n)
		}
	}
	for i := n; i < len(x); i++ {
		if x[i] > m[i] {
			m[i] = x[i]
		}
	}
}

// ReLU is y = max(x, 0); NaN stays. y may be x.
func ReLU(y, x []float32) {
	y = y[:len(x)]
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			relu8(&y[0], &x[0], n)
		}
	}
	for i := n; i < len(x); i++ {
		y[i] = max(x[i], 0)
	}
}

// Bins sets bin[i] to the bin of x[i] among bins of width 1/perBin from lo on: 0 below lo, last beyond
// the last one, last + 1 for NaN. It gives the smallest and the largest of low, high and all x but NaN.
func Bins(bin []int32, x []float32, lo, perBin float32, last int32, low, high float32) (float32, float32) {
	bin = bin[:len(x)]
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			var ends [16]float32
			for i := range 8 {
				ends[i], ends[8+i] = low, high
			}
			bins8(&bin[0], &x[0], n, lo, perBin, last, &ends)
			for i := range 8 {
				low, high = min(low, ends[i]), max(high, ends[8+i])
			}
		}
	}
	top := float32(last)
	for i := n; i < len(x); i++ {
		v := x[i]
		t := (v - lo) * perBin
		b := last + 1
		switch { // truncation is floor for what is not negative
		case t < 0:
			b = 0
		case t < top:
			b = int32(t)
		case t >= top:
			b = last
		}
		bin[i] = b
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
	}
	return low, high
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
