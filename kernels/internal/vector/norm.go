package vector

// RoughSum is the sum of all elements, in 32 sums of float32.
func RoughSum(x []float32) float32 {
	var s [32]float32
	n := 0
	if fast {
		if n = len(x) &^ 31; n > 0 {
			sum32(&x[0], n, &s)
		}
	}
	for i, v := range x[n:] {
		s[i&31] += v
	}
	for i := range 8 {
		s[i] = (s[i] + s[i+16]) + (s[i+8] + s[i+24])
	}
	return add8((*[8]float32)(s[:8]))
}

// CentredSums is the sum of d = x - m and of d^2, in float64.
func CentredSums(x []float32, m float32) (s1, s2 float64) {
	var s [32]float64
	n := 0
	if fast {
		if n = len(x) &^ 15; n > 0 {
			sums16(&x[0], n, m, &s)
		}
	}
	for i, v := range x[n:] {
		d := float64(v - m)
		s[i&15] += d
		s[16+i&15] += float64(d * d)
	}
	for i := range 8 {
		s[i] += s[i+8]
		s[i+16] += s[i+24]
	}
	return add8((*[8]float64)(s[:8])), add8((*[8]float64)(s[16:24]))
}

// Normalise is y = ((x - m) - r) rstd gain + bias. y may be x.
func Normalise(y, x, gain, bias []float32, m, r, rstd float32) {
	y, gain, bias = y[:len(x)], gain[:len(x)], bias[:len(x)]
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			normalise8(&y[0], &x[0], &gain[0], &bias[0], n, m, r, rstd)
		}
	}
	for i := n; i < len(x); i++ {
		y[i] = float32(((x[i]-m)-r)*rstd*gain[i]) + bias[i]
	}
}

// GradSums is the sum of g = dy gain and of g z, z = (x - mean) rstd, in float64.
func GradSums(dy, x, gain []float32, mean, rstd float32) (s1, s2 float64) {
	x, gain = x[:len(dy)], gain[:len(dy)]
	var s [16]float64
	n := 0
	if fast {
		if n = len(dy) &^ 7; n > 0 {
			gradSums8(&dy[0], &x[0], &gain[0], n, mean, rstd, &s)
		}
	}
	for i := n; i < len(dy); i++ {
		g := dy[i] * gain[i]
		s[(i-n)&7] += float64(g)
		s[8+(i-n)&7] += float64(g * ((x[i] - mean) * rstd))
	}
	return add8((*[8]float64)(s[:8])), add8((*[8]float64)(s[8:]))
}

// GradRow is dx = rstd ((dy gain - a) - z b), added to dx where add is set. dx may be dy.
func GradRow(dx, dy, x, gain []float32, mean, rstd, a, b float32, add bool) {
	dx, x, gain = dx[:len(dy)], x[:len(dy)], gain[:len(dy)]
	n := 0
	if fast {
		if n = len(dy) &^ 7; n > 0 {
			flag := 0
			if add {
				flag = 1
			}
			gradRow8(&dx[0], &dy[0], &x[0], &gain[0], n, mean, rstd, a, b, flag)
		}
	}
	for i := n; i < len(dy); i++ {
		g := float32(rstd * ((float32(dy[i]*gain[i]) - a) - float32((x[i]-mean)*rstd*b)))
		if add {
			g += dx[i]
		}
		dx[i] = g
	}
}

// GradColumns is gain += dy z and bias += dy, in float64.
func GradColumns(gain, bias []float64, dy, x []float32, mean, rstd float32) {
	gain, bias, x = gain[:len(dy)], bias[:len(dy)], x[:len(dy)]
	n := 0
	if fast {
		if n = len(dy) &^ 7; n > 0 {
			gradColumns8(&gain[0], &bias[0], &dy[0], &x[0], n, mean, rstd)
		}
	}
	for i := n; i < len(dy); i++ {
		gain[i] += float64(dy[i] * ((x[i] - mean) * rstd))
		bias[i] += float64(dy[i])
	}
}

// AddScaled is s += f x, in float64.
func AddScaled(s []float64, x []float32, f float64) {
	s = s[:len(x)]
	n := 0
	if fast {
		if n = len(x) &^ 7; n > 0 {
			addScaled8(&s[0], &x[0], n, f)
		}
	}
	for i := n; i < len(x); i++ {
		s[i] += float64(f * float64(x[i]))
	}
}
