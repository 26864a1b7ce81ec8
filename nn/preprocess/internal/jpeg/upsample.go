package jpeg

import "encoding/binary"

// upsampler makes a row of a component as wide as the picture.
type upsampler int

const (
	full   upsampler = iota // nothing to do
	h2v1                    // half as wide: triangle filter
	h1v2                    // half as high: triangle filter
	h2v2                    // both: triangle filter
	repeat                  // any other whole fraction: each sample is repeated
)

// newUpsampler chooses as libjpeg does: triangles where there are halves, and more than two
// samples in a row to take them from.
func newUpsampler(c *component, maxH, maxV int) upsampler {
	switch h, v := maxH/c.h, maxV/c.v; {
	case h == 1 && v == 1:
		return full
	case h == 2 && v == 1 && c.width > 2:
		return h2v1
	case h == 1 && v == 2:
		return h1v2
	case h == 2 && v == 2 && c.width > 2:
		return h2v2
	}
	return repeat
}

// row gives row y of a component, as wide as the picture. Beyond the last real row and column
// stands the last one again. buf is memory for it.
func (d *decoder) row(c *component, y int, buf []uint8) []uint8 {
	fh, fv := d.maxH/c.h, d.maxV/c.v
	near := y / fv
	if c.up == full {
		return c.line(near)
	}
	far, below := near-1, y&1 == 1
	if below {
		far = near + 1
	}
	far = min(max(far, 0), c.height-1)
	switch c.up {
	case h2v1:
		doubleWidth(buf, c.line(near))
	case h1v2:
		doubleHeight(buf, c.line(near), c.line(far), below)
	case h2v2:
		doubleBoth(buf, c.line(near), c.line(far))
	default:
		for x := range d.width {
			buf[x] = c.line(near)[x/fh]
		}
	}
	return buf
}

// line gives a row of samples, without padding.
func (c *component) line(y int) []uint8 {
	return c.plane[8*c.stride*y:][:c.width]
}

// doubleWidth sets dst[2i] and dst[2i+1] to (3 src[i] + its neighbour on that side) / 4.
// Rounding alternates, so that there is no drift.
func doubleWidth(dst, src []uint8) {
	n := len(src)
	dst = dst[:2*n]
	dst[0], dst[2*n-1] = src[0], src[n-1]
	for i := range n - 1 {
		a, b := uint32(src[i]), uint32(src[i+1])
		dst[2*i+1] = uint8((3*a + b + 2) >> 2)
		dst[2*i+2] = uint8((3*b + a + 1) >> 2)
	}
}

// doubleHeight sets dst to (3 near + far) / 4.
func doubleHeight(dst, near, far []uint8, below bool) {
	round := uint32(1)
	if below {
		round = 2
	}
	dst, far = dst[:len(near)], far[:len(near)]
	for i, v := range near {
		dst[i] = uint8((3*uint32(v) + uint32(far[i]) + round) >> 2)
	}
}

// doubleBoth is doubleHeight and doubleWidth in one, rounding once: weights 9, 3, 3, 1 of 16.
func doubleBoth(dst, near, far []uint8) {
	const each, low = 0x0001000100010001, 0x00ff00ff00ff00ff
	n := len(near)
	dst, far = dst[:2*n], far[:n]
	sum := func(i int) uint32 { return 3*uint32(near[i]) + uint32(far[i]) }
	before := uint64(sum(0)) // beyond the edge stands the edge
	i := 0
	if n >= 8 { // four samples at a time, in the 16-bit lanes of a word
		now := 3*lanes(near) + lanes(far)
		for ; i+8 <= n; i += 4 {
			next := 3*lanes(near[i+4:]) + lanes(far[i+4:])
			even := (3*now + (now<<16 | before) + 8*each) >> 4 & low
			odd := (3*now + (now>>16 | next<<48) + 7*each) >> 4 & low
			binary.LittleEndian.PutUint64(dst[2*i:], even|odd<<8)
			before, now = now>>48, next
		}
	}
	a, b := uint32(before), sum(i)
	for ; i < n; i++ {
		c := sum(min(i+1, n-1))
		dst[2*i], dst[2*i+1] = uint8((3*b+a+8)>>4), uint8((3*b+c+7)>>4)
		a, b = b, c
	}
}

// lanes puts four bytes into the four 16-bit lanes of a word.
func lanes(b []uint8) uint64 {
	x := uint64(binary.LittleEndian.Uint32(b))
	x = (x | x<<16) & 0x0000ffff0000ffff
	return (x | x<<8) & 0x00ff00ff00ff00ff
}
