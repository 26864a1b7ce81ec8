package kernels

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// quick is the constant of quick_gelu.
const quick = 1.702

// step is 1 above 0, low at and below 0, NaN for NaN.
func step(x, low float64) float64 {
	switch {
	case x > 0:
		return 1
	case x <= 0:
		return low
	}
	return x
}

// ifNegative is a where x has the minus sign, else b, by bits: a jump would be mispredicted
// at every other element.
func ifNegative(x, a, b float32) float32 {
	mask := uint32(int32(math.Float32bits(x)) >> 31)
	return math.Float32frombits(math.Float32bits(a)&mask | math.Float32bits(b)&^mask)
}

// step32 is step in float32. A number is above 0 where -bits is negative, but for -0.
func step32(x, low float32) float32 {
	if x != x {
		return x
	}
	bits := int32(math.Float32bits(x))
	return ifNegative(math.Float32frombits(uint32(-bits&^bits)), 1, low)
}

func relu32(x float32) float32 { return max(x, 0) }

func leaky32(x float32) float32 { return x * ifNegative(x, 0.01, 1) }

func sigmoid64(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// sigmoidBack64 is s (1 - s), which is even: of -|x|, so that nothing cancels or overflows.
func sigmoidBack64(x float64) float64 {
	z := math.Exp(-math.Abs(x))
	return z / ((1 + z) * (1 + z))
}

// zeroTimes is a*b, and 0 where b is 0 and a infinite: the limit.
func zeroTimes(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a * b
}

func sigmoid32(x float32) float32 {
	z := engine.Exp32(-abs32(x))
	return ifNegative(x, z, 1) / (1 + z)
}

func sigmoidBack32(x float32) float32 {
	z := engine.Exp32(-abs32(x))
	r := 1 / (1 + z)
	return z * r * r
}

func tanh32(x float32) float32 {
	t := abs32(x)
	if t < 0.625 {
		z := x * x
		p := float32(-5.70498872745e-3)
		p = p*z + 2.06390887954e-2
		p = p*z - 5.37397155531e-2
		p = p*z + 1.33314422036e-1
		p = p*z - 3.33332819422e-1
		return p*z*x + x
	}
	w := engine.Exp32(-2 * t)
	return copySign32((1-w)/(1+w), x)
}

// normalTail32 is erfc(t / sqrt 2) / 2 for t >= 0, given e = e^(-t^2/2).
func normalTail32(t, e float32) float32 {
	s := 1 / (1 + 0.27*t)
	c := &vector.TailFit
	p := ((c[8]*s+c[7])*s+c[6])*s + c[5]
	p = ((p*s+c[4])*s+c[3])*s + c[2]
	p = (p*s+c[1])*s + c[0]
	return e * s * p
}

func gelu32(x float32) float32 {
	q := normalTail32(abs32(x), engine.Exp32(-0.5*x*x))
	return x * ifNegative(x, q, 1-q)
}

// gelu64 is x Phi(x).
func gelu64(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 }

// geluBack64 is Phi(x) + x phi(x).
func geluBack64(x float64) float64 {
	return math.Erfc(-x/math.Sqrt2)/2 + zeroTimes(x, math.Exp(-x*x/2)/math.Sqrt(2*math.Pi))
}

func geluBack32(x float32) float32 {
	e := engine.Exp32(-0.5 * x * x)
	q := normalTail32(abs32(x), e)
	q = ifNegative(x, q, 1-q)
	if e == 0 {
		return q
	}
	return q + x*(e*0.398942280)
}

func quickBack32(x float32) float32 {
	a := quick * x
	z := engine.Exp32(-abs32(a))
	s, r := ifNegative(a, z, 1)/(1+z), 1/(1+z)
	d := z * r * r
	if d == 0 {
		return s
	}
	return s + a*d
}

func elu32(x float32) float32 {
	switch {
	case x > 0:
		return x
	case x > -0.5:
		p := float32(2.48015873e-5)
		p = p*x + 1.98412698e-4
		p = p*x + 1.38888889e-3
		p = p*x + 8.33333333e-3
		p = p*x + 4.16666667e-2
		p = p*x + 1.66666667e-1
		p = p*x + 0.5
		return p*x*x + x
	}
	return engine.Exp32(x) - 1
}

// abs32 clears the sign, of NaN as well.
func abs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// copySign32 is |x| with the sign of s.
func copySign32(x, s float32) float32 {
	const sign = 1 << 31
	return math.Float32frombits(math.Float32bits(x)&^sign | math.Float32bits(s)&sign)
}
