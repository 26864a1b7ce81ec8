package kernels

import "math"

// Normal numbers from random bits (Box and Muller 1958) by additions and products alone, as
// in include/normal.glsl: the same bits on every device that rounds as IEEE 754 says. Every
// product is converted to float32 before it is added to, which forbids fusing the two.

// normalRadius32 is sqrt(-2 ln u) with u = (k+1) / 2^24 for k in 0..2^24-1.
func normalRadius32(k uint32) float32 {
	b := math.Float32bits(float32(k+1) * 0x1p-24)
	e := float32(int32(b>>23) - 126) // u = m 2^e with m in [1/2, 1)
	m := math.Float32frombits(b&0x007FFFFF | 0x3F000000)
	if m < 0.707106781 {
		e--
		m += m
	}
	m--
	z := float32(m * m)
	p := float32(7.0376836292e-2)
	p = float32(p*m) - 1.1514610310e-1
	p = float32(p*m) + 1.1676998740e-1
	p = float32(p*m) - 1.2420140846e-1
	p = float32(p*m) + 1.4249322787e-1
	p = float32(p*m) - 1.6668057665e-1
	p = float32(p*m) + 2.0000714765e-1
	p = float32(p*m) - 2.4999993993e-1
	p = float32(p*m) + 3.3333331174e-1
	p = float32(float32(p*m) * z)
	p += float32(e * -2.12194440e-4) // ln 2 in two pieces
	p -= float32(0.5 * z)
	p = (m + p) + float32(e*0.693359375)
	x := -2 * p
	// 1 / sqrt(x): a guess from the exponent's half, and Newton's step three times.
	y := math.Float32frombits(0x5F375A86 - math.Float32bits(x)>>1)
	h := 0.5 * x
	for range 3 {
		y *= 1.5 - float32(float32(h*y)*y)
	}
	return float32(x * y)
}

// normalTurn32 is cos and sin of 2 pi k / 2^24 for k in 0..2^24-1.
func normalTurn32(k uint32) (c, s float32) {
	q := (k + 0x200000) >> 22
	t := float32(int32(k)-int32(q<<22)) * 3.74507027829e-7
	z := float32(t * t)
	s = -1.9515295891e-4
	s = float32(s*z) + 8.3321608736e-3
	s = float32(s*z) - 1.6666654611e-1
	s = float32(float32(s*z)*t) + t
	c = 2.443315711809948e-5
	c = float32(c*z) - 1.388731625493765e-3
	c = float32(c*z) + 4.166664568298827e-2
	c = float32(float32(c*z)*z) - float32(0.5*z)
	c++
	switch q & 3 {
	case 1:
		return -s, c
	case 2:
		return -c, -s
	case 3:
		return s, -c
	}
	return c, s
}

// normalPair32 makes two normal numbers from two words of random bits.
func normalPair32(a, b uint32) (n0, n1 float32) {
	r := normalRadius32(a >> 8)
	c, s := normalTurn32(b >> 8)
	return float32(r * c), float32(r * s)
}

// normalPair64 is their definition.
func normalPair64(a, b uint32) (n0, n1 float64) {
	r := math.Sqrt(-2 * math.Log(float64(a>>8+1)*0x1p-24))
	s, c := math.Sincos(2 * math.Pi * float64(b>>8) * 0x1p-24)
	if b>>8&(1<<22-1) == 0 { // quarter turns are exact
		s, c = math.Round(s), math.Round(c)
	}
	return r * c, r * s
}

// normalUlps bounds the relative error of a normal number in units of u = 2^-24, fused
// multiply-adds or not. ln u: 4 (Cephes states 2); its root halves that and adds 5 for the
// Newton steps and the last product. The angle: 2, the polynomials of sin and cos: 3 more.
// The product of both: 1. A test runs through all radii and all angles.
const normalUlps = 4.0/2 + 5 + 2 + 3 + 1
