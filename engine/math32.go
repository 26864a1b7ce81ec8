package engine

import (
	"math"
	"sync"
)

// Exp32 is e^x in float32, about three times as fast as math.Exp: x = n ln 2 + r with
// |r| <= ln(2)/2, a polynomial for e^r (Cephes expf, S. Moshier), and 2^n by its bits.
// Overflow is Inf, results below 2^-126 are denormal or 0, NaN stays NaN. The largest
// error seen on this machine is in Caps.Math.
func Exp32(x float32) float32 {
	const (
		log2e = 1.44269504088896341
		hi    = 0.693359375 // ln 2 in two pieces: n*hi is exact
		lo    = -2.12194440e-4
	)
	if !(x < 88.722839) { // also NaN
		if x > 88.72283 {
			return float32(math.Inf(1))
		}
		return x
	}
	if x < -87.33654 { // 2^-126: the scaling below needs a normal result
		return float32(math.Exp(float64(x)))
	}
	n := x*log2e + 12582912 // 1.5 * 2^23: rounds to an integer in the low bits
	k := int32(math.Float32bits(n)) - 0x4B400000
	n -= 12582912
	r := x - n*hi
	r -= n * lo
	p := float32(1.9875691500e-4)
	p = p*r + 1.3981999507e-3
	p = p*r + 8.3334519073e-3
	p = p*r + 4.1665795894e-2
	p = p*r + 1.6666665459e-1
	p = p*r + 5.0000001201e-1
	p = p*r*r + r + 1
	if k == 128 { // 2^128 is no float32
		return p * 2 * math.Float32frombits(uint32(254)<<23)
	}
	return p * math.Float32frombits(uint32(k+127)<<23)
}

// Log32 is the natural logarithm in float32, correctly rounded but for rare ties.
func Log32(x float32) float32 { return float32(math.Log(float64(x))) }

// Sqrt32 is the correctly rounded square root.
func Sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// hostMath measures the host's functions as a probe shader measures a driver's.
var hostMath = sync.OnceValue(func() MathErrors {
	worst := func(n int, at func(i int) float64, got func(float32) float32, want func(float64) float64) float64 {
		var e float64
		for i := range n {
			x := float32(at(i))
			w := want(float64(x))
			e = math.Max(e, math.Abs(float64(got(x))-w)/math.Abs(w)/U)
		}
		return margin(e)
	}
	const n = 1 << 14
	return MathErrors{
		Exp:  worst(n, func(i int) float64 { return -87 + 175*float64(i)/n }, Exp32, math.Exp),
		Log:  margin(1), // from float64: one rounding
		Sin:  margin(1),
		Cos:  margin(1),
		Sqrt: 1,
		Div:  1,
		Tiny: math.SmallestNonzeroFloat32,
	}
})

// margin turns the largest error that a probe saw into one to rely on: probes see some
// thousand points of each function, not all.
func margin(seen float64) float64 { return 1.5*seen + 1 }
