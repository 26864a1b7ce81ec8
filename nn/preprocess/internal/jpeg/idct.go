package jpeg

import "encoding/binary"

// The inverse cosine transform of libjpeg's "islow" (jidctint.c): the algorithm of Loeffler,
// Ligtenberg and Moschytz (ICASSP 1989) with 12 products for 8 points, in fixed point. Columns
// come first and keep two bits of fraction, rows second. Constants are of 13 bits.
const (
	constBits = 13
	passBits  = 2

	f0_298 = 2446  // round(0.298631336 * 2^13), and so on
	f0_390 = 3196  // 0.390180644
	f0_541 = 4433  // 0.541196100
	f0_765 = 6270  // 0.765366865
	f0_899 = 7373  // 0.899976223
	f1_175 = 9633  // 1.175875602
	f1_501 = 12299 // 1.501321110
	f1_847 = 15137 // 1.847759065
	f1_961 = 16069 // 1.961570560
	f2_053 = 16819 // 2.053119869
	f2_562 = 20995 // 2.562915447
	f3_072 = 25172 // 3.072711026
)

// idct transforms a block of coefficients, of which those behind last in zigzag order are zero,
// and writes samples 0..255 to the rows of dst, stride apart. The block is used as work space.
func idct(b *[64]int32, last int, dst []uint8, stride int) {
	if last == 0 {
		v := uint64(clamp((b[0]<<passBits+(1<<(passBits+2)))>>(passBits+3) + 128))
		v *= 0x0101010101010101
		for y := range 8 {
			binary.LittleEndian.PutUint64(dst[y*stride:], v)
		}
		return
	}
	columns(b)
	rows(b, dst, stride)
}

func columns(b *[64]int32) {
	const round, shift = 1 << (constBits - passBits - 1), constBits - passBits
	for x := range 8 {
		d0, d1, d2, d3 := b[x], b[x+8], b[x+16], b[x+24]
		d4, d5, d6, d7 := b[x+32], b[x+40], b[x+48], b[x+56]
		if d1|d2|d3|d4|d5|d6|d7 == 0 {
			v := d0 << passBits
			b[x], b[x+8], b[x+16], b[x+24] = v, v, v, v
			b[x+32], b[x+40], b[x+48], b[x+56] = v, v, v, v
			continue
		}
		z := (d2 + d6) * f0_541
		e2, e3 := z-d6*f1_847, z+d2*f0_765
		e0, e1 := (d0+d4)<<constBits+round, (d0-d4)<<constBits+round
		a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2

		z1, z2, z3, z4 := (d7+d1)*-f0_899, (d5+d3)*-f2_562, d7+d3, d5+d1
		z5 := (z3 + z4) * f1_175
		z3, z4 = z3*-f1_961+z5, z4*-f0_390+z5
		o0, o1 := d7*f0_298+z1+z3, d5*f2_053+z2+z4
		o2, o3 := d3*f3_072+z2+z3, d1*f1_501+z1+z4

		b[x], b[x+56] = (a0+o3)>>shift, (a0-o3)>>shift
		b[x+8], b[x+48] = (a1+o2)>>shift, (a1-o2)>>shift
		b[x+16], b[x+40] = (a2+o1)>>shift, (a2-o1)>>shift
		b[x+24], b[x+32] = (a3+o0)>>shift, (a3-o0)>>shift
	}
}

func rows(b *[64]int32, dst []uint8, stride int) {
	const shift = constBits + passBits + 3
	const round = 1<<(shift-1) + (128+256)<<shift // samples are centred on 128
	for y := range 8 {
		r := (*[8]int32)(b[8*y:])
		out := (*[8]uint8)(dst[y*stride:])
		d0, d1, d2, d3, d4, d5, d6, d7 := r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]
		z := (d2 + d6) * f0_541
		e2, e3 := z-d6*f1_847, z+d2*f0_765
		e0, e1 := (d0+d4)<<constBits+round, (d0-d4)<<constBits+round
		a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2

		z1, z2, z3, z4 := (d7+d1)*-f0_899, (d5+d3)*-f2_562, d7+d3, d5+d1
		z5 := (z3 + z4) * f1_175
		z3, z4 = z3*-f1_961+z5, z4*-f0_390+z5
		o0, o1 := d7*f0_298+z1+z3, d5*f2_053+z2+z4
		o2, o3 := d3*f3_072+z2+z3, d1*f1_501+z1+z4

		out[0], out[7] = limit((a0+o3)>>shift), limit((a0-o3)>>shift)
		out[1], out[6] = limit((a1+o2)>>shift), limit((a1-o2)>>shift)
		out[2], out[5] = limit((a2+o1)>>shift), limit((a2-o1)>>shift)
		out[3], out[4] = limit((a3+o0)>>shift), limit((a3-o0)>>shift)
	}
}

func limit(v int32) uint8 { return limited[uint(v)%1024] }

// clamp limits v to 0..255.
func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		v = ^(v >> 31)
	}
	return uint8(v)
}
