package engine

import (
	"encoding/binary"
	"math"
)

// exactDriver is the host driver that runs definitions: beside every word of memory it keeps
// the float64 that the word is a rounding of. Kernels' definitions read and write those;
// integers, and what crosses to the caller as float32, are in the words.
type exactDriver struct{ hostDriver }

func (d *exactDriver) alloc(b *buffer) error {
	if err := d.hostDriver.alloc(b); err != nil {
		return err
	}
	b.exact = make([]float64, b.bytes/elemBytes)
	return nil
}

func (d *exactDriver) free(b *buffer) {
	b.exact = nil
	d.hostDriver.free(b)
}

func (d *exactDriver) write(b *buffer, off int64, src []byte) error {
	copy(b.host[off:], src)
	b.readWords(off, int64(len(src)))
	return nil
}

func (d *exactDriver) fill(b *buffer, off, n int64, word uint32) error {
	err := d.hostDriver.fill(b, off, n, word)
	b.readWords(off, n)
	return err
}

func (d *exactDriver) copy(dst *buffer, dstOff int64, src *buffer, srcOff, n int64) error {
	copy(dst.exact[dstOff/elemBytes:][:n/elemBytes], src.exact[srcOff/elemBytes:])
	return d.hostDriver.copy(dst, dstOff, src, srcOff, n)
}

// readWords takes the float64 numbers of a range from its words, as float32.
func (b *buffer) readWords(off, n int64) {
	for i := off / elemBytes; i < (off+n)/elemBytes; i++ {
		b.exact[i] = float64(math.Float32frombits(binary.NativeEndian.Uint32(b.host[i*elemBytes:])))
	}
}

// define runs the kernel's definition on its tensors' float64 numbers.
func (k *Kernel[P]) define(p P, ts []bind) {
	b := make([][]float64, len(ts))
	for i, t := range ts {
		if t.len == 0 {
			continue
		}
		if k.Bufs[i].Type == Float32 {
			b[i] = t.buf.exact[t.off/elemBytes:][:t.len/elemBytes]
			continue
		}
		b[i] = make([]float64, t.len/elemBytes)
		v := t.view(k.Bufs[i].Type)
		for j := range b[i] {
			if v.I != nil {
				b[i][j] = float64(v.I[j])
			} else {
				b[i][j] = float64(v.U[j])
			}
		}
	}
	k.Ref(p, b)
	for i, t := range ts {
		if !k.Bufs[i].Access.Writes() || t.len == 0 {
			continue
		}
		v := t.view(k.Bufs[i].Type)
		for j, x := range b[i] {
			switch k.Bufs[i].Type {
			case Float32:
				v.F[j] = float32(x)
			case Int32:
				v.I[j] = int32(x)
			default:
				v.U[j] = uint32(x)
			}
		}
	}
}

// Exact waits for a device that runs definitions (WithDefinitions) and gives a contiguous
// float32 tensor's elements in the float64 that they were computed in.
func (t *Tensor) Exact() ([]float64, error) {
	t.checkExact("exact")
	out := make([]float64, t.Len())
	t.dev.wait(func() error {
		if !t.dev.failed() && usable([]*Tensor{t}) {
			copy(out, t.buf.exact[t.off:])
		}
		return nil
	})
	return out, t.dev.Err()
}

// WriteExact copies float64 numbers into a contiguous float32 tensor of such a device.
func (t *Tensor) WriteExact(data []float64) {
	t.checkExact("write exact")
	if len(data) != t.Len() {
		misuse("write exact", "the slice has %d elements, %s has %d", len(data), shapeText(t.shape), t.Len())
	}
	data = append([]float64(nil), data...)
	t.dev.later("write exact", func() error {
		copy(t.buf.exact[t.off:], data)
		v := t.view(len(data))
		for i, x := range data {
			v.F[i] = float32(x)
		}
		return nil
	})
}

func (t *Tensor) checkExact(op string) {
	t.alive(op)
	if t.dev.host == nil || !t.dev.host.exact {
		misuse(op, "the device does not run definitions")
	}
	if t.dtype != Float32 || !t.Contiguous() {
		misuse(op, "%v is no contiguous float32 tensor", t)
	}
}
