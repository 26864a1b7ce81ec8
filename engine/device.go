package engine

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Device is a place where kernels run. It is for one goroutine at a time; Interrupt and
// Err may be called from any. Close it when done.
type Device struct {
	caps  Caps
	drv   driver
	host  *Host // non-nil on the host device
	pool  *pool
	work  *mailbox
	debug bool

	sticky    atomic.Pointer[error]
	stop      atomic.Pointer[error]
	ask       func() error // stopped, made a value once
	programs  map[programKey]*program
	force     map[string]string
	tuned     tuned
	trace     *[]Record
	launches  int
	closeOnce sync.Once
	gone      bool // the driver is closed; the worker's own
}

// Open opens a device by name: "host", "gl" (the first OpenGL device, hardware before
// software), "gl:1" (the second), or "auto": hardware OpenGL where there is one, else host.
// A named device never falls back to another: the error wraps ErrNoDevice and says why.
func Open(name string, options ...Option) (*Device, error) {
	var cfg config
	for _, o := range options {
		o(&cfg)
	}
	kind, index, ok := parseName(name)
	if !ok {
		return nil, fmt.Errorf("engine: %q: %w; the names are auto, host, gl, gl:0, gl:1 and so on", name, ErrNoDevice)
	}
	cfg.index = index
	switch kind {
	case "host":
		return openHost(cfg)
	case "auto":
		cfg.hard = true
		if d, err := open(cfg, true, openGL); err == nil {
			return d, nil
		}
		cfg.hard = false
		return openHost(cfg)
	}
	return open(cfg, true, openGL)
}

// open starts a device's worker and opens the driver on it.
func open(cfg config, lock bool, make func(config) (driver, Caps, error)) (*Device, error) {
	d := &Device{
		work: newMailbox(), debug: cfg.debug,
		programs: map[programKey]*program{}, force: map[string]string{},
	}
	d.ask = d.stopped
	opened := newSignal()
	var openErr error
	go func() {
		if lock {
			// An OpenGL context belongs to one thread. A BLAS must not be called from a locked
			// one: gonum then runs at the speed of one core.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		}
		d.drv, d.caps, openErr = make(cfg)
		opened.done()
		if openErr == nil {
			d.serve()
		}
	}()
	opened.wait()
	if openErr != nil {
		return nil, openErr
	}
	d.tuned, d.caps.Tuning = newTuned(cfg, &d.caps)
	d.pool = newPool(d.caps.MaxMemory)
	if cfg.blockLimit > 0 {
		d.caps.MaxBlockBytes = min(d.caps.MaxBlockBytes, cfg.blockLimit)
	}
	if h, ok := d.drv.(interface{ on() *Host }); ok {
		d.host = h.on()
		d.host.stopped = d.ask
	}
	return d, nil
}

// Caps gives the device's record.
func (d *Device) Caps() Caps { return d.caps }

// Name is the name as Open takes it.
func (d *Device) Name() string { return d.caps.Name }

// Err is the first error that happened on the device, or nil. It does not wait.
func (d *Device) Err() error {
	if e := d.sticky.Load(); e != nil {
		return *e
	}
	return nil
}

// TakeErr waits for the device, returns its error and makes the device usable again
// (what failed stays undone). A lost context stays lost.
func (d *Device) TakeErr() error {
	err := d.Sync()
	d.stop.Store(nil)
	if e := d.sticky.Load(); e != nil {
		d.sticky.Store(nil)
	}
	return err
}

// Interrupt makes the device drop what is queued and stop between two dispatches of a long
// launch; err (ErrInterrupted when nil) sticks. For signal handlers.
func (d *Device) Interrupt(err error) {
	if err == nil {
		err = ErrInterrupted
	}
	d.stop.CompareAndSwap(nil, &err)
}

// Sync waits until all that was queued is done and returns the device's error.
func (d *Device) Sync() error {
	d.wait(func() error { return d.drv.finish() })
	return d.Err()
}

// Mark gives a function that waits until the work queued so far has been handed to the device's
// driver: a caller who queues faster than a device works uses it to stay a few steps ahead.
func (d *Device) Mark() (wait func()) {
	s := newSignal()
	d.put(s.done)
	return s.wait
}

// Close frees the device. Its tensors must not be used afterwards.
func (d *Device) Close() {
	d.closeOnce.Do(func() {
		d.wait(func() error { d.drv.finish(); d.drv.close(); d.gone = true; return nil })
		d.work.close()
	})
}

// Force makes the device run the named variant of a kernel whatever its sizes; "" lets it
// choose again. A launch that the variant cannot run is an error that sticks.
func (d *Device) Force(kernel, variant string) {
	if variant == "" {
		delete(d.force, kernel)
		return
	}
	d.force[kernel] = variant
}

func (d *Device) forced(kernel string) string { return d.force[kernel] }

func (d *Device) program(key programKey, make func() *program) *program {
	p := d.programs[key]
	if p == nil {
		p = make()
		d.programs[key] = p
	}
	return p
}

func (d *Device) failed() bool { return d.sticky.Load() != nil }

// stick keeps the first error.
func (d *Device) stick(err error) {
	if err != nil {
		first := err // a copy: the parameter would lie in the heap also where it is nil
		d.sticky.CompareAndSwap(nil, &first)
	}
}

func (d *Device) stopped() error {
	if e := d.stop.Load(); e != nil {
		return *e
	}
	return nil
}
