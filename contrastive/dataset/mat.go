package dataset

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A MATLAB 5.0 file is a header of 128 bytes and then elements: a tag of 8 bytes (type and
// number of bytes, or both and up to 4 bytes of data in one) and data, padded to 8 bytes. A
// variable is an element of type 14, or of type 15, which is such an element compressed by
// zlib; within it lie array flags, dimensions, name and numbers, each an element again.
// Source: MathWorks, "MAT-File Format", version 5.

const (
	matInt8, matUint8    = 1, 2
	matInt16, matUint16  = 3, 4
	matInt32, matUint32  = 5, 6
	matMatrix, matZipped = 14, 15
)

// matDims bounds the dimensions of a variable; matName the length of its name.
const (
	matDims = 8
	matName = 63
)

// matVar is a variable of numbers: where it lies, and what its head says.
type matVar struct {
	name  string
	class uint8 // 6 double, 7 single, 8 to 15 integers
	dims  []int64
	kind  uint32 // type of the stored numbers
	bytes int64  // of the numbers, as claimed
	order binary.ByteOrder
	file  string
	at    int64 // of the element in the file
	size  int64 // of the element, without its tag
	zip   bool
}

// matVars reads the heads of the variables of a file. Compressed numbers are passed over
// without being decompressed.
func matVars(name string) ([]*matVar, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, because(name, "", "open", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, because(name, "", "open", err)
	}
	head := make([]byte, 128)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, because(name, "", "read the header of 128 bytes", err)
	}
	order, err := matOrder(head)
	if err != nil {
		return nil, fail(name, "%s", err)
	}
	var vars []*matVar
	for at := int64(len(head)); at < info.Size(); {
		v := &matVar{order: order, file: name, at: at + 8}
		var tag [8]byte
		if _, err := f.ReadAt(tag[:], at); err != nil {
			return nil, because(name, fmt.Sprintf("byte %d", at), "read a tag", err)
		}
		kind, size := order.Uint32(tag[:]), int64(order.Uint32(tag[4:]))
		if size > info.Size()-v.at {
			return nil, failAt(name, fmt.Sprintf("byte %d", at), "an element of %d bytes, and the file has %d after it; copy it again", size, info.Size()-v.at)
		}
		v.size, v.zip = size, kind == matZipped
		if kind == matMatrix || v.zip {
			if err := v.head(f); err != nil {
				return nil, because(name, fmt.Sprintf("byte %d", at), "read a variable", err)
			}
			vars = append(vars, v)
		}
		at = v.at + size
		if !v.zip {
			at += -size & 7 // compressed elements are not padded
		}
	}
	return vars, nil
}

// matOrder checks the header: 116 bytes of text, version and byte order at its end.
func matOrder(head []byte) (binary.ByteOrder, error) {
	var order binary.ByteOrder = binary.LittleEndian
	switch string(head[126:128]) {
	case "IM":
	case "MI":
		order = binary.BigEndian
	default:
		return nil, fmt.Errorf("not a MATLAB 5.0 file")
	}
	switch version := order.Uint16(head[124:]); {
	case version == 0x0200 || strings.HasPrefix(string(head), "MATLAB 7.3"):
		return nil, fmt.Errorf("a MATLAB 7.3 file, which is HDF5; take the publisher's file or save it with -v7")
	case version != 0x0100:
		return nil, fmt.Errorf("version %#x of the MATLAB format; want 0x0100", version)
	}
	return order, nil
}

// head reads flags, dimensions, name and the tag of the numbers.
func (v *matVar) head(f io.ReaderAt) error {
	r, err := v.reader(f)
	if err != nil {
		return err
	}
	_, flags, err := v.element(r, 8)
	if err != nil {
		return err
	}
	if len(flags) < 8 {
		return errors.New("array flags of fewer than 8 bytes")
	}
	word := v.order.Uint32(flags)
	v.class = uint8(word)
	if word&0x0800 != 0 {
		return errors.New("complex numbers")
	}
	kind, dims, err := v.element(r, 4*matDims)
	if err != nil {
		return err
	}
	if kind != matInt32 || len(dims)%4 != 0 {
		return errors.New("dimensions that are not 32-bit integers")
	}
	for ; len(dims) > 0; dims = dims[4:] {
		v.dims = append(v.dims, int64(int32(v.order.Uint32(dims))))
	}
	_, name, err := v.element(r, matName)
	if err != nil {
		return err
	}
	v.name = string(name)
	if v.class < 6 || v.class > 15 {
		return nil // cells, structures, text: no numbers
	}
	v.kind, v.bytes, _, err = v.tag(r)
	return err
}

// reader gives the bytes of the element, which begins with a tag of its own if compressed.
func (v *matVar) reader(f io.ReaderAt) (io.Reader, error) {
	section := io.NewSectionReader(f, v.at, v.size)
	if !v.zip {
		return bufio.NewReaderSize(section, 64<<10), nil
	}
	z, err := zlib.NewReader(bufio.NewReaderSize(section, 64<<10))
	if err != nil {
		return nil, err
	}
	if kind, _, _, err := v.tag(z); err != nil {
		return nil, err
	} else if kind != matMatrix {
		return nil, fmt.Errorf("a compressed element of type %d; want an array", kind)
	}
	return z, nil
}

// tag reads a tag. Data of up to four bytes may lie in it: small.
func (v *matVar) tag(r io.Reader) (kind uint32, size int64, small []byte, err error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, 0, nil, fmt.Errorf("read a tag: %w", err)
	}
	kind, size = v.order.Uint32(b[:]), int64(v.order.Uint32(b[4:]))
	if n := kind >> 16; n != 0 {
		if n > 4 {
			return 0, 0, nil, fmt.Errorf("a small element of %d bytes", n)
		}
		return kind & 0xffff, int64(n), bytes.Clone(b[4 : 4+n]), nil
	}
	return kind, size, nil, nil
}

// element reads an element of at most limit bytes, with its padding.
func (v *matVar) element(r io.Reader, limit int64) (uint32, []byte, error) {
	kind, size, small, err := v.tag(r)
	if err != nil || small != nil {
		return kind, small, err
	}
	if size > limit {
		return 0, nil, fmt.Errorf("an element of %d bytes where at most %d belong", size, limit)
	}
	b := make([]byte, size+(-size&7))
	_, err = io.ReadFull(r, b)
	return kind, b[:size], err
}
