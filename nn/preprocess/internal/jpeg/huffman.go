package jpeg

import "errors"

// lookBits is how many bits one look into a table resolves.
const lookBits = 11

// huffman is a table of codes (T.81, annex C).
type huffman struct {
	ready   bool
	look    [1 << lookBits]entry // by the next lookBits bits; 0: the code is longer, or there is none
	limit   [18]uint32           // limit[n]: the first 16 bits of a code longer than n bits are at least this
	offset  [17]int32            // symbols[offset[n] + code]: of codes of n bits
	symbols [256]uint8
}

// entry is a code and what it stands for:
//
//	bits  0- 5  the code's bits and those of the coefficient behind it, together
//	bits  8-12  the code's bits
//	bits 16-19  the coefficient's bits
//	bits 20-23  how many zeros come before it
//	bits 24-30  the same, but endOfBlock where a sequential file has no more coefficients
type entry uint32

const endOfBlock = 64

func newEntry(symbol uint8, n int) entry {
	size, zeros := entry(symbol&15), entry(symbol>>4)
	skip := zeros
	if size == 0 && zeros != 15 {
		skip = endOfBlock
	}
	return entry(n) + size | entry(n)<<8 | size<<16 | zeros<<20 | skip<<24
}

var errTable = errors.New("a Huffman table is broken")

// huffmanTables reads Huffman tables (T.81, B.2.4.2).
func (d *decoder) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return errTable
		}
		total := 0
		for _, n := range b[1:17] {
			total += int(n)
		}
		class, id := b[0]>>4, b[0]&15
		if class > 1 || id > 3 || total > 256 || len(b) < 17+total {
			return errTable
		}
		t := &d.dc[id]
		if class == 1 {
			t = &d.ac[id]
		}
		if err := t.build([16]uint8(b[1:17]), b[17:17+total]); err != nil {
			return err
		}
		if class == 0 {
			for _, s := range t.symbols[:total] {
				if s > 15 { // a DC symbol is a number of bits
					return errTable
				}
			}
		}
		b = b[17+total:]
	}
	return nil
}

// build makes the table from the number of codes of each length, and the symbols in the order
// of their codes.
func (t *huffman) build(counts [16]uint8, symbols []uint8) error {
	*t = huffman{ready: true}
	copy(t.symbols[:], symbols)
	code, at := uint32(0), 0
	for n := 1; n <= 16; n++ {
		t.offset[n] = int32(at) - int32(code)
		for range counts[n-1] {
			if code >= 1<<n {
				return errTable
			}
			if n <= lookBits {
				first := code << (lookBits - n)
				for i := range uint32(1) << (lookBits - n) {
					t.look[first+i] = newEntry(symbols[at], n)
				}
			}
			code++
			at++
		}
		t.limit[n] = code << (16 - n)
		code <<= 1
	}
	t.limit[17] = 1 << 16
	return nil
}

// find gives the entry of the code with which acc begins; 0: there is no such code.
func (t *huffman) find(acc uint64) entry {
	if e := t.look[acc>>(64-lookBits)]; e != 0 {
		return e
	}
	code, n := uint32(acc>>48), lookBits+1
	for code >= t.limit[n] {
		n++
	}
	if n > 16 {
		return 0
	}
	return newEntry(t.symbols[uint8(t.offset[n]+int32(acc>>(64-n)))], n)
}

// number gives the coefficient for which the first size bits of x stand (T.81, F.2.2.1): those
// that begin with 0 are negative.
func number(x uint64, size int) int32 {
	v := int32(x >> 1 >> (63 - size&63))
	return v - int32(^(int64(x)>>63))&(1<<(size&31)-1)
}
