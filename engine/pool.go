package engine

import (
	"fmt"
	"math/bits"
	"sync"
)

// pool hands out buffers by size class and takes them back: allocation is slow on every
// driver (64 MiB took 40 ms on llvmpipe), and a training step asks for the same sizes again.
type pool struct {
	mu    sync.Mutex
	limit int64 // cap on bytes held, in use or free
	held  int64 // bytes allocated on the device
	used  int64 // of these, bytes lent
	peak  int64 // most bytes ever held
	live  int   // buffers lent
	spare map[int64][]*buffer
}

func newPool(limit int64) *pool {
	return &pool{limit: limit, spare: map[int64][]*buffer{}}
}

// class rounds up to a quarter of a power of two, so that at most a fifth is wasted, and
// to 256 bytes, the largest alignment that a binding may ask for.
func class(bytes int64) int64 {
	if bytes <= 1024 {
		return (max(bytes, 1) + 255) &^ 255
	}
	quarter := int64(1) << (bits.Len64(uint64(bytes-1)) - 3)
	return (bytes + quarter - 1) &^ (quarter - 1)
}

// take lends a buffer of at least bytes bytes. fresh says that the driver must allocate it;
// drop holds free buffers that must go first to stay below the cap.
func (p *pool) take(bytes int64) (b *buffer, fresh bool, drop []*buffer, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := class(bytes)
	if list := p.spare[size]; len(list) > 0 {
		b = list[len(list)-1]
		p.spare[size] = list[:len(list)-1]
	} else {
		if p.used+size > p.limit {
			return nil, false, nil, fmt.Errorf("%w: %s asked for, %s of %s are in use", ErrMemory, Bytes(size), Bytes(p.used), Bytes(p.limit))
		}
		for s, list := range p.spare {
			for len(list) > 0 && p.held+size > p.limit {
				drop = append(drop, list[len(list)-1])
				list = list[:len(list)-1]
				p.held -= s
			}
			p.spare[s] = list
		}
		b, fresh = &buffer{bytes: size}, true
		p.held += size
	}
	p.used += b.bytes
	p.peak = max(p.peak, p.held)
	b.lent = true
	p.live++
	return b, fresh, drop, nil
}

// give takes buffers back; it refuses what is not lent.
func (p *pool) give(list ...*buffer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range list {
		if !b.lent {
			misuse("scope", "a buffer was given back that the pool did not lend")
		}
		b.lent = false
		p.live--
		p.used -= b.bytes
		if b.dead.Load() {
			p.held -= b.bytes
			continue
		}
		p.spare[b.bytes] = append(p.spare[b.bytes], b)
	}
}

// Memory is what a device's pool holds.
type Memory struct {
	Live int   // tensors' buffers that are lent; a test brings it back to zero
	Used int64 // their bytes
	Held int64 // bytes allocated on the device, free ones included
	Peak int64 // most bytes ever held
}

// Memory counts what is allocated.
func (d *Device) Memory() Memory {
	d.pool.mu.Lock()
	defer d.pool.mu.Unlock()
	return Memory{d.pool.live, d.pool.used, d.pool.held, d.pool.peak}
}

// Trim gives free buffers back to the driver.
func (d *Device) Trim() {
	d.pool.mu.Lock()
	var drop []*buffer
	for s, list := range d.pool.spare {
		drop = append(drop, list...)
		d.pool.held -= s * int64(len(list))
	}
	clear(d.pool.spare)
	d.pool.mu.Unlock()
	d.drop(drop)
}

func (d *Device) drop(list []*buffer) {
	for _, b := range list {
		d.put(func() { d.guard("free", func() error { d.drv.free(b); return nil }) })
	}
}

// Bytes writes a number of bytes for people: 1.5 GiB.
func Bytes(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	f, i := float64(n)/unit, 0
	for f >= unit && i < 4 {
		f, i = f/unit, i+1
	}
	return fmt.Sprintf("%.4g %ciB", f, "KMGTP"[i])
}
