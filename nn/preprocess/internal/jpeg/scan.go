package jpeg

import (
	"errors"
	"fmt"
)

// scanHeader is what a scan says of itself (T.81, B.2.3).
type scanHeader struct {
	comp       []*component
	dc, ac     []*huffman
	start, end int // spectral selection: the first and last coefficient, in zigzag order
	high, low  int // successive approximation: the bit before, and this one
}

// maxScans is how many scans are read. Encoders make about ten; a file of some bytes for each of
// very many scans would keep a decoder busy for hours.
const maxScans = 500

// scanSegment reads a scan: header and data. done says that the picture is complete, which in
// a sequential file is after one scan of all components.
func (d *decoder) scanSegment(b []byte) (done bool, err error) {
	if d.comp == nil {
		return false, errors.New("the picture's size is missing")
	}
	if d.scans++; d.scans > maxScans {
		return false, fmt.Errorf("it has more than %d scans", maxScans)
	}
	s, err := d.scanHeader(b)
	if err != nil {
		return false, err
	}
	if !d.progressive && len(s.comp) == len(d.comp) && d.comp[0].coef == nil {
		return true, d.sequential(s)
	}
	d.takeCoefficients()
	return false, d.passes(s)
}

func (d *decoder) scanHeader(b []byte) (*scanHeader, error) {
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) < 4+2*int(b[0]) {
		return nil, errors.New("a scan's header is broken")
	}
	s := new(scanHeader)
	n, blocks := int(b[0]), 0
	tail := b[1+2*n:]
	s.start, s.end, s.high, s.low = int(tail[0]), int(tail[1]), int(tail[2]>>4), int(tail[2]&15)
	if !d.progressive {
		s.start, s.end, s.high, s.low = 0, 63, 0, 0
	}
	if s.start > s.end || s.end > 63 || s.low > 13 || s.high > 0 && s.low != s.high-1 ||
		d.progressive && (s.start == 0) != (s.end == 0) || s.start > 0 && n > 1 {
		return nil, errors.New("a scan's header is broken")
	}
	for i := range n {
		c := d.component(b[1+2*i])
		if c == nil {
			return nil, fmt.Errorf("a scan names component %d, which is not there", b[1+2*i])
		}
		for _, other := range s.comp {
			if other == c {
				return nil, fmt.Errorf("a scan names component %d twice", c.id)
			}
		}
		dc, ac := b[2+2*i]>>4, b[2+2*i]&15
		if dc > 3 || ac > 3 {
			return nil, errors.New("a scan's header is broken")
		}
		needDC, needAC := s.start == 0 && s.high == 0, s.end > 0
		if needDC && !d.dc[dc].ready || needAC && !d.ac[ac].ready {
			return nil, errors.New("a scan's Huffman table is missing")
		}
		if !c.latched {
			if !d.haveQuant[c.table] {
				return nil, errors.New("a quantisation table is missing")
			}
			c.quant, c.latched = d.quant[c.table], true
		}
		if blocks += c.h * c.v; n > 1 && blocks > 10 {
			return nil, errors.New("a scan has more than 10 blocks in an MCU") // T.81, B.2.3
		}
		for k := s.start; k <= s.end; k++ {
			c.seen[k] = true
		}
		s.comp, s.dc, s.ac = append(s.comp, c), append(s.dc, &d.dc[dc]), append(s.ac, &d.ac[ac])
	}
	return s, nil
}

func (d *decoder) component(id uint8) *component {
	for i := range d.comp {
		if d.comp[i].id == id {
			return &d.comp[i]
		}
	}
	return nil
}

// walk visits the blocks of a scan in the order of their data, which r hands out: MCU by MCU, or
// block by block without padding where the scan has one component. It calls reset after each
// restart marker, and rowDone, if any, after each row.
func (d *decoder) walk(s *scanHeader, r *bits, reset func(), block func(i, bx, by int) error, rowDone func(my int)) error {
	d.interval(r)
	mcuX, mcuY, rows, alone := d.mcuX, d.mcuY, 8*d.maxV, len(s.comp) == 1
	if alone {
		c := s.comp[0]
		mcuX, mcuY, rows = c.wide, c.high, 8*d.maxV/c.v
	}
	todo, intervals := d.restart, 0
	for my := range mcuY {
		for mx := range mcuX {
			if d.restart > 0 && todo == 0 {
				if err := d.nextInterval(r, intervals); err != nil {
					return d.at(err, rows*my)
				}
				reset()
				todo = d.restart
				intervals++
			}
			todo--
			for i, c := range s.comp {
				h, v := c.h, c.v
				if alone {
					h, v = 1, 1
				}
				for y := range v {
					for x := range h {
						if err := block(i, mx*h+x, my*v+y); err != nil {
							return d.at(err, rows*my)
						}
					}
				}
			}
			if r.over() {
				return d.at(errShort, rows*my)
			}
		}
		if rowDone != nil && !alone {
			rowDone(my)
		}
	}
	if rowDone != nil && alone {
		for my := range d.mcuY {
			rowDone(my)
		}
	}
	return nil
}

// at adds to an error the row of the picture where it happened.
func (d *decoder) at(err error, row int) error {
	return fmt.Errorf("%w at row %d of %d", err, min(row, d.height), d.height)
}
