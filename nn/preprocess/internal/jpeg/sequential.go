package jpeg

import "encoding/binary"

// sequential decodes a scan of all components straight into samples, and rows of pixels as
// soon as their samples are there.
func (d *decoder) sequential(s *scanHeader) error {
	d.takePlanes()
	var r bits
	var pred [4]int32
	reset := func() { pred = [4]int32{} }
	block := func(i, bx, by int) error {
		c := s.comp[i]
		last, err := r.block(&d.block, s.dc[i], s.ac[i], &c.quant, &pred[i])
		if err != nil {
			return err
		}
		line := 8 * c.stride
		idct(&d.block, &d.work, last, c.plane[8*by*line+8*bx:], line)
		return nil
	}
	return d.walk(s, &r, reset, block, d.emit)
}

// block decodes a block (T.81, F.2.2) and multiplies its coefficients, put in natural order, by
// quant. It gives a place in zigzag order behind which all are zero.
//
// One look tells a symbol's bits, so that the next look need not wait for this coefficient; and
// there are no branches but for long codes and the end of the block.
func (r *bits) block(b *[64]int32, dc, ac *huffman, quant *[64]int32, pred *int32) (last int, err error) {
	clear(b[:])
	_, size, ok := r.symbol(dc)
	if !ok {
		return 0, errCode
	}
	*pred += r.number(size)
	b[0] = *pred * quant[0]
	acc, n, pos, data := r.acc, r.n, r.pos, r.data
	for k := 1; k < 64; k++ {
		acc |= binary.BigEndian.Uint64(data[pos:]) >> (n & 63)
		pos += int(63-n) >> 3
		n |= 56
		e := ac.look[acc>>(64-lookBits)]
		if e == 0 {
			if e = ac.find(acc); e == 0 {
				return 0, errCode
			}
		}
		x := acc << (e >> 8 & 63)
		acc <<= e & 63
		n -= uint(e & 63)
		if k += int(e >> 24); k > 63 {
			if e>>24 != endOfBlock {
				return 0, errRun
			}
			break
		}
		at := natural[k&63] & 63
		b[at] = number(x, int(e>>16&15)) * quant[at]
		last = k
	}
	r.acc, r.n, r.pos = acc, n, pos
	return last, nil
}
