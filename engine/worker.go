package engine

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// command is a launch, or whatever else the worker is to do.
type command struct {
	launch *launch
	f      func()
}

// mailbox carries commands to a device's worker. Putting never waits: the caller goes on
// while the worker takes everything that has come together, so a long list of launches
// costs one wake-up.
type mailbox struct {
	mu     sync.Mutex
	some   *sync.Cond
	list   []command
	closed bool
}

func newMailbox() *mailbox {
	m := &mailbox{}
	m.some = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) put(c command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		misuse("device", "used after Close")
	}
	m.list = append(m.list, c)
	if len(m.list) == 1 {
		m.some.Signal()
	}
}

// take waits for commands and gives them all; nil after close.
func (m *mailbox) take(spare []command) []command {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.list) == 0 && !m.closed {
		m.some.Wait()
	}
	got := m.list
	m.list = spare[:0]
	return got
}

func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.some.Signal()
}

// signal is a one-shot event.
type signal chan struct{}

func newSignal() signal { return make(signal) }
func (s signal) done()  { close(s) }
func (s signal) wait()  { <-s }

// serve runs commands until the mailbox closes. After each batch the driver is told to
// start what it holds, so work begins while the caller prepares more.
func (d *Device) serve() {
	var spare []command
	for {
		list := d.work.take(spare)
		if len(list) == 0 {
			return
		}
		for _, c := range list {
			if c.launch != nil {
				d.run(c.launch)
			} else {
				c.f()
			}
		}
		if !d.gone {
			d.guard("flush", d.drv.flush)
		}
		clear(list)
		spare = list
	}
}

// guard runs a piece of driver work: an error, or a panic of a kernel's Go form, sticks.
func (d *Device) guard(op string, f func() error) {
	defer func() {
		if r := recover(); r != nil {
			d.stick(fmt.Errorf("engine: %s: panic on the device: %v\n%s", op, r, debug.Stack()))
		}
	}()
	d.stick(f())
}

// later queues f; it is skipped when the device has failed or was interrupted by then.
func (d *Device) later(op string, f func() error) {
	d.put(func() {
		if !d.dropped() {
			d.guard(op, f)
		}
	})
}

// dropped reports whether queued work is to be skipped; that it was interrupted sticks.
func (d *Device) dropped() bool {
	if d.failed() {
		return true
	}
	err := d.stopped()
	d.stick(err)
	return err != nil
}

// put queues f.
func (d *Device) put(f func()) { d.work.put(command{f: f}) }

// wait queues f and waits for it; f runs even on a device that has failed.
func (d *Device) wait(f func() error) {
	s := newSignal()
	d.put(func() {
		defer s.done()
		d.guard("wait", f)
	})
	s.wait()
}

// submit queues a launch.
func (d *Device) submit(l *launch) {
	l.stop, l.trace = d.ask, d.trace
	d.launches++
	d.work.put(command{launch: l})
}

// run is the worker's part of a launch; it gives the launch back.
func (d *Device) run(l *launch) {
	defer l.free()
	if d.dropped() {
		return
	}
	d.guard(l.prog.kernel, func() error {
		var err error
		if l.trace != nil {
			var s float64
			s, err = d.drv.timed(l)
			*l.trace = append(*l.trace, Record{l.prog.kernel, l.prog.variant, l.kernel.words(l), l.groups, s, l.cost})
		} else {
			err = d.drv.launch(l)
		}
		if err != nil {
			return &LaunchError{l.prog.kernel, l.prog.variant, fmt.Errorf("%s: %w", l.kernel.words(l), err)}
		}
		return nil
	})
}

// Record is one launch as a trace saw it.
type Record struct {
	Kernel  string  `json:"kernel"`
	Variant string  `json:"variant"`
	Params  string  `json:"params"`
	Groups  int     `json:"groups"`
	Seconds float64 `json:"seconds"`
	Cost    Cost    `json:"cost"`
}

// Trace runs f, timing each launch alone (the device waits after every one), and returns
// the launches in order.
func (d *Device) Trace(f func()) ([]Record, error) {
	var records []Record
	d.trace = &records
	defer func() { d.trace = nil }()
	f()
	err := d.Sync()
	return records, err
}

// Launches counts the launches that were queued since the device was opened.
func (d *Device) Launches() int { return d.launches }
