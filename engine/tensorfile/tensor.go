package tensorfile

import (
	"cmp"
	"fmt"
	"slices"
)

// openTensor reads a tensor in C order that is all of src.
func openTensor(full string, shape []int, l layout, src source) *Reader {
	if !l.Readable() {
		return newReader(full, shape, l.DType, unreadable{l.DType})
	}
	return newReader(full, shape, l.DType, newArray(src, 0, header{layout: l, shape: shape}))
}

// unreadable is the elements of a tensor that can only be listed.
type unreadable struct{ DType }

func (u unreadable) read32([]float32, int64) error { return u.err() }
func (u unreadable) read64([]float64, int64) error { return u.err() }
func (u unreadable) close() error                  { return nil }

func (u unreadable) err() error {
	return fmt.Errorf("%s numbers are listed, not read; save the tensor as float32", u.DType)
}

// missing says that a file lacks a tensor, and names those whose names are nearest: with
// the longest beginning and end in common.
func missing(file, name string, has []string) error {
	switch {
	case len(has) == 0:
		return fail(file, "holds no tensors")
	case name == "":
		return fail(file, "holds %d tensors; name one of %s", len(has), list(has))
	case len(has) <= 10:
		return fail(file, "has no tensor %s; it has %s", clip(name), list(has))
	}
	type near struct {
		name string
		same int
	}
	near3 := make([]near, len(has))
	for i, h := range has {
		near3[i] = near{h, common(name, h, false) + common(name, h, true)}
	}
	slices.SortStableFunc(near3, func(a, b near) int { return cmp.Compare(b.same, a.same) })
	return fail(file, "has no tensor %s among its %d; the nearest are %s", clip(name), len(has),
		list([]string{near3[0].name, near3[1].name, near3[2].name}))
}

// common counts the bytes that a and b share from the beginning, or from the end.
func common(a, b string, end bool) int {
	n := 0
	for n < min(len(a), len(b)) {
		if (!end && a[n] != b[n]) || (end && a[len(a)-1-n] != b[len(b)-1-n]) {
			break
		}
		n++
	}
	return n
}
