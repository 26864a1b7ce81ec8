package tensorfile

import "math"

// halfToFloat32 gives the value of an IEEE 754 binary16 number; every one of them is
// exact in float32. One sign bit, 5 bits of exponent e, 10 of fraction f:
//
//	e = 0        (-1)^s * f/1024 * 2^-14      zero and subnormals
//	0 < e < 31   (-1)^s * (1 + f/1024) * 2^(e-15)
//	e = 31       Inf where f = 0, else NaN; the payload moves up with the fraction
func halfToFloat32(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	e := uint32(h>>10) & 31
	f := uint32(h) & 1023
	switch e {
	case 0:
		v := float32(f) * (1.0 / (1 << 24)) // f * 2^-24: exact, since f has 10 bits
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | f<<13)
	}
	return math.Float32frombits(sign | (e+127-15)<<23 | f<<13)
}
