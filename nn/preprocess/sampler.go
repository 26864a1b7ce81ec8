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
	s.packed = grow(s.packed, 3*(to-from))
	packPair(s.packed, rows[0][3*from:3*to], rows[1][3*from:3*to])
	a, b := s.bytes[0], s.bytes[1]
	for i := range w.x1 - w.x0 {
		first, weights := s.x.of(i)
		p := s.packed[3*(first-from):]
		rg, br, gb := uint64(abreast), uint64(abreast), uint64(abreast)
		for _, v := range weights {
			if len(p) < 3 {
				break
			}
			k := uint64(v)
			rg += k * p[0]
			br += k * p[1]
			gb += k * p[2]
			p = p[3:]
		}
		a, b := a[3*i:3*i+3], b[3*i:3*i+3]
		a[0], a[1] = halves(rg)
		a[2], b[0] = halves(br)
		b[1], b[2] = halves(gb)
	}
	return s.bytes
}

// packPair puts two rows into words of two channels: red and green, blue and the other row's
// red, its green and blue.
func packPair(words []uint64, a, b []uint8) {
	b = b[:len(a)]
	for i := 0; i+3 <= len(a); i += 3 {
		p, q, w := a[i:i+3], b[i:i+3], words[i:i+3]
		w[0] = uint64(p[0]) | uint64(p[1])<<32
		w[1] = uint64(p[2]) | uint64(q[0])<<32
		w[2] = uint64(q[1]) | uint64(q[2])<<32
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
