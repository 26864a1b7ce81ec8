package tensorfile

import (
	"encoding/binary"
	"fmt"
	"math"
)

// encode appends the little-endian bytes of rows as dtype, rounded to nearest. Integers
// have to be whole and within range.
func encode[T number | int32 | int64](buf []byte, dtype DType, rows []T) ([]byte, error) {
	for _, v := range rows {
		switch dtype {
		case Float32:
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(float32(v)))
		case Float64:
			buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(float64(v)))
		case Float16:
			buf = binary.LittleEndian.AppendUint16(buf, narrow(float64(v), 5, 10))
		case BFloat16:
			buf = binary.LittleEndian.AppendUint16(buf, narrow(float64(v), 8, 7))
		case Int32:
			n, ok := asInt(v)
			if !ok || int64(int32(n)) != n {
				return buf, fmt.Errorf("%v is not an int32; write float32 or float64", v)
			}
			buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
		case Int64:
			n, ok := asInt(v)
			if !ok {
				return buf, fmt.Errorf("%v is not an int64; write float32 or float64", v)
			}
			buf = binary.LittleEndian.AppendUint64(buf, uint64(n))
		}
	}
	return buf, nil
}

// asInt gives v as an int64, if it is one.
func asInt[T number | int32 | int64](v T) (int64, bool) {
	switch v := any(v).(type) {
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	f := float64(v)
	return int64(f), f == math.Trunc(f) && f >= -0x1p63 && f < 0x1p63
}
