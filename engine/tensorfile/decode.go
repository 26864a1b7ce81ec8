package tensorfile

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// number is what arrays are read as.
type number interface{ float32 | float64 }

// decode turns len(dst) numbers of layout l into T, rounding to nearest. src holds at
// least len(dst)*l.Size() bytes. What is too large for float32 becomes Inf, as in numpy.
func decode[T number](dst []T, src []byte, l layout) {
	src = src[:len(dst)*l.Size()]
	switch l.DType {
	case Bool:
		for i, b := range src {
			dst[i] = 0
			if b != 0 {
				dst[i] = 1
			}
		}
	case Int8:
		for i, b := range src {
			dst[i] = T(int8(b))
		}
	case Uint8:
		for i, b := range src {
			dst[i] = T(b)
		}
	case Int16:
		for i := range dst {
			dst[i] = T(int16(u16(src[2*i:], l.big)))
		}
	case Uint16:
		for i := range dst {
			dst[i] = T(u16(src[2*i:], l.big))
		}
	case Float16:
		for i := range dst {
			dst[i] = T(halfToFloat32(u16(src[2*i:], l.big)))
		}
	case Int32:
		for i := range dst {
			dst[i] = T(int32(u32(src[4*i:], l.big)))
		}
	case Uint32:
		for i := range dst {
			dst[i] = T(u32(src[4*i:], l.big))
		}
	case Float32:
		if d, ok := any(dst).([]float32); ok && !l.big { // the common case, without a branch inside
			for i := range d {
				d[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
			}
			return
		}
		for i := range dst {
			dst[i] = T(math.Float32frombits(u32(src[4*i:], l.big)))
		}
	case Int64:
		for i := range dst {
			dst[i] = T(int64(u64(src[8*i:], l.big)))
		}
	case Uint64:
		for i := range dst {
			dst[i] = T(u64(src[8*i:], l.big))
		}
	case Float64:
		for i := range dst {
			dst[i] = T(math.Float64frombits(u64(src[8*i:], l.big)))
		}
	}
}

func u16(b []byte, big bool) uint16 {
	u := binary.LittleEndian.Uint16(b)
	if big {
		return bits.ReverseBytes16(u)
	}
	return u
}

func u32(b []byte, big bool) uint32 {
	u := binary.LittleEndian.Uint32(b)
	if big {
		return bits.ReverseBytes32(u)
	}
	return u
}

func u64(b []byte, big bool) uint64 {
	u := binary.LittleEndian.Uint64(b)
	if big {
		return bits.ReverseBytes64(u)
	}
	return u
}
