package engine

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Host is what a kernel's Go form runs on: all cores, and a BLAS.
type Host struct {
	BLAS    BLAS
	ByName  bool // the BLAS was asked for by name: it makes every product that it can
	Workers int
	stopped func() error
	team    *team
	exact   bool // run definitions
}

// View is a tensor as a kernel's Go form sees it: its elements from the view's first on,
// with the length that Size gives. Only the slice of the buffer's type is set.
type View struct {
	F []float32
	I []int32
	U []uint32
}

// Parallel calls f for ranges that cover 0..n, on all cores; ranges are multiples of grain
// rows (the last may be shorter), begin at multiples of grain, and are dealt out in equal shares;
// who is done helps others. f must not depend on how the rows are cut. When the device is interrupted,
// ranges that have not begun are left out.
func (h *Host) Parallel(n, grain int, f func(lo, hi int)) {
	grain = max(grain, 1)
	if n <= 0 {
		return
	}
	chunks := (n + grain - 1) / grain
	workers := min(h.Workers, chunks)
	if workers <= 1 || !h.team.mu.TryLock() { // a loop within a loop: all cores have work
		for lo := 0; lo < n; lo += grain {
			if h.stopped() != nil {
				return
			}
			f(lo, min(lo+grain, n))
		}
		return
	}
	defer h.team.mu.Unlock()
	h.team.run(n, grain, workers, f, h.stopped)
}

// ParallelBLAS is Parallel for an f that calls h.BLAS: there each product keeps to the core of
// its caller. Else a library's own threads would take turns with the workers, and calls wait
// for each other.
func (h *Host) ParallelBLAS(n, grain int, f func(lo, hi int)) {
	if b, ok := h.BLAS.(interface{ oneThread() (done func()) }); ok {
		defer b.oneThread()()
	}
	h.Parallel(n, grain, f)
}

// Stopped reports whether the device was interrupted; long loops ask it and return.
func (h *Host) Stopped() bool { return h.stopped() != nil }

// view gives the first size elements of the tensor to a kernel's Go form.
func (t *Tensor) view(size int) View {
	return bind{t.buf, int64(t.off) * elemBytes, int64(size) * elemBytes}.view(t.dtype)
}

func (b bind) view(t DType) View {
	if b.len == 0 {
		return View{}
	}
	p, size := unsafe.Pointer(&b.buf.host[b.off]), b.len/elemBytes
	switch t {
	case Float32:
		return View{F: unsafe.Slice((*float32)(p), size)}
	case Int32:
		return View{I: unsafe.Slice((*int32)(p), size)}
	}
	return View{U: unsafe.Slice((*uint32)(p), size)}
}

func openHost(cfg config) (*Device, error) {
	return open(cfg, false, func(cfg config) (driver, Caps, error) {
		blas, err := openBLAS(cfg.blas)
		if err != nil {
			return nil, Caps{}, err
		}
		h := &Host{BLAS: blas, ByName: cfg.blas != "", Workers: runtime.GOMAXPROCS(0), stopped: func() error { return nil }, exact: cfg.definitions}
		h.team = newTeam(h.Workers - 1)
		memory := cfg.memory
		if memory == 0 {
			memory = physicalMemory() / 10 * 8
		}
		plain := newHostDriver(h)
		var drv driver = &plain
		name := blas.Name()
		if h.ByName {
			name += " for all products"
		}
		if cfg.definitions {
			drv, name = &exactDriver{plain}, "definitions in float64"
		}
		return drv, Caps{
			Name: "host", Kind: "host", Software: true,
			Renderer: fmt.Sprintf("%s, %d cores, %s", processor(), h.Workers, name),
			Vendor:   runtime.GOARCH, Version: runtime.Version(), Via: "go",
			BLAS: blas.Name(), Cores: h.Workers,
			MaxMemory: memory, Timer: "wall", Math: hostMath(),
		}, nil
	})
}
