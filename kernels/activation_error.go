package kernels

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// How far a float32 evaluation of an activation may be from its value at x. Each bound adds
// up the roundings of the formulas in include/activation.glsl: u = 2^-24 for an addition or
// a product, the measured e.Exp and e.Div (in u) for the device's own functions. An input
// error is multiplied by the derivative of what follows. Where e^-t falls below 2^-126 it may
// be flushed to 0 (also on devices that keep other denormals): then the result is off by at
// most that times its factor.

const (
	u       = engine.U
	flushed = 0x1p-126
)

// exact is the error of a function that only picks or negates: none.
func exact(float64, engine.MathErrors) float64 { return 0 }

// s = 1/(1+z) or z/(1+z): ds/dz * z = s (1-s); then an addition, a division, a product.
func sigmoidErr(x float64, e engine.MathErrors) float64 {
	s := sigmoid64(x)
	return u*s*(e.Exp*(1-s)+e.Div+2.1) + flushed
}

// z/(1+z)^2: relative error |1-z|/(1+z) <= 1 times that of z; (1+z) and the division twice,
// two products.
func sigmoidBackErr(x float64, e engine.MathErrors) float64 {
	return u*sigmoidBack64(x)*(e.Exp+2*e.Div+4.1) + flushed
}

// Polynomial: x + x z P: one rounding of the sum and at most 12 (with the fit's) of x z P,
// which is t - tanh t. Else w is off by e.Exp, d tanh/dw * w = 2 w/(1+w)^2.
func tanhErr(x float64, e engine.MathErrors) float64 {
	t := math.Abs(x)
	y := math.Tanh(t)
	if t < 0.625 {
		return u * (1.1*y + 12*(t-y))
	}
	return u * (2*sigmoidBack64(2*t)*e.Exp + (2.1+e.Div)*y)
}

// tailErr bounds the relative error, in u, of normal_tail(t, e^(-t^2/2)) apart from e.Exp:
// its coefficient k goes through 2k+1 roundings; s is off by e.Div + 3, which its powers
// 1..9 magnify; the fit is off by 0.72, e's argument t^2/2 by one rounding, two products.
func tailErr(t float64, e engine.MathErrors) float64 {
	s := 1 / (1 + 0.27*t)
	var p, rounding, slope float64
	power := 1.0
	for k, c := range vector.TailFit {
		term := float64(c) * power
		p += term
		rounding += float64(2*k+1) * math.Abs(term)
		slope += float64(k+1) * term
		power *= s
	}
	return (rounding+(e.Div+3)*math.Abs(slope))/p + 0.72 + halfSquare(t) + 2
}

// halfSquare is t^2/2, but no more than where e^-t^2/2 has become 0.
func halfSquare(t float64) float64 { return math.Min(t*t/2, 105) }

func normalTail64(t float64) float64 { return math.Erfc(t/math.Sqrt2) / 2 }

// x q, or x (1 - q): the error of q times x, and two roundings.
func geluErr(x float64, e engine.MathErrors) float64 {
	t := math.Abs(x)
	y := math.Abs(gelu64(x))
	return zeroTimes(t, normalTail64(t))*u*(tailErr(t, e)+e.Exp) + 2.1*u*y + t*flushed
}

// q or 1 - q, plus x phi: both terms' errors and the sum's.
func geluBackErr(x float64, e engine.MathErrors) float64 {
	t := math.Abs(x)
	q, d := normalTail64(t), zeroTimes(t, math.Exp(-t*t/2)/math.Sqrt(2*math.Pi))
	return u*q*(tailErr(t, e)+e.Exp) + u*d*(e.Exp+halfSquare(t)+3.1) + 2.1*u*(math.Erfc(-x/math.Sqrt2)/2+d) + t*flushed
}

// The argument a = 1.702 x is off by two roundings (of the constant and of the product),
// which e^-a magnifies by |a|.
func quickArg(x float64, e engine.MathErrors) engine.MathErrors {
	e.Exp += 2 * math.Min(math.Abs(quick*x), 105)
	return e
}

func quickErr(x float64, e engine.MathErrors) float64 {
	y := math.Abs(x * sigmoid64(quick*x))
	return zeroTimes(math.Abs(x), sigmoidErr(quick*x, quickArg(x, e))) + u*y + math.Abs(x)*flushed
}

func quickBackErr(x float64, e engine.MathErrors) float64 {
	a := math.Abs(quick * x)
	d := zeroTimes(a, sigmoidBack64(a))
	slope := zeroTimes(a, sigmoidBackErr(a, quickArg(x, e)))
	return sigmoidErr(quick*x, quickArg(x, e)) + slope + u*(4.1*d+sigmoid64(quick*x)) + a*flushed
}

// Series: x + x^2 P: the sum's rounding and at most 14 of x^2 P, which is e^x - 1 - x.
func eluErr(x float64, e engine.MathErrors) float64 {
	switch {
	case x > 0:
		return 0
	case x > -0.5:
		y := math.Expm1(x)
		return u * (-1.1*y + 14*(y-x))
	}
	return u * (e.Exp*math.Exp(x) - math.Expm1(x))
}

func eluBackErr(x float64, e engine.MathErrors) float64 {
	if x > 0 {
		return 0
	}
	return u*e.Exp*math.Exp(x) + flushed
}
