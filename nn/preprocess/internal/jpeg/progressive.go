package jpeg

// takeCoefficients makes room for the coefficients of all components, for pictures that come
// in several scans.
func (d *decoder) takeCoefficients() {
	for i := range d.comp {
		if c := &d.comp[i]; c.coef == nil {
			c.coef = make([]int16, 64*c.blocks)
		}
	}
}

// pass is the state of one scan over coefficients.
type pass struct {
	bits
	*scanHeader
	progressive bool
	pred        [4]int32
	zeroBlocks  int // this many more blocks have nothing in this scan (T.81, G.1.2.2: EOBn)
}

// passes reads one scan of several: it adds to the coefficients what the scan knows of them.
func (d *decoder) passes(s *scanHeader) error {
	p := pass{scanHeader: s, progressive: d.progressive}
	reset := func() { p.pred, p.zeroBlocks = [4]int32{}, 0 }
	block := func(i, bx, by int) error {
		c := s.comp[i]
		return p.decode((*[64]int16)(c.coef[64*(by*c.stride+bx):]), i)
	}
	return d.walk(s, &p.bits, reset, block, nil)
}

// decode reads what the scan has for a block of its i-th component.
func (p *pass) decode(b *[64]int16, i int) error {
	switch {
	case !p.progressive:
		var whole [64]int32
		_, err := p.block(&whole, p.dc[i], p.ac[i], &ones, &p.pred[i])
		for k, v := range whole {
			b[k] = int16(v)
		}
		return err
	case p.start == 0 && p.high == 0:
		_, size, ok := p.symbol(p.dc[i])
		if !ok {
			return errCode
		}
		p.pred[i] += p.number(size)
		b[0] = int16(p.pred[i] << p.low)
		return nil
	case p.start == 0:
		b[0] |= int16(p.take(1) << p.low)
		return nil
	case p.high == 0:
		return p.first(b, p.ac[0])
	}
	return p.refine(b, p.ac[0])
}

// ones leaves coefficients as they are.
var ones = func() (q [64]int32) {
	for i := range q {
		q[i] = 1
	}
	return q
}()

// first reads the first scan of a band of AC coefficients (T.81, G.1.2.2).
func (p *pass) first(b *[64]int16, t *huffman) error {
	if p.zeroBlocks > 0 {
		p.zeroBlocks--
		return nil
	}
	for k := p.start; k <= p.end; k++ {
		zeros, size, ok := p.symbol(t)
		if !ok {
			return errCode
		}
		if size == 0 {
			if zeros != 15 {
				p.zeroBlocks = 1<<zeros + int(p.take(zeros)) - 1
				return nil
			}
			k += 15
			continue
		}
		if k += zeros; k > p.end {
			return errRun
		}
		b[natural[k&63]&63] = int16(p.number(size) << p.low)
	}
	return nil
}

// refine reads one more bit of a band of AC coefficients (T.81, G.1.2.3): of each that is
// not zero yet, on the way to those that now become plus or minus one bit.
func (p *pass) refine(b *[64]int16, t *huffman) error {
	bit := int16(1) << p.low
	k := p.start
	for ; p.zeroBlocks == 0 && k <= p.end; k++ {
		zeros, size, ok := p.symbol(t)
		if !ok {
			return errCode
		}
		value := int16(0)
		if size != 0 {
			if value = -bit; p.take(1) == 1 {
				value = bit
			}
		} else if zeros != 15 {
			p.zeroBlocks = 1<<zeros + int(p.take(zeros))
			break
		}
		k = p.correct(b, k, zeros, bit)
		if value != 0 {
			if k > p.end {
				return errRun
			}
			b[natural[k&63]&63] = value
		}
	}
	if p.zeroBlocks > 0 {
		p.correct(b, k, 64, bit)
		p.zeroBlocks--
	}
	return nil
}

// correct reads a correction bit for each coefficient from k on that is not zero, until it has
// passed that many zeros; it gives the place of the zero after them, or the band's end.
func (p *pass) correct(b *[64]int16, k, zeros int, bit int16) int {
	for ; k <= p.end; k++ {
		v := &b[natural[k&63]&63]
		if *v == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if p.take(1) == 1 && *v&bit == 0 {
			if *v > 0 {
				*v += bit
			} else {
				*v -= bit
			}
		}
	}
	return k
}
