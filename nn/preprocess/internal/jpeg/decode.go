package jpeg

import (
	"errors"
	"fmt"
	"sync"
)

// component is one plane of the picture: luminance, chroma, black.
type component struct {
	id      uint8
	h, v    int // sampling factors
	table   int // which quantisation table
	quant   [64]int32
	latched bool // quant is filled: the table as it stood at the component's first scan

	width, height  int // in samples, without padding
	wide, high     int // in blocks, without padding
	stride, blocks int // in blocks, padded to whole MCUs: a row; all

	plane []uint8 // samples, 8 stride to a row
	coef  []int16 // coefficients in natural order, 64 a block, where several scans make them
	seen  [64]bool

	up upsampler
}

// decoder reads one file.
type decoder struct {
	data          []byte
	pos           int
	width, height int
	comp          []component
	progressive   bool // several scans, each of which adds to the coefficients
	maxH, maxV    int
	scans         int // so far
	mcuX, mcuY    int // MCUs in a row of an interleaved scan, and rows of them
	quant         [4][64]int32
	haveQuant     [4]bool
	restart       int // MCUs between restart markers; 0: none
	jfif, adobe   bool
	transform     uint8 // Adobe's colour transform
	colour        colour
	maxPixels     int

	pix []uint8
	*scratch
}

// scratch is memory that the next picture uses again.
type scratch struct {
	dc, ac [4]huffman
	scan   []byte     // one restart interval
	planes [4][]uint8 // samples
	rows   [4][]uint8 // a row of each component, upsampled
	block  [64]int32
	work   block
}

var pool = sync.Pool{New: func() any { return new(scratch) }}

// Decode decodes a picture into rows of RGB without gaps, in the memory of buf where that is
// enough. A picture of more than maxPixels pixels, or one larger than its file can hold, is
// refused before memory is taken for it.
func Decode(data []byte, maxPixels int, buf []uint8) (pix []uint8, width, height int, err error) {
	d := decoder{data: data, maxPixels: maxPixels, pix: buf, scratch: pool.Get().(*scratch)}
	defer pool.Put(d.scratch)
	for i := range d.dc {
		d.dc[i].ready, d.ac[i].ready = false, false
	}
	if err := d.decode(); err != nil {
		return nil, 0, 0, err
	}
	return d.pix, d.width, d.height, nil
}

func (d *decoder) decode() error {
	for {
		marker, body, err := d.segment()
		if err != nil {
			return err
		}
		switch {
		case isFrame(marker):
			if err = d.frame(marker, body); err == nil {
				err = d.checkSize()
			}
		case marker == sos:
			var done bool
			if done, err = d.scanSegment(body); done || err != nil {
				return err
			}
		case marker == eoi:
			return d.finish()
		default:
			err = d.tables(marker, body)
		}
		if err != nil {
			return err
		}
	}
}

// checkSize refuses what is too large, and what the file cannot hold: a block of 8 x 8 samples
// takes at least one bit in each scan that begins a component, and two in a sequential scan.
func (d *decoder) checkSize() error {
	w, h := d.width, d.height
	if w*h > d.maxPixels {
		return fmt.Errorf("%d x %d pixels are more than the limit of %d; make it smaller first", w, h, d.maxPixels)
	}
	blocks := 0
	for i := range d.comp {
		blocks += d.comp[i].wide * d.comp[i].high
	}
	bits := 2 * blocks
	if d.progressive {
		bits = blocks
	}
	if bits > 8*len(d.data) {
		return fmt.Errorf("truncated: %d bytes cannot hold %d x %d pixels", len(d.data), w, h)
	}
	return nil
}

// finish makes the picture from coefficients, when all scans have been read.
func (d *decoder) finish() error {
	if d.comp == nil {
		return errors.New("the picture's size is missing")
	}
	for i := range d.comp {
		if c := &d.comp[i]; !c.seen[0] {
			return fmt.Errorf("truncated: no data for component %d of %d", i+1, len(d.comp))
		}
	}
	d.takePlanes()
	for my := range d.mcuY {
		for i := range d.comp {
			c := &d.comp[i]
			for by := my * c.v; by < min((my+1)*c.v, c.high); by++ {
				d.transformRow(c, by)
			}
		}
		d.emit(my)
	}
	return nil
}

// transformRow makes samples of a row of blocks.
func (d *decoder) transformRow(c *component, by int) {
	line := 8 * c.stride
	for bx := range c.wide {
		coef := (*[64]int16)(c.coef[64*(by*c.stride+bx):])
		last := 0
		for k := range 64 {
			n := natural[k] & 63
			v := int32(coef[n]) * c.quant[n]
			d.block[n] = v
			if v != 0 {
				last = k
			}
		}
		idct(&d.block, &d.work, last, c.plane[8*by*line+8*bx:], line)
	}
}
