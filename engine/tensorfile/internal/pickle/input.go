package pickle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// piece is what is allocated before its bytes have come: lengths are only claims.
const piece = 64 << 10

func (u *Unpickler) byte() byte { return byte(u.uint(1)) }

// uint reads a little-endian number of n bytes.
func (u *Unpickler) uint(n int) uint64 {
	u.word = [8]byte{}
	u.fill(u.word[:n])
	return binary.LittleEndian.Uint64(u.word[:])
}

func (u *Unpickler) fill(p []byte) {
	if u.err != nil {
		return
	}
	n, err := io.ReadFull(u.in, p)
	u.pos += int64(n)
	u.ended(err)
}

func (u *Unpickler) ended(err error) {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errShort
	}
	if err != nil && u.err == nil {
		u.err = err
	}
}

// text reads n bytes, charged and compared with what is left before they are allocated.
func (u *Unpickler) text(n uint64) string {
	if u.err == nil && (n > uint64(u.size) || int64(n) > u.size-u.pos) {
		u.fail("a text of %d bytes, but %d are left; the file is truncated or damaged", n, max(0, u.size-u.pos))
	}
	if u.err != nil || !u.Charge(int64(n)+costValue) {
		return ""
	}
	if n <= piece {
		b := make([]byte, n)
		u.fill(b)
		return string(b)
	}
	var b bytes.Buffer
	got, err := io.CopyN(&b, u.in, int64(n))
	u.pos += got
	u.ended(err)
	return b.String()
}

// line reads up to a line break, as names and protocol 1's numbers are written.
func (u *Unpickler) line() string {
	if u.err != nil {
		return ""
	}
	b, err := u.in.ReadSlice('\n')
	u.pos += int64(len(b))
	if err != nil {
		if u.ended(err); !errors.Is(u.err, errShort) {
			u.err = fmt.Errorf("a line of more than %d bytes; the file is damaged", u.in.Size())
		}
		return ""
	}
	if !u.Charge(int64(len(b)) + costValue) {
		return ""
	}
	return string(b[:len(b)-1])
}
