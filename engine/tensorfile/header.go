package tensorfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

const (
	npyMagic  = "\x93NUMPY"
	maxHeader = 1 << 20 // a dict of three keys and 64 axes needs less than 2 KiB
	maxEmpty  = 1 << 31 // most rows of an array that holds no numbers at all
)

// readHeader reads the frame of an npy file (magic, version, length, dict) and checks
// that exactly the numbers which the dict claims follow. data is where they begin.
// The bytes allocated are at most maxHeader and at most what the file has.
func readHeader(name string, src source) (h header, data int64, err error) {
	size := src.size()
	if size == 0 {
		return h, 0, fail(name, "the file is empty (0 bytes); write or copy it again")
	}
	pre := make([]byte, min(size, 12))
	if err := src.read(pre, 0); err != nil {
		return h, 0, because(name, "read header", err)
	}
	if n := min(len(pre), len(npyMagic)); string(pre[:n]) != npyMagic[:n] {
		return h, 0, fail(name, "not an npy file: it begins with %s, not with the magic \\x93NUMPY%s", clip(string(pre[:n])), guess(pre))
	}
	if len(pre) < 10 || (pre[6] > 1 && len(pre) < 12) {
		return h, 0, fail(name, "truncated: the file has %d bytes, too few for an npy header; copy it again", size)
	}
	start, length := int64(10), int64(binary.LittleEndian.Uint16(pre[8:]))
	switch major, minor := pre[6], pre[7]; {
	case (major == 2 || major == 3) && minor == 0:
		start, length = 12, int64(binary.LittleEndian.Uint32(pre[8:]))
	case major != 1 || minor != 0:
		return h, 0, fail(name, "npy format version %d.%d is unknown (1.0, 2.0 and 3.0 are read); save the array again with numpy.save", major, minor)
	}
	if length > maxHeader {
		return h, 0, fail(name, "absurd header length %d (at most %d); the file is damaged or not from numpy", length, maxHeader)
	}
	data = start + length
	if data > size {
		return h, 0, fail(name, "truncated: the header says that it has %d bytes, the file has %d; copy it again", data, size)
	}
	text := make([]byte, length)
	if err := src.read(text, start); err != nil {
		return h, 0, because(name, "read header", err)
	}
	if h, err = parseHeader(string(text)); err != nil {
		return h, 0, &Error{File: name, Msg: err.Error()}
	}
	count, err := numbers(h.shape, h.layout.DType)
	if err != nil {
		return h, 0, &Error{File: name, Msg: err.Error()}
	}
	want, has := count*int64(h.layout.Size()), size-data
	if want > has {
		return h, 0, fail(name, "truncated: header says %s %s (%d bytes), file has %d; copy it again",
			times(h.shape), h.layout.DType, want, has)
	}
	if want < has {
		return h, 0, fail(name, "%d bytes too many: header says %s %s (%d bytes), file has %d; save the array again, alone in its file",
			has-want, times(h.shape), h.layout.DType, want, has)
	}
	return h, data, nil
}

// numbers is how many a shape holds: the product of its sizes, refused where their bytes
// cannot be addressed.
func numbers(shape []int, dtype DType) (int64, error) {
	all, filled := uint64(1), uint64(dtype.Size())
	for _, n := range shape {
		all *= uint64(n)
		if n > 0 {
			hi, lo := bits.Mul64(filled, uint64(n))
			if hi > 0 || lo > math.MaxInt {
				return 0, fmt.Errorf("absurd shape %s: more bytes than this system can address; the file is damaged", times(shape))
			}
			filled = lo
		}
	}
	if all == 0 && filled > maxEmpty {
		return 0, fmt.Errorf("absurd shape %s: it holds no numbers; the file is damaged", times(shape))
	}
	return int64(all), nil
}

// format gives the whole header of version 1.0, byte for byte as numpy 1.24 and later
// write it: the first axis leaves room for 21 digits, so that an appending writer can
// put the final number of rows in place, and the data begin at a multiple of 64.
func (h header) format() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "{'descr': '%s', 'fortran_order': %s, 'shape': (", h.layout.descr(), map[bool]string{true: "True", false: "False"}[h.fortran])
	for i, n := range h.shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	if len(h.shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteString("), }")
	if len(h.shape) > 0 {
		grows := h.shape[0]
		if h.fortran {
			grows = h.shape[len(h.shape)-1]
		}
		b.WriteString(strings.Repeat(" ", 21-len(strconv.Itoa(grows))))
	}
	b.WriteString(strings.Repeat(" ", 64-(10+b.Len()+1)%64))
	b.WriteByte('\n')
	out := append([]byte(npyMagic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(b.Len()))
	return append(out, b.String()...)
}

// guess says what a file that is not npy seems to be, and what to do.
func guess(b []byte) string {
	if what := foreign(b); what != "" {
		return what
	}
	return "; save the array with numpy.save"
}

// foreign says what a file of no kind that is read here seems to be, by its first bytes.
func foreign(b []byte) string {
	for _, g := range []struct{ magic, what string }{
		{"PK", ": it seems to be a zip archive; name it .npz"},
		{"\x1f\x8b", ": it is compressed with gzip; run gunzip first"},
		{"\x28\xb5\x2f\xfd", ": it is compressed with zstd; run unzstd first"},
		{"\x89HDF", ": it is HDF5; convert it: numpy.save('x.npy', h5py.File('x.h5')['name'][:])"},
		{"version http", ": it is a Git LFS pointer; run git lfs pull"},
		{"\x80", ": it seems to be a Python pickle, which is never unpickled as an array; save the array with numpy.save"},
		{"<", ": it seems to be a web page; download the file again"},
	} {
		if strings.HasPrefix(string(b), g.magic) {
			return g.what
		}
	}
	return ""
}
