package engine

import (
	"fmt"
	"unsafe"
)

// Write copies data, in row-major order, into a float32 tensor. It does not wait: data may
// be used again at once.
func (t *Tensor) Write(data []float32) { t.write(Float32, bytesOf(data), len(data)) }

// WriteInts copies data into an int32 tensor.
func (t *Tensor) WriteInts(data []int32) { t.write(Int32, bytesOf(data), len(data)) }

// WriteUints copies data into a uint32 tensor.
func (t *Tensor) WriteUints(data []uint32) { t.write(Uint32, bytesOf(data), len(data)) }

// Read waits for the device and copies a float32 tensor into dst, in row-major order. It
// returns the device's error: the first fault of any launch before it.
func (t *Tensor) Read(dst []float32) error { return t.read(Float32, bytesOf(dst), len(dst)) }

// ReadInts is Read for int32 tensors.
func (t *Tensor) ReadInts(dst []int32) error { return t.read(Int32, bytesOf(dst), len(dst)) }

// ReadUints is Read for uint32 tensors.
func (t *Tensor) ReadUints(dst []uint32) error { return t.read(Uint32, bytesOf(dst), len(dst)) }

// Floats waits for the device and gives a float32 tensor's elements.
func (t *Tensor) Floats() ([]float32, error) {
	out := make([]float32, t.Len())
	return out, t.Read(out)
}

// Zero clears the tensor's elements.
func (t *Tensor) Zero() { t.fill(0) }

func (t *Tensor) write(want DType, data []byte, n int) {
	t.checkTransfer("write", want, n)
	if !usable([]*Tensor{t}) {
		return
	}
	data = append([]byte(nil), data...)
	t.eachRun(func(off, at, n int) {
		t.dev.later("write", func() error {
			return t.dev.drv.write(t.buf, int64(off)*elemBytes, data[at*elemBytes:(at+n)*elemBytes])
		})
	})
}

func (t *Tensor) read(want DType, dst []byte, n int) error {
	t.checkTransfer("read", want, n)
	t.dev.wait(func() error {
		if t.dev.failed() || n == 0 || !usable([]*Tensor{t}) {
			return nil
		}
		if err := t.dev.stopped(); err != nil {
			return err
		}
		if t.Contiguous() {
			return t.dev.drv.read(t.buf, int64(t.off)*elemBytes, dst)
		}
		all := make([]byte, t.span()*elemBytes)
		if err := t.dev.drv.read(t.buf, int64(t.off)*elemBytes, all); err != nil {
			return err
		}
		t.eachRun(func(off, at, n int) {
			from := (off - t.off) * elemBytes
			copy(dst[at*elemBytes:(at+n)*elemBytes], all[from:])
		})
		return nil
	})
	return t.dev.Err()
}

func (t *Tensor) fill(word uint32) {
	t.alive("fill")
	if !usable([]*Tensor{t}) {
		return
	}
	t.eachRun(func(off, at, n int) {
		t.dev.later("fill", func() error {
			return t.dev.drv.fill(t.buf, int64(off)*elemBytes, int64(n)*elemBytes, word)
		})
	})
}

// CopyFrom copies the elements of a tensor of the same type and length and the same device;
// both must be contiguous.
func (t *Tensor) CopyFrom(src *Tensor) {
	t.alive("copy")
	src.alive("copy")
	if t.dtype != src.dtype || t.Len() != src.Len() || t.dev != src.dev || !t.Contiguous() || !src.Contiguous() {
		misuse("copy", "%v from %v", t, src)
	}
	if t.buf == src.buf && t.overlaps(src) {
		misuse("copy", "source and destination overlap")
	}
	n := int64(t.Len()) * elemBytes
	if n == 0 || !usable([]*Tensor{t, src}) {
		return
	}
	t.dev.later("copy", func() error {
		return t.dev.drv.copy(t.buf, int64(t.off)*elemBytes, src.buf, int64(src.off)*elemBytes, n)
	})
}

func (t *Tensor) checkTransfer(op string, want DType, n int) {
	t.alive(op)
	if t.dtype != want {
		misuse(op, "the tensor is %v, the slice %v", t.dtype, want)
	}
	if n != t.Len() {
		misuse(op, "the slice has %d elements, %s has %d", n, shapeText(t.shape), t.Len())
	}
}

// eachRun calls f for every contiguous run of elements: its offset in the buffer, its
// position in row-major order, and its length.
func (t *Tensor) eachRun(f func(off, at, n int)) {
	if t.Len() == 0 {
		return
	}
	if t.Contiguous() {
		f(t.off, 0, t.Len())
		return
	}
	cols := t.Cols()
	var walk func(axis, off, at int) int
	walk = func(axis, off, at int) int {
		if axis == len(t.shape)-1 {
			f(off, at, cols)
			return at + cols
		}
		for i := range t.shape[axis] {
			at = walk(axis+1, off+i*t.strides[axis], at)
		}
		return at
	}
	walk(0, t.off, 0)
}

func bytesOf[T float32 | int32 | uint32](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*elemBytes)
}

// WriteBits copies raw 32-bit words into a tensor of any type; ReadBits reads them. For
// tests that compare bits, and for files.
func (t *Tensor) WriteBits(words []uint32) { t.write(t.dtype, bytesOf(words), len(words)) }

// ReadBits is the counterpart of WriteBits.
func (t *Tensor) ReadBits(words []uint32) error { return t.read(t.dtype, bytesOf(words), len(words)) }

// usable reports whether all tensors have memory. One whose allocation failed has none;
// that it is used all the same sticks again, after TakeErr.
func usable(ts []*Tensor) bool {
	for _, t := range ts {
		if t.buf.dead.Load() {
			t.dev.stick(fmt.Errorf("engine: %v has no memory: %w", t, ErrMemory))
			return false
		}
	}
	return true
}
