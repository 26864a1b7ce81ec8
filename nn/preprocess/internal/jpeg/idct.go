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

// block is 64 numbers in rows of eight, two to a word: the left one, plus 2^32 times the right
// one. Sums of such words, and their products with constants, are those of both numbers at once.
// To take them apart a half is made positive before.
type block [32]int64

const (
	both  = 1<<32 + 1 // times a number: the number in both halves
	raise = 1 << 19   // makes what columns computes positive
)

// idct transforms a block of coefficients, of which those behind last in zigzag order are zero,
// and writes samples 0..255 to the rows of dst, stride apart. work is memory.
func idct(b *[64]int32, work *block, last int, dst []uint8, stride int) {
	if last == 0 {
		v := uint64(clamp((b[0]<<passBits+(1<<(passBits+2)))>>(passBits+3) + 128))
		v *= 0x0101010101010101
		for y := range 8 {
			binary.LittleEndian.PutUint64(dst[y*stride:], v)
		}
		return
	}
	columns(work, b)
	for y := 0; y < 8; y += 2 {
		rows((*[8]uint8)(dst[y*stride:]), (*[8]uint8)(dst[(y+1)*stride:]), (*[8]int64)(work[4*y:]))
	}
}

// columns transforms columns of b, two at a time. In a word of its result the halves lie one
// above the other: rows 0 and 1 of the eight columns come first, then rows 2 and 3.
func columns(to *block, b *[64]int32) {
	const shift = constBits - passBits
	const round = both * (1<<(shift-1) + raise<<shift)
	for x := range 4 {
		to := (*[26]int64)(to[2*x:])
		b := (*[58]int32)(b[2*x:])
		d0, d1, d2, d3 := word(b[0], b[1]), word(b[8], b[9]), word(b[16], b[17]), word(b[24], b[25])
		d4, d5, d6, d7 := word(b[32], b[33]), word(b[40], b[41]), word(b[48], b[49]), word(b[56], b[57])
		if d1|d2|d3|d4|d5|d6|d7 == 0 {
			left, right := int64(b[0])<<passBits*both, int64(b[1])<<passBits*both
			to[0], to[8], to[16], to[24] = left, left, left, left
			to[1], to[9], to[17], to[25] = right, right, right, right
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

		to[0], to[1] = above(a0+o3, a1+o2)
		to[8], to[9] = above(a2+o1, a3+o0)
		to[16], to[17] = above(a3-o0, a2-o1)
		to[24], to[25] = above(a1-o2, a0-o3)
	}
}

func word(left, right int32) int64 { return int64(left) + int64(right)<<32 }

// above shifts what columns has for two rows, and puts the halves of upper above those of lower.
func above(upper, lower int64) (left, right int64) {
	const shift = constBits - passBits
	const low, mask = 1<<32 - 1, both * (1<<(32-shift) - 1)
	u, l := uint64(upper)>>shift&mask, uint64(lower)>>shift&mask
	return int64(u&low|l<<32) - both*raise, int64(u>>32|l&^low) - both*raise
}

// rows transforms two rows, whose columns d has in the halves of its words.
func rows(upper, lower *[8]uint8, d *[8]int64) {
	const shift = constBits + passBits + 3
	// Samples are centred on 128. They are looked up in limited, which begins at -256 and is
	// asked for numbers modulo 1024: 4096 more keeps a half positive.
	const round = both * (1<<(shift-1) + (128+256+4096)<<shift)
	z := (d[2] + d[6]) * f0_541
	e2, e3 := z-d[6]*f1_847, z+d[2]*f0_765
	e0, e1 := (d[0]+d[4])<<constBits+round, (d[0]-d[4])<<constBits+round
	a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2

	z1, z2, z3, z4 := (d[7]+d[1])*-f0_899, (d[5]+d[3])*-f2_562, d[7]+d[3], d[5]+d[1]
	z5 := (z3 + z4) * f1_175
	z3, z4 = z3*-f1_961+z5, z4*-f0_390+z5
	o0, o1 := d[7]*f0_298+z1+z3, d[5]*f2_053+z2+z4
	o2, o3 := d[3]*f3_072+z2+z3, d[1]*f1_501+z1+z4

	upper[0], lower[0] = limit(a0 + o3)
	upper[1], lower[1] = limit(a1 + o2)
	upper[2], lower[2] = limit(a2 + o1)
	upper[3], lower[3] = limit(a3 + o0)
	upper[4], lower[4] = limit(a3 - o0)
	upper[5], lower[5] = limit(a2 - o1)
	upper[6], lower[6] = limit(a1 - o2)
	upper[7], lower[7] = limit(a0 - o3)
}

func limit(v int64) (upper, lower uint8) {
	const shift = constBits + passBits + 3
	return limited[uint64(v)>>shift%1024], limited[uint64(v)>>(32+shift)%1024]
}

// clamp limits v to 0..255.
func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		v = ^(v >> 31)
	}
	return uint8(v)
}
