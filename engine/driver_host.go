package engine

import (
	"encoding/binary"
	"fmt"
	"time"
	"unsafe"
)

// hostDriver keeps buffers in memory of this process and runs kernels' Go forms, one launch after
// the other, each on all cores.
type hostDriver struct {
	host   *Host
	mapped map[*buffer]func() // what gives back the large ones, which are not in Go's heap
}

func newHostDriver(h *Host) hostDriver { return hostDriver{h, map[*buffer]func(){}} }

func (d *hostDriver) on() *Host { return d.host }

// alignment of host buffers: a cache line, the width of the widest vectors.
const hostAlign = 64

// mapFrom is the size from which buffers have memory of their own: many pages.
const mapFrom = 1 << 18

func (d *hostDriver) alloc(b *buffer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrMemory, r)
		}
	}()
	if b.bytes >= mapFrom {
		if b.host, d.mapped[b], err = mapMemory(b.bytes); err != nil {
			delete(d.mapped, b)
			return fmt.Errorf("%w: %w", ErrMemory, err)
		}
		return nil
	}
	raw := make([]byte, b.bytes+hostAlign)
	skip := hostAlign - int(uintptr(unsafe.Pointer(&raw[0]))%hostAlign)
	b.host = raw[skip : int64(skip)+b.bytes]
	return nil
}

func (d *hostDriver) free(b *buffer) {
	b.host = nil
	if unmap, ok := d.mapped[b]; ok {
		delete(d.mapped, b)
		unmap()
	}
}

func (d *hostDriver) write(b *buffer, off int64, src []byte) error {
	copy(b.host[off:], src)
	return nil
}

func (d *hostDriver) read(b *buffer, off int64, dst []byte) error {
	copy(dst, b.host[off:])
	return nil
}

func (d *hostDriver) fill(b *buffer, off, n int64, word uint32) error {
	s := b.host[off : off+n]
	if word == 0 {
		clear(s)
		return nil
	}
	for i := 0; i < len(s); i += 4 {
		binary.NativeEndian.PutUint32(s[i:], word)
	}
	return nil
}

func (d *hostDriver) copy(dst *buffer, dstOff int64, src *buffer, srcOff, n int64) error {
	copy(dst.host[dstOff:dstOff+n], src.host[srcOff:srcOff+n])
	return nil
}

func (d *hostDriver) launch(l *launch) error {
	l.kernel.onHost(d.host, l)
	return d.host.stopped()
}

func (d *hostDriver) timed(l *launch) (float64, error) {
	start := time.Now()
	err := d.launch(l)
	return time.Since(start).Seconds(), err
}

func (d *hostDriver) flush() error  { return nil }
func (d *hostDriver) finish() error { return nil }

func (d *hostDriver) close() {
	d.host.team.end()
	for b := range d.mapped {
		d.free(b)
	}
}
