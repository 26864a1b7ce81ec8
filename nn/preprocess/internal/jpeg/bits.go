package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// pad is how many zero bytes stand behind the data of an interval, so that an MCU can be read
// without looking for the end: 10 blocks of 64 coefficients of at most 16 + 15 bits, and two words.
const pad = 10*64*4 + 16

// bits hands out the bits of one restart interval, the most significant of a byte first.
type bits struct {
	acc  uint64 // the next bits, from the top
	n    uint   // how many of them are there; below them acc is 0 or what refill puts there again
	pos  int    // of the next byte for acc
	size int    // of the data; behind it are pad zeros
	data []byte
}

// refill makes at least 56 bits available.
func (r *bits) refill() {
	r.acc |= binary.BigEndian.Uint64(r.data[r.pos:]) >> (r.n & 63)
	r.pos += int(63-r.n) >> 3
	r.n |= 56
}

// over says that more bits were taken than there are.
func (r *bits) over() bool { return 8*r.pos-int(r.n) > 8*r.size }

// take gives the next size bits, 0 to 16 of them.
func (r *bits) take(size int) uint32 {
	if r.n < 16 {
		r.refill()
	}
	v := uint32(r.acc >> 1 >> ((63 - size) & 63))
	r.acc <<= size & 63
	r.n -= uint(size)
	return v
}

// number gives the coefficient for which the next size bits stand.
func (r *bits) number(size int) int32 {
	if r.n < 16 {
		r.refill()
	}
	v := number(r.acc, size)
	r.acc <<= size & 63
	r.n -= uint(size)
	return v
}

// symbol takes a code: so many zeros, then a coefficient of size bits. ok is false where there
// is no such code.
func (r *bits) symbol(t *huffman) (zeros, size int, ok bool) {
	if r.n < 16 {
		r.refill()
	}
	e := t.find(r.acc)
	n := e >> 8 & 63
	r.acc <<= n
	r.n -= uint(n)
	return int(e >> 20 & 15), int(e >> 16 & 15), e != 0
}

var (
	errCode = errors.New("damaged: a code that is in no Huffman table")
	errRun  = errors.New("damaged: more than 64 coefficients in a block")
)

// interval reads the entropy-coded data up to the next marker into r: a zero byte that follows
// 0xff is taken away. It leaves d.pos at the marker or at the end of the file.
func (d *decoder) interval(r *bits) {
	out := d.scan[:0]
	for d.pos < len(d.data) {
		rest := d.data[d.pos:]
		i := bytes.IndexByte(rest, 0xff)
		if i < 0 {
			out = append(out, rest...)
			d.pos = len(d.data)
			break
		}
		out = append(out, rest[:i]...)
		j := i + 1
		for j < len(rest) && rest[j] == 0xff { // fill bytes
			j++
		}
		if j == len(rest) || rest[j] != 0 {
			d.pos += j - 1
			break
		}
		out = append(out, 0xff)
		d.pos += j + 1
	}
	size := len(out)
	out = append(out, zeros[:]...)
	d.scan = out
	*r = bits{data: out, size: size}
}

var zeros [pad]byte

// nextInterval passes the restart marker that must stand here, number n of the scan, and reads
// what follows.
func (d *decoder) nextInterval(r *bits, n int) error {
	if d.pos+1 >= len(d.data) {
		return errShort
	}
	if d.data[d.pos+1] != rst0+uint8(n&7) {
		return errors.New("damaged: a restart marker is missing")
	}
	d.pos += 2
	d.interval(r)
	return nil
}

var errShort = errors.New("truncated")
