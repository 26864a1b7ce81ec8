package dataset

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
)

// width is the number of bytes of a stored number; 0 for what are no integers.
func (v *matVar) width() int64 {
	switch v.kind {
	case matInt8, matUint8:
		return 1
	case matInt16, matUint16:
		return 2
	case matInt32, matUint32:
		return 4
	case matDouble:
		return 8
	}
	return 0
}

// matDouble is the type of float64; MATLAB stores integral ones in fewer bytes.
const matDouble = 9

// check compares the claimed bytes with the dimensions.
func (v *matVar) check() error {
	n := int64(1)
	for _, d := range v.dims {
		if d < 0 || (d > 0 && n > math.MaxInt64/16/d) {
			return failAt(v.file, v.name, "dimensions %v", v.dims)
		}
		n *= d
	}
	if w := v.width(); w == 0 || n*w != v.bytes {
		return failAt(v.file, v.name, "%d bytes of type %d for dimensions %v", v.bytes, v.kind, v.dims)
	}
	return nil
}

// open positions a reader at the numbers. It gives exactly the claimed bytes, or fails early.
func (v *matVar) open() (io.ReadCloser, error) {
	f, err := os.Open(v.file)
	if err != nil {
		return nil, because(v.file, "", "open", err)
	}
	r, err := v.skip(f)
	if err != nil {
		f.Close()
		return nil, because(v.file, v.name, "read", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{r, f}, nil
}

// skip reads the head of the variable once more, up to its numbers.
func (v *matVar) skip(f io.ReaderAt) (io.Reader, error) {
	r, err := v.reader(f)
	if err != nil {
		return nil, err
	}
	for _, limit := range []int64{8, 4 * matDims, matName} {
		if _, _, err := v.element(r, limit); err != nil {
			return nil, err
		}
	}
	_, size, small, err := v.tag(r)
	if err != nil {
		return nil, err
	}
	if small != nil {
		return bytes.NewReader(small), nil
	}
	return io.LimitReader(r, size), nil
}

// integers reads a short variable whole, which holds at most limit numbers.
func (v *matVar) integers(limit int64) ([]int64, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	w := v.width()
	if v.bytes/w > limit {
		return nil, failAt(v.file, v.name, "%d numbers; at most %d are expected", v.bytes/w, limit)
	}
	r, err := v.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r) // grows as the bytes come
	if err == nil && int64(len(data)) != v.bytes {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, because(v.file, v.name, "read", err)
	}
	out := make([]int64, len(data)/int(w))
	for i := range out {
		if out[i], err = v.integer(data[i*int(w):]); err != nil {
			return nil, failAt(v.file, v.name, "%s", err)
		}
	}
	return out, nil
}

func (v *matVar) integer(b []byte) (int64, error) {
	switch v.kind {
	case matInt8:
		return int64(int8(b[0])), nil
	case matUint8:
		return int64(b[0]), nil
	case matInt16:
		return int64(int16(v.order.Uint16(b))), nil
	case matUint16:
		return int64(v.order.Uint16(b)), nil
	case matInt32:
		return int64(int32(v.order.Uint32(b))), nil
	case matUint32:
		return int64(v.order.Uint32(b)), nil
	}
	x := math.Float64frombits(v.order.Uint64(b))
	if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return 0, fmt.Errorf("%g is not an integer", x)
	}
	return int64(x), nil
}
