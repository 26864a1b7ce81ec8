package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Markers of ITU-T T.81, table B.1.
const (
	sof0  = 0xc0 // baseline
	sof1  = 0xc1 // extended sequential
	sof2  = 0xc2 // progressive
	dht   = 0xc4
	jpg   = 0xc8
	dac   = 0xcc
	sof15 = 0xcf
	rst0  = 0xd0
	rst7  = 0xd7
	soi   = 0xd8
	eoi   = 0xd9
	sos   = 0xda
	dqt   = 0xdb
	dri   = 0xdd
	app0  = 0xe0
	app14 = 0xee
	tem   = 0x01
)

func isFrame(m uint8) bool {
	return m >= sof0 && m <= sof15 && m != dht && m != jpg && m != dac
}

// natural gives the place, in rows of eight, of the k-th coefficient in zigzag order.
var natural = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

var errEnd = errors.New("truncated: the end marker is missing")

// segment finds the next marker, and its body where it has one. What lies between segments
// without belonging to one is skipped, as libjpeg does.
func (d *decoder) segment() (marker uint8, body []byte, err error) {
	if d.pos == 0 {
		if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != soi {
			return 0, nil, errors.New("it does not begin with a start marker")
		}
		d.pos = 2
	}
	for {
		i := bytes.IndexByte(d.data[d.pos:], 0xff)
		if i < 0 {
			return 0, nil, errEnd
		}
		d.pos += i
		for d.pos < len(d.data) && d.data[d.pos] == 0xff {
			d.pos++
		}
		if d.pos == len(d.data) {
			return 0, nil, errEnd
		}
		marker = d.data[d.pos]
		d.pos++
		if marker != 0 && marker != tem && marker != soi && (marker < rst0 || marker > rst7) {
			break
		}
	}
	if marker == eoi {
		return marker, nil, nil
	}
	if len(d.data)-d.pos < 2 {
		return 0, nil, errEnd
	}
	n := int(binary.BigEndian.Uint16(d.data[d.pos:]))
	if n < 2 {
		return 0, nil, fmt.Errorf("segment %#x has length %d", marker, n)
	}
	if n > len(d.data)-d.pos {
		return 0, nil, fmt.Errorf("truncated in segment %#x", marker)
	}
	body = d.data[d.pos+2 : d.pos+n]
	d.pos += n
	return marker, body, nil
}

// frame reads the frame header (T.81, B.2.2).
func (d *decoder) frame(marker uint8, b []byte) error {
	switch {
	case marker > sof2 && marker < 0xc8:
		return errors.New("lossless and hierarchical JPEG are not supported; save it as baseline JPEG or PNG")
	case marker > 0xc8:
		return errors.New("arithmetic coding is not supported; convert it with `jpegtran -optimize`")
	case d.comp != nil:
		return errors.New("it has two frame headers")
	case len(b) < 6 || len(b) < 6+3*int(b[5]):
		return errors.New("the frame header is too short")
	case b[0] != 8:
		return fmt.Errorf("%d-bit samples are not supported, only 8-bit ones", b[0])
	}
	d.width, d.height, d.progressive = int(binary.BigEndian.Uint16(b[3:])), int(binary.BigEndian.Uint16(b[1:])), marker == sof2
	if d.width == 0 || d.height == 0 {
		return fmt.Errorf("it is empty: %d x %d pixels", d.width, d.height)
	}
	n := int(b[5])
	if n != 1 && n != 3 && n != 4 {
		return fmt.Errorf("it has %d components, not 1 (grey), 3 (colour) or 4 (CMYK)", n)
	}
	d.comp = make([]component, n)
	for i := range d.comp {
		s := b[6+3*i:]
		c := component{id: s[0], h: int(s[1] >> 4), v: int(s[1] & 15), table: int(s[2])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.table > 3 {
			return fmt.Errorf("component %d has sampling factors %d x %d and quantisation table %d", i+1, c.h, c.v, c.table)
		}
		d.maxH, d.maxV = max(d.maxH, c.h), max(d.maxV, c.v)
		d.comp[i] = c
	}
	return d.layout()
}

// layout says how large each component is.
func (d *decoder) layout() error {
	w, h := d.width, d.height
	d.mcuX, d.mcuY = ceilDiv(w, 8*d.maxH), ceilDiv(h, 8*d.maxV)
	for i := range d.comp {
		c := &d.comp[i]
		c.width, c.height = ceilDiv(w*c.h, d.maxH), ceilDiv(h*c.v, d.maxV)
		c.wide, c.high = ceilDiv(c.width, 8), ceilDiv(c.height, 8)
		c.stride, c.blocks = d.mcuX*c.h, d.mcuX*c.h*d.mcuY*c.v
		if d.maxH%c.h != 0 || d.maxV%c.v != 0 {
			return fmt.Errorf("component %d is sampled at %d x %d of %d x %d, which is no whole fraction", i+1, c.h, c.v, d.maxH, d.maxV)
		}
		c.up = newUpsampler(c, d.maxH, d.maxV)
	}
	return nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// tables reads segments that stand before scans: tables, restart interval, and the two
// application segments that decide about colour. Others are skipped.
func (d *decoder) tables(marker uint8, b []byte) error {
	switch marker {
	case dqt:
		return d.quantTables(b)
	case dht:
		return d.huffmanTables(b)
	case dri:
		if len(b) < 2 {
			return errors.New("the restart interval is missing")
		}
		d.restart = int(binary.BigEndian.Uint16(b))
	case app0:
		d.jfif = d.jfif || len(b) >= 14 && string(b[:5]) == "JFIF\x00"
	case app14:
		if len(b) >= 12 && string(b[:5]) == "Adobe" {
			d.adobe, d.transform = true, b[11]
		}
	}
	return nil
}

// quantTables reads quantisation tables (T.81, B.2.4.1).
func (d *decoder) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, t := b[0]>>4, b[0]&15
		size := 64 << min(wide, 1)
		if wide > 1 || t > 3 || len(b) < 1+size {
			return errors.New("a quantisation table is broken")
		}
		for k, n := range natural {
			if wide == 0 {
				d.quant[t][n] = int32(b[1+k])
			} else {
				d.quant[t][n] = int32(binary.BigEndian.Uint16(b[1+2*k:]))
			}
		}
		d.haveQuant[t] = true
		b = b[1+size:]
	}
	return nil
}
