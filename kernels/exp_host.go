package kernels

import (
	"math"

	"mindgap/engine"
)

// expAll replaces each x by e^x, and by 0 where that is below expTiny: at large logit scales
// that is nearly everywhere, and denormal numbers are slow. It is engine.Exp32 (Cephes expf)
// written out in the loop, so that a processor works on several elements at once: a call
// for each costs twice as much.
func expAll(x []float32) {
	const (
		log2e = 1.44269504088896341
		hi    = 0.693359375
		lo    = -2.12194440e-4
	)
	for i, v := range x {
		if !(v >= -87.33) { // ln 2^-126 = -87.337
			if v < 0 {
				x[i] = 0
			}
			continue // NaN stays
		}
		if v > 88 {
			x[i] = engine.Exp32(v)
			continue
		}
		n := v*log2e + 12582912 // 1.5 * 2^23: rounds to an integer in the low bits
		k := math.Float32bits(n) - 0x4B400000
		n -= 12582912
		r := v - n*hi
		r -= n * lo
		p := float32(1.9875691500e-4)
		p = p*r + 1.3981999507e-3
		p = p*r + 8.3334519073e-3
		p = p*r + 4.1665795894e-2
		p = p*r + 1.6666665459e-1
		p = p*r + 5.0000001201e-1
		p = p*r*r + r + 1
		x[i] = p * math.Float32frombits((k+127)<<23)
	}
}
