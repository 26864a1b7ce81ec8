package preprocess

import "encoding/binary"

// narrow gives the window's part of rows y and z at the window's width.
func (s *sampler) narrow(m *Image, w window, y, z int, across bool) (rows [2][]uint8) {
	for i, y := range [2]int{y, z} {
		rows[i] = m.Pix[3*m.Width*y:][:3*m.Width]
		if !across {
			rows[i] = rows[i][3*w.x0 : 3*w.x1]
		}
	}
	if !across {
		return rows
	}
	from, to := s.x.span()
	// All pixels take the same number of taps, so that the processor can foresee the loop's end:
	// those beyond a pixel's own weigh nothing.
	taps := s.x.widest + s.x.widest&1
	s.packed = grow(s.packed, 3*(to-from+taps))
	packPair(s.packed, rows[0][3*from:3*to], rows[1][3*from:3*to])
	a, b := s.bytes[0], s.bytes[1]
	for i := range w.x1 - w.x0 {
		rg, br, gb := dot(s.packed[3*(s.x.first[i]-from):], s.x.weight[i*s.x.size:][:taps])
		a, b := a[3*i:3*i+3], b[3*i:3*i+3]
		a[0], a[1] = halves(rg)
		a[2], b[0] = halves(br)
		b[1], b[2] = halves(gb)
	}
	return s.bytes
}

// dot gives the three sums of words times weights. It is a function of its own because the
// compiler then keeps them in registers.
//
//go:noinline
func dot(words []uint64, weights []int32) (a, b, c uint64) {
	a, b, c = abreast, abreast, abreast
	for i, j := 0, 0; i < len(words)-5 && j < len(weights)-1; i, j = i+6, j+2 {
		k, l := uint64(weights[j]), uint64(weights[j+1])
		a += k*words[i] + l*words[i+3]
		b += k*words[i+1] + l*words[i+4]
		c += k*words[i+2] + l*words[i+5]
	}
	return a, b, c
}

// packPair puts two rows into words of two channels, three for each column: red and green of a,
// its blue and b's red, and b's green and blue.
func packPair(words []uint64, a, b []uint8) {
	for i := 0; i < len(words)-2 && i < len(a)-2 && i < len(b)-2; i += 3 {
		words[i] = uint64(a[i]) | uint64(a[i+1])<<32
		words[i+1] = uint64(a[i+2]) | uint64(b[i])<<32
		words[i+2] = uint64(b[i+1]) | uint64(b[i+2])<<32
	}
}

// spread puts the bytes of a row into words of two.
func spread(words []uint64, row []uint8) {
	for len(row) >= 8 && len(words) >= 4 {
		x := binary.LittleEndian.Uint64(row)
		words[0] = x&0xff | x<<24&(0xff<<32)
		words[1] = x>>16&0xff | x<<8&(0xff<<32)
		words[2] = x>>32&0xff | x>>8&(0xff<<32)
		words[3] = x>>48&0xff | x>>24&(0xff<<32)
		words, row = words[4:], row[8:]
	}
	for i, v := range row {
		if i&1 == 0 {
			words[i/2] = uint64(v)
		} else {
			words[i/2] |= uint64(v) << 32
		}
	}
}

// mix makes a row of the result from rows first.. of the ring.
func (s *sampler) mix(first int, weights []int32) {
	row := func(j int) []uint64 { return s.ring[(first+j)%len(s.ring)][:len(s.sums)] }
	for i := range s.sums {
		s.sums[i] = abreast
	}
	j := 0
	for ; j+4 <= len(weights); j += 4 {
		add4(s.sums, [4][]uint64{row(j), row(j + 1), row(j + 2), row(j + 3)}, [4]int32(weights[j:]))
	}
	for ; j < len(weights); j++ {
		a, k := row(j), uint64(weights[j])
		for i := range s.sums {
			s.sums[i] += k * a[i]
		}
	}
	out := s.row[:2*len(s.sums)]
	for i, v := range s.sums {
		out[2*i], out[2*i+1] = halves(v)
	}
}

func add4(sums []uint64, rows [4][]uint64, weights [4]int32) {
	n := len(sums)
	a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n]
	k, l, m, o := uint64(weights[0]), uint64(weights[1]), uint64(weights[2]), uint64(weights[3])
	for i, v := range sums {
		sums[i] = v + k*a[i] + l*b[i] + m*c[i] + o*d[i]
	}
}

// nearest is Pillow's ImagingScaleAffine: positions are found by adding up the scale.
func (s *sampler) nearest(m *Image, w window, emit func(y int, row []uint8)) {
	xs, ys := places(m.Width, w.width, w.x0, w.x1), places(m.Height, w.height, w.y0, w.y1)
	s.row = grow(s.row, 3*len(xs))
	for y, from := range ys {
		src := m.Pix[3*m.Width*from:][:3*m.Width]
		for i, x := range xs {
			copy(s.row[3*i:3*i+3], src[3*x:])
		}
		emit(y, s.row)
	}
}

// places gives the nearest pixels of pixels from..to-1 when in pixels become out.
func places(in, out, from, to int) []int {
	scale := float64(in) / float64(out)
	at, list := scale*0.5, make([]int, 0, to-from)
	for i := range to {
		if i >= from {
			list = append(list, min(int(at), in-1))
		}
		at += scale
	}
	return list
}
