package jpeg

// colour is what a file's components mean.
type colour int

const (
	grey colour = iota
	rgb
	ycc
	cmyk // of ink; inverted where Adobe's marker says who wrote it
	ycck
)

// colourSpace guesses as libjpeg does.
func (d *decoder) colourSpace() colour {
	switch len(d.comp) {
	case 1:
		return grey
	case 4:
		if d.adobe && d.transform != 0 {
			return ycck
		}
		return cmyk
	}
	switch id := [3]uint8{d.comp[0].id, d.comp[1].id, d.comp[2].id}; {
	case d.jfif:
		return ycc
	case d.adobe && d.transform == 0:
		return rgb
	case d.adobe:
		return ycc
	case id == [3]uint8{'R', 'G', 'B'}:
		return rgb
	}
	return ycc
}

// takePlanes makes room for samples, a row of each component, and the picture. By now all
// segments that tell of colour have been read.
func (d *decoder) takePlanes() {
	for i := range d.comp {
		c := &d.comp[i]
		d.planes[i] = grow(d.planes[i], 64*c.blocks)
		d.rows[i] = grow(d.rows[i], d.width+8)
		c.plane = d.planes[i]
	}
	d.colour = d.colourSpace()
	d.pix = grow(d.pix, 3*d.width*d.height)
}

func grow(b []uint8, n int) []uint8 {
	if cap(b) < n {
		return make([]uint8, n)
	}
	return b[:n]
}

// emit makes pixels of all rows whose samples are there after row my of MCUs: all but the
// last, which wants the chroma of the next MCU.
func (d *decoder) emit(my int) {
	rows := 8 * d.maxV
	from, to := max(rows*my-1, 0), rows*(my+1)-1
	if my == d.mcuY-1 {
		to = d.height
	}
	w := d.width
	var r [4][]uint8
	for y := from; y < to; y++ {
		for i := range d.comp {
			r[i] = d.row(&d.comp[i], y, d.rows[i])[:w]
		}
		out := d.pix[3*w*y:][:3*w]
		switch d.colour {
		case grey:
			interleave(out, r[0], r[0], r[0])
		case rgb:
			interleave(out, r[0], r[1], r[2])
		case ycc:
			fromYCC(out, r[0], r[1], r[2])
		case ycck:
			fromYCC(out, r[0], r[1], r[2])
			for i := range out {
				out[i] = 255 - out[i] // cyan is what red is not
			}
			mixBlack(out, r[3], d.adobe)
		case cmyk:
			interleave(out, r[0], r[1], r[2])
			mixBlack(out, r[3], d.adobe)
		}
	}
}

func interleave(out, a, b, c []uint8) {
	b, c, out = b[:len(a)], c[:len(a)], out[:3*len(a)]
	for i := range a {
		out[3*i], out[3*i+1], out[3*i+2] = a[i], b[i], c[i]
	}
}

// fromYCC is JFIF's R = Y + 1.402 (Cr - 128), G = Y - 0.344136 (Cb - 128) - 0.714136 (Cr - 128),
// B = Y + 1.772 (Cb - 128), each product rounded with 16 bits of fraction, as jdcolor.c has it.
// The three sums are taken at once, in parts of a word.
func fromYCC(out, luma, blue, red []uint8) {
	blue, red = blue[:len(luma)], red[:len(luma)]
	j := 0
	for i, y := range luma {
		if j >= len(out)-2 {
			break
		}
		sum := uint64(y)*(1<<atRed|1<<atGreen|1<<atBlue) + byBlue[blue[i]] + byRed[red[i]]
		out[j] = limited[sum>>atRed]
		out[j+1] = limited[sum>>atGreen%1024]
		out[j+2] = limited[sum>>atBlue%1024]
		j += 3
	}
}

// Where a word holds the colours, raised by 256 so that they are never negative: ten bits each.
// Green has its 16 bits of fraction below it, since its two products are rounded together.
const (
	atBlue  = 0
	atGreen = 32
	atRed   = 54
)

// byBlue and byRed are what a chroma value adds to the three colours.
var byBlue, byRed = func() (blue, red [256]uint64) {
	const half = 1 << 15
	for i := range blue {
		c := i - 128
		blue[i] = uint64(256+(116130*c+half)>>16)<<atBlue + uint64(256<<16-22554*c+half)<<(atGreen-16)
		red[i] = uint64(256+(91881*c+half)>>16)<<atRed - uint64(46802*c)<<(atGreen-16)
	}
	return blue, red
}()

// limited[256 + v] is v limited to 0..255.
var limited = func() (t [1024]uint8) {
	for i := range t {
		t[i] = clamp(int32(i) - 256)
	}
	return t
}()

// mixBlack turns ink into light as Pillow does: (255 - K)(255 - C) / 255. Adobe's programs
// write CMYK inverted.
func mixBlack(out, black []uint8, inverted bool) {
	for i, k := range black {
		p := (*[3]uint8)(out[3*i:])
		white := 255 - uint32(k)
		if inverted {
			white = uint32(k)
		}
		for j, v := range p {
			ink := uint32(v)
			if inverted {
				ink = 255 - ink
			}
			t := ink*white + 128
			p[j] = uint8(white - (t>>8+t)>>8)
		}
	}
}
