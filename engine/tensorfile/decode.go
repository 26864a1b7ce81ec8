package tensorfile

import (
	"encoding/binary"
	"math"
	"math/bits"
	"unsafe"
)

// number is what arrays are read as.
type number interface{ float32 | float64 }

// decode turns len(dst) numbers of layout l into T, rounding to nearest. src holds at
// least len(dst)*l.Size() bytes. What is too large for float32 becomes Inf, as in numpy.
func decode[T number](dst []T, src []byte, l layout) {
	src = src[:len(dst)*l.Size()]
	if as, ok := any(dst).([]float32); ok && l == (layout{Float32, bigEndian}) {
		copyNumbers(as, src)
		return
	}
	if as, ok := any(dst).([]float64); ok && l == (layout{Float64, bigEndian}) {
		copyNumbers(as, src)
		return
	}
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
	case BFloat16:
		for i := range dst {
			dst[i] = T(math.Float32frombits(uint32(u16(src[2*i:], l.big)) << 16))
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

// bigEndian says how this machine stores numbers.
var bigEndian = binary.NativeEndian.Uint16([]byte{1, 0}) != 1

// copyNumbers copies numbers that the file stores as this machine does.
func copyNumbers[T number](dst []T, src []byte) {
	if len(dst) > 0 {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&dst[0])), len(src)), src)
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
