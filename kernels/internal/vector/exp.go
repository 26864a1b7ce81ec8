package vector

import (
	"math"

	"mindgap/engine"
)

// Constants of e^v = 2^n e^r, n the integer nearest to v log2(e), |r| <= ln(2)/2 (Cephes expf, S.
// Moshier).
const (
	expMost  = 88     // beyond, engine.Exp32 looks after overflow
	expLeast = -87.33 // ln 2^-126 = -87.337
	log2e    = 1.44269504088896341
	round    = 12582912 // 1.5 * 2^23: rounds to an integer in the low bits
	ln2High  = 0.693359375
	ln2Low   = -2.12194440e-4
)

// Exp replaces each x by e^x, and by 0 where that is below 2^-126: at large logit scales that is
// nearly everywhere, and denormal numbers are slow. It is engine.Exp32 to the bit elsewhere.
func Exp(x []float32) { ExpSum(x, 0) }

// ExpSum replaces each x by e^(x - shift) as Exp does, and gives their sum.
func ExpSum(x []float32, shift float32) float32 {
	var sum [8]float32
	for fast && len(x) >= 8 {
		// The assembly stops before eight elements of which one is NaN or large.
		n := expSum8(&x[0], len(x)&^7, shift, &sum)
		x = x[n:]
		if len(x) >= 8 {
			expSum(x[:8], shift, &sum)
			x = x[8:]
		}
	}
	expSum(x, shift, &sum)
	return add8(&sum)
}

func expSum(x []float32, shift float32, sum *[8]float32) {
	for i, v := range x {
		x[i] = expOf(v - shift)
		sum[i&7] += x[i]
	}
}

// expOf is e^v as Exp says.
func expOf(v float32) float32 {
	switch {
	case v > expMost || v != v:
		return engine.Exp32(v)
	case v < expLeast:
		return 0
	}
	return exp(v)
}

// AddExp adds e^(x - base), as Exp makes it, to each sum.
func AddExp(sum, x, base []float32) {
	sum, base = sum[:len(x)], base[:len(x)]
	for i := 0; i < len(x); {
		end := len(x)
		if n := (len(x) - i) &^ 7; fast && n > 0 {
			// The assembly stops before eight elements of which one is NaN or large.
			i += addExp8(&sum[i], &x[i], &base[i], n)
			end = min(i+8, len(x))
		}
		for ; i < end; i++ {
			sum[i] += expOf(x[i] - base[i])
		}
	}
}

// exp is e^v between expLeast and expMost. Conversions keep products and sums apart, each rounded,
// on processors that could do both at once.
func exp(v float32) float32 {
	n := float32(v*log2e) + round
	k := math.Float32bits(n) - 0x4B400000
	n -= round
	r := v - float32(n*ln2High)
	r -= float32(n * ln2Low)
	p := float32(1.9875691500e-4)
	p = float32(p*r) + 1.3981999507e-3
	p = float32(p*r) + 8.3334519073e-3
	p = float32(p*r) + 4.1665795894e-2
	p = float32(p*r) + 1.6666665459e-1
	p = float32(p*r) + 5.0000001201e-1
	p = float32(p*r*r) + r + 1
	return p * math.Float32frombits((k+127)<<23)
}
