package tensorfile

import "encoding/binary"

// strided is the elements of a tensor that does not lie in C order: number i, j, ... is
// at i*stride[0] + j*stride[1] + ... of its storage. Strides are not negative, and may
// be 0 (a number that is repeated) or overlap.
type strided struct {
	src    source
	base   int64 // of the first number, in bytes
	span   int64 // from the first number to the end of the last, in bytes
	layout layout
	shape  []int64 // axes of length 1 are gone, those that lie in one run are merged
	stride []int64 // in bytes

	packed []byte // numbers gathered in C order
	whole  []byte // the span, where the source has no map
}

func newStrided(src source, base int64, l layout, shape []int, stride []int64) *strided {
	size := int64(l.Size())
	s := &strided{src: src, base: base, span: size, layout: l, shape: []int64{1}, stride: []int64{size}}
	for i, d := range shape {
		n, step, last := int64(d), stride[i]*size, len(s.shape)-1
		s.span += (n - 1) * step
		switch {
		case n == 1:
		case s.stride[last] == n*step || s.shape[last] == 1:
			s.shape[last] *= n
			s.stride[last] = step
		default:
			s.shape, s.stride = append(s.shape, n), append(s.stride, step)
		}
	}
	return s
}

func (s *strided) read32(dst []float32, first int64) error { return readStrided(s, dst, first) }
func (s *strided) read64(dst []float64, first int64) error { return readStrided(s, dst, first) }
func (s *strided) close() error                            { return s.src.close() }

func readStrided[T number](s *strided, dst []T, first int64) error {
	size := s.layout.Size()
	if s.packed == nil {
		s.packed = make([]byte, chunk)
	}
	if s.whole == nil && !s.src.mapped() {
		s.whole = make([]byte, s.span)
		if err := s.src.read(s.whole, s.base); err != nil {
			s.whole = nil
			return err
		}
	}
	return guarded(func() error {
		b := s.whole
		if b == nil {
			var err error
			if b, err = s.src.view(s.base, int(s.span), nil); err != nil {
				return err
			}
		}
		for len(dst) > 0 {
			n := min(len(dst), len(s.packed)/size)
			s.gather(s.packed[:n*size], b, first)
			decode(dst[:n], s.packed, s.layout)
			dst, first = dst[n:], first+int64(n)
		}
		return nil
	})
}

// gather copies the numbers from number first on, in C order, until p is full.
func (s *strided) gather(p, b []byte, first int64) {
	size, last := int64(s.layout.Size()), len(s.shape)-1
	index := make([]int64, last+1)
	at, rest := int64(0), first
	for a := last; a >= 0; a-- {
		index[a] = rest % s.shape[a]
		rest /= s.shape[a]
		at += index[a] * s.stride[a]
	}
	for len(p) > 0 {
		n := min(int64(len(p))/size, s.shape[last]-index[last])
		gatherRun(p[:n*size], b[at:], size, s.stride[last])
		p = p[n*size:]
		at -= index[last] * s.stride[last]
		index[last] = 0
		for a := last - 1; a >= 0; a-- {
			at += s.stride[a]
			if index[a]++; index[a] < s.shape[a] {
				break
			}
			at -= index[a] * s.stride[a]
			index[a] = 0
		}
	}
}

// gatherRun copies numbers of size bytes that lie step bytes apart.
func gatherRun(p, b []byte, size, step int64) {
	if step == size {
		copy(p, b)
		return
	}
	at := int64(0)
	switch size {
	case 2:
		for i := 0; i < len(p); i, at = i+2, at+step {
			binary.NativeEndian.PutUint16(p[i:], binary.NativeEndian.Uint16(b[at:]))
		}
	case 4:
		for i := 0; i < len(p); i, at = i+4, at+step {
			binary.NativeEndian.PutUint32(p[i:], binary.NativeEndian.Uint32(b[at:]))
		}
	default:
		for i := int64(0); i < int64(len(p)); i, at = i+size, at+step {
			copy(p[i:i+size], b[at:])
		}
	}
}
