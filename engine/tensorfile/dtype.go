package tensorfile

import (
	"errors"
	"fmt"
)

// DType is the type of the numbers as they lie in the file. Whatever it is, they are
// read as float32 or float64.
type DType uint8

// The types that can be read, and after them those that are listed only: their numbers
// cannot be read. Each writer says which it writes.
const (
	Bool DType = iota + 1
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	Float32
	Float64
	BFloat16
	Float8E4M3
	Float8E5M2
	Complex64
	Complex128
)

// dtypes: name, bytes per number and the letters of numpy's descr, by DType.
var dtypes = [...]struct {
	name  string
	size  int
	descr string
}{
	{"invalid", 0, ""},
	{"bool", 1, "b1"},
	{"int8", 1, "i1"}, {"int16", 2, "i2"}, {"int32", 4, "i4"}, {"int64", 8, "i8"},
	{"uint8", 1, "u1"}, {"uint16", 2, "u2"}, {"uint32", 4, "u4"}, {"uint64", 8, "u8"},
	{"float16", 2, "f2"}, {"float32", 4, "f4"}, {"float64", 8, "f8"},
	{"bfloat16", 2, ""},
	{"float8_e4m3", 1, ""}, {"float8_e5m2", 1, ""}, {"complex64", 8, ""}, {"complex128", 16, ""},
}

// String gives numpy's name of the type, such as "float32", and PyTorch's where numpy has none.
func (d DType) String() string {
	if int(d) >= len(dtypes) {
		d = 0
	}
	return dtypes[d].name
}

// Size is the number of bytes of one number.
func (d DType) Size() int {
	if int(d) >= len(dtypes) {
		d = 0
	}
	return dtypes[d].size
}

// Readable says whether numbers of the type can be read.
func (d DType) Readable() bool { return d >= Bool && d <= BFloat16 }

// Float says whether the type is one of floating-point numbers that can be read.
func (d DType) Float() bool { return d >= Float16 && d <= BFloat16 }

// layout is a DType and the order of its bytes.
type layout struct {
	DType
	big bool // most significant byte first
}

// descr is numpy's name of the layout: "<f4", ">f8", "|u1".
func (l layout) descr() string {
	order := "<"
	switch {
	case l.Size() == 1:
		order = "|"
	case l.big:
		order = ">"
	}
	return order + dtypes[l.DType].descr
}

// parseDescr reads numpy's name of a type. The error says what a type that cannot be
// read is and how to save the numbers so that they can.
func parseDescr(s string) (layout, error) {
	if len(s) < 2 || (s[0] != '<' && s[0] != '>' && s[0] != '|') {
		return layout{}, fmt.Errorf("dtype %s is not one of numpy's; save the array again with numpy.save", clip(s))
	}
	for d := Bool; d <= Float64; d++ {
		l := layout{d, s[0] == '>'}
		if s[1:] == dtypes[d].descr && (s[0] == '|') == (d.Size() == 1) {
			return l, nil
		}
	}
	const cast = "; save it as numbers: numpy.save(name, a.astype('float32'))"
	switch s[1] {
	case 'O':
		return layout{}, errors.New("object dtype " + clip(s) + " holds pickled Python objects, which are never unpickled here" + cast)
	case 'U', 'S', 'a':
		return layout{}, errors.New("dtype " + clip(s) + " is text, not numbers" + cast)
	case 'c':
		return layout{}, errors.New("dtype " + clip(s) + " is complex; save its real and imaginary parts, or its absolute value, as float32")
	case 'M', 'm':
		return layout{}, errors.New("dtype " + clip(s) + " is a date or a duration, not a number" + cast)
	case 'V':
		return layout{}, errors.New("dtype " + clip(s) + " is raw bytes (numpy saves bfloat16 so)" + cast)
	}
	return layout{}, errors.New("dtype " + clip(s) + " is not supported" + cast)
}
