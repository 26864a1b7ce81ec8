package vector

// Squares is the sum of x^2, in float64.
func Squares(x []float32) float64 {
	var s [16]float64
	n := 0
	if fast {
		if n = len(x) &^ 15; n > 0 {
			squares16(&x[0], n, &s)
		}
	}
	for i, v := range x[n:] {
		s[i&15] += float64(v) * float64(v)
	}
	for i := range 8 {
		s[i] += s[i+8]
	}
	return add8((*[8]float64)(s[:8]))
}

// Shift is d = f x - shift; it gives the sum of (f x - shift - rest)^2, all in float64.
func Shift(d, x []float32, shift, rest []float64, f float64) float64 {
	d, shift, rest = d[:len(x)], shift[:len(x)], rest[:len(x)]
	var s [8]float64
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			shift8(&d[0], &x[0], &shift[0], &rest[0], n, f, &s)
		}
	}
	for i := n; i < len(x); i++ {
		v := float64(f*float64(x[i])) - shift[i]
		d[i] = float32(v)
		v -= rest[i]
		s[i&7] += float64(v * v)
	}
	return add8(&s)
}
