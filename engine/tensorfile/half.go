package tensorfile

import "math"

// halfToFloat32 gives the value of an IEEE 754 binary16 number; every one of them is
// exact in float32. One sign bit, 5 bits of exponent e, 10 of fraction f:
//
//	e = 0        (-1)^s * f/1024 * 2^-14      zero and subnormals
//	0 < e < 31   (-1)^s * (1 + f/1024) * 2^(e-15)
//	e = 31       Inf where f = 0, else NaN; the payload moves up with the fraction
func halfToFloat32(h uint16) float32 {
	if e := h & 0x7c00; e == 0 || e == 0x7c00 {
		return rareHalf(h)
	}
	return math.Float32frombits(uint32(h&0x8000)<<16 | (uint32(h&0x7fff)<<13 + (127-15)<<23))
}

// rareHalf is halfToFloat32 for e = 0 and e = 31, apart so that the rest is inlined.
func rareHalf(h uint16) float32 {
	sign, f := uint32(h&0x8000)<<16, uint32(h)&1023
	if h&0x7c00 != 0 {
		return math.Float32frombits(sign | 0x7f800000 | f<<13)
	}
	v := float32(f) * (1.0 / (1 << 24)) // f * 2^-24: exact, since f has 10 bits
	return math.Float32frombits(sign | math.Float32bits(v))
}

// narrow rounds v to the nearest number with ebits of exponent and fbits of fraction,
// ties to even: binary16 is narrow(v, 5, 10), bfloat16 narrow(v, 8, 7). What is too large
// becomes Inf; a NaN stays one.
func narrow(v float64, ebits, fbits uint) uint16 {
	b := math.Float64bits(v)
	sign := uint16(b>>63) << 15
	e, f := int(b>>52&0x7ff), b&(1<<52-1)
	top := 1<<ebits - 1
	if e == 0x7ff {
		if f != 0 {
			f |= 1 << 51 // quiet
		}
		return sign | uint16(top)<<fbits | uint16(f>>(52-fbits))
	}
	e += top>>1 - 1023
	drop := 52 - fbits
	if e <= 0 { // a subnormal number: the leading one is written out
		f |= 1 << 52
		drop += uint(1 - e)
		e = 0
	}
	if drop > 54 {
		return sign // less than half of the smallest
	}
	q, rest, half := f>>drop, f&(1<<drop-1), uint64(1)<<(drop-1)
	if rest > half || (rest == half && q&1 == 1) {
		q++ // a carry out of the fraction raises the exponent, as it should
	}
	return sign | uint16(min(uint64(e)<<fbits+q, uint64(top)<<fbits))
}
