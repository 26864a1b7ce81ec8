package engine

import (
	"fmt"
	"math"
	"slices"
)

// Scope owns tensors: Close gives all of them back to the device's pool. Since work runs in
// queue order, memory is used again only after the last queued use of it.
type Scope struct {
	dev    *Device
	bufs   []*buffer
	room   [4]*buffer // where bufs lies while they are few
	closed bool
}

// Scope opens a scope on the device.
func (d *Device) Scope() *Scope {
	s := &Scope{dev: d}
	s.bufs = s.room[:0]
	return s
}

// Device is where the scope's tensors live.
func (s *Scope) Device() *Device { return s.dev }

// Close gives the scope's memory back. Using its tensors afterwards panics.
func (s *Scope) Close() {
	if s.closed {
		return
	}
	s.closed = true
	s.dev.pool.give(s.bufs...)
	clear(s.room[:])
	s.bufs = nil
}

// Free gives one tensor's memory back before the scope closes. It and its views must not be
// used afterwards. A tensor of another scope is left alone.
func (s *Scope) Free(t *Tensor) {
	if i := s.find(t); i >= 0 {
		s.bufs = slices.Delete(s.bufs, i, i+1)
		s.dev.pool.give(t.buf)
	}
}

// Move makes another scope of the device the owner of a tensor's memory: it lives as long as
// that one. Views made before stay this scope's. A tensor of another scope is left alone.
func (s *Scope) Move(t *Tensor, to *Scope) {
	if to.closed || to.dev != s.dev {
		misuse("scope", "Move to a scope that is closed or of another device")
	}
	if i := s.find(t); i >= 0 {
		s.bufs = slices.Delete(s.bufs, i, i+1)
		to.bufs = append(to.bufs, t.buf)
		t.scope = to
	}
}

// find gives the place of a tensor's buffer among the scope's, searched from the newest; -1
// where it is not the scope's.
func (s *Scope) find(t *Tensor) int {
	t.alive("scope")
	for i := len(s.bufs) - 1; i >= 0 && t.scope == s; i-- {
		if s.bufs[i] == t.buf {
			return i
		}
	}
	return -1
}

// New makes a contiguous tensor with undefined contents. An impossible shape panics; memory
// that is not there sticks as an error that wraps ErrMemory and names shape and bytes.
func (s *Scope) New(t DType, shape ...int) *Tensor {
	if s.closed {
		misuse("scope", "New after Close")
	}
	n := elements("new", shape)
	x := contiguous(s, t, shape)
	b, fresh, drop, err := s.dev.pool.take(int64(n) * elemBytes)
	if err != nil {
		s.dev.stick(fmt.Errorf("engine: new tensor %s %v: %w", shapeText(shape), t, err))
		x.buf = &buffer{}
		x.buf.dead.Store(true)
		return x
	}
	s.dev.drop(drop)
	s.bufs = append(s.bufs, b)
	x.buf = b
	if fresh {
		s.dev.allocate(b, x)
	}
	if s.dev.debug {
		x.fill(math.Float32bits(float32(math.NaN())))
	}
	return x
}

// Floats makes a float32 tensor with undefined contents.
func (s *Scope) Floats(shape ...int) *Tensor { return s.New(Float32, shape...) }

// Ints makes an int32 tensor with undefined contents.
func (s *Scope) Ints(shape ...int) *Tensor { return s.New(Int32, shape...) }

// Uints makes a uint32 tensor with undefined contents.
func (s *Scope) Uints(shape ...int) *Tensor { return s.New(Uint32, shape...) }

// Zeros makes a float32 tensor of zeros.
func (s *Scope) Zeros(shape ...int) *Tensor {
	t := s.Floats(shape...)
	t.Zero()
	return t
}

// Upload makes a float32 tensor from data in row-major order.
func (s *Scope) Upload(data []float32, shape ...int) *Tensor {
	t := s.Floats(shape...)
	t.Write(data)
	return t
}

// UploadInts makes an int32 tensor from data in row-major order.
func (s *Scope) UploadInts(data []int32, shape ...int) *Tensor {
	t := s.Ints(shape...)
	t.WriteInts(data)
	return t
}

// maxElements keeps every index within a GLSL int.
const maxElements = math.MaxInt32

func elements(op string, shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 {
			misuse(op, "shape %s has a negative size", shapeText(shape))
		}
		if d > 0 && n > maxElements/d {
			misuse(op, "shape %s has more than 2^31-1 elements", shapeText(shape))
		}
		n *= d
	}
	return n
}

// allocate queues the driver's allocation. It runs on a device that has failed as well: the
// buffer goes back to the pool and must be whole when it is lent again.
func (d *Device) allocate(b *buffer, x *Tensor) {
	d.put(func() {
		d.guard("new", func() error {
			if err := d.drv.alloc(b); err != nil {
				b.dead.Store(true)
				return fmt.Errorf("engine: new tensor %s %v (%s): %w", shapeText(x.shape), x.dtype, Bytes(int64(x.Len())*elemBytes), err)
			}
			return nil
		})
	})
}
