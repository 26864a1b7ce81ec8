package vector

import "math"

// QuickGELU and GELU replace leading elements of x by f(x), eight at a time, and say how many:
// they stop before eight of which one needs the care of the one-element form, a NaN or one at
// which the exponential is denormal (e^-87 to e^-104, half of the least). Without assembly they
// do nothing.

// QuickGELU is x / (1 + e^(-1.702 x)), rounded as kernels' one-element form is.
func QuickGELU(x []float32) int {
	if n := len(x) &^ 7; fast && n > 0 {
		return quickGELU8(&x[0], n)
	}
	return 0
}

// GELU is x Phi(x), by the same fit of the normal distribution's tail as kernels' one-element form.
func GELU(x []float32) int {
	if n := len(x) &^ 7; fast && n > 0 {
		return gelu8(&x[0], n)
	}
	return 0
}

// QuickGELUBack sets leading elements of dx to dy f'(x), f as QuickGELU, or adds that to them; it
// stops where QuickGELU does. The slices have one length.
func QuickGELUBack(dx, dy, x []float32, accumulate bool) int {
	n := len(x) &^ 7
	if !fast || n == 0 {
		return 0
	}
	add := 0
	if accumulate {
		add = 1
	}
	return quickGELUBack8(&dx[:n][0], &dy[:n][0], &x[0], n, add)
}

// TailFit are the coefficients of P in normal_tail (kernels/include/activation.glsl), from s^0 on.
var TailFit = [...]float32{
	0.107722096, 0.107518606, 0.101980366, 0.071406059, 0.109277204,
	-0.0712139159, 0.171444684, -0.127242118, 0.0291070286,
}

// table holds the constants of the assembly, each eight times; the offsets are in exp_amd64.s.
//
//lint:ignore U1000 the assembly reads it
var table = func() (t [][8]float32) {
	for _, c := range []float32{
		expMost, expLeast, log2e, round, math.Float32frombits(0x4B400000 - 127), ln2High, ln2Low,
		1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
		math.Float32frombits(1 << 31), 1.702, -87, -104, -0.5, 0.27,
		TailFit[0], TailFit[1], TailFit[2], TailFit[3], TailFit[4], TailFit[5], TailFit[6], TailFit[7], TailFit[8],
	} {
		t = append(t, [8]float32{c, c, c, c, c, c, c, c})
	}
	return t
}()
