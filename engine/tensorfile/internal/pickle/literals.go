package pickle

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// literal runs the opcodes that bring a value of their own. It says whether op is one.
func (u *Unpickler) literal(op byte) bool {
	switch op {
	case opProto:
		if n := u.byte(); n > 5 {
			u.fail("pickle protocol %d is unknown (up to 5 is read); save the file again with torch.save", n)
		}
	case opFrame:
		u.uint(8)
	case opNone:
		u.push(nil)
	case opNewTrue, opNewFalse:
		u.push(op == opNewTrue)
	case opBinInt:
		u.number(int64(int32(u.uint(4))))
	case opBinInt1:
		u.number(int64(u.uint(1)))
	case opBinInt2:
		u.number(int64(u.uint(2)))
	case opLong1:
		u.long(u.uint(1))
	case opLong4:
		u.long(u.uint(4))
	case opBinFloat:
		if u.Charge(costValue) {
			u.push(math.Float64frombits(bits.ReverseBytes64(u.uint(8))))
		}
	case opInt, opLong:
		u.decimal(op)
	case opShortBinString, opShortBinUnicode:
		u.push(u.text(u.uint(1)))
	case opBinString, opBinUnicode:
		u.push(u.text(u.uint(4)))
	case opBinUnicode8:
		u.push(u.text(u.uint(8)))
	case opShortBinBytes:
		u.push(Bytes(u.text(u.uint(1))))
	case opBinBytes:
		u.push(Bytes(u.text(u.uint(4))))
	case opBinBytes8, opByteArray8:
		u.push(Bytes(u.text(u.uint(8))))
	default:
		return false
	}
	return true
}

func (u *Unpickler) number(n int64) {
	if u.Charge(costValue) {
		u.push(n)
	}
}

// long is a whole number of n bytes.
func (u *Unpickler) long(n uint64) {
	s := u.text(n)
	if n > 8 {
		u.push(Big(s))
		return
	}
	var b [8]byte
	if copy(b[:], s) > 0 && s[len(s)-1] >= 0x80 {
		for i := len(s); i < 8; i++ {
			b[i] = 0xff
		}
	}
	u.push(int64(binary.LittleEndian.Uint64(b[:])))
}

// decimal reads what protocols 0 and 1 write: "7", "7L", "01" for True, "00" for False.
func (u *Unpickler) decimal(op byte) {
	s := u.line()
	switch {
	case op == opInt && (s == "00" || s == "01"):
		u.push(s == "01")
		return
	case op == opLong:
		s = strings.TrimSuffix(s, "L")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		u.fail("%.40q is not a whole number of 64 bits; the file is damaged", s)
		return
	}
	u.push(n)
}
