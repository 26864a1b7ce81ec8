package engine

import (
	"io/fs"
	"sync"
	"sync/atomic"
)

// driver is what a kind of device provides. The device's one worker calls it, always
// from the same goroutine (and OS thread), in queue order. A returned error sticks.
type driver interface {
	// alloc makes b.bytes bytes of memory behind b; contents are undefined.
	alloc(b *buffer) error
	free(b *buffer)
	write(b *buffer, off int64, src []byte) error
	read(b *buffer, off int64, dst []byte) error // waits for all that was queued before
	fill(b *buffer, off, n int64, word uint32) error
	copy(dst *buffer, dstOff int64, src *buffer, srcOff, n int64) error
	// launch queues one launch, cut into dispatches as the driver sees fit.
	launch(l *launch) error
	// timed runs one launch alone and returns its seconds on the device.
	timed(l *launch) (float64, error)
	flush() error  // hands what was queued to the device
	finish() error // and waits for it
	close()
}

// buffer is one allocation of a driver, shared out by the pool.
type buffer struct {
	bytes int64       // a size class of the pool
	lent  bool        // the pool's own
	gl    uint32      // OpenGL name
	host  []byte      // the host device's memory, aligned to 64 bytes
	exact []float64   // what it holds, in float64: only where definitions run
	dead  atomic.Bool // its allocation failed; a sticky error says why
}

// program is one variant of one kernel as a driver compiles it, once per device.
type program struct {
	kernel, variant string
	source          fs.FS
	file            string
	defines         []string // "TILE=16"
	bufs            []Buf
	texel           []bool // by buffer: read through a samplerBuffer (RGBA32F)
	fields          []Field
}

// Field is one scalar of a kernel's parameter block: its GLSL name, type and byte offset
// (std140, so scalars follow each other without gaps).
type Field struct {
	Name   string
	Type   DType
	Offset int
}

// launch is one launch, checked and ready: every number in it has been compared with the
// device's limits, but for what only the driver knows. It is lent by newLaunch and goes back
// when it has run.
type launch struct {
	kernel call
	prog   *program
	params []uint32 // the words of the parameter block
	binds  []bind   // in the order of prog.bufs
	views  []View   // the same for a Go form, made when it runs
	groups int      // work groups, numbered linearly; shaders see them through group_id()
	cost   Cost
	stop   func() error // asked between dispatches; an error ends the launch
	trace  *[]Record    // where to note its time; nil: nowhere
}

// call is a kernel whose parameter type is forgotten: what is left to do when a launch runs.
type call interface {
	onHost(h *Host, l *launch)
	words(l *launch) string // the parameters in words, for errors and traces
}

// launches are done with and wait to be used again: a launch then costs no allocation.
var launches = sync.Pool{New: func() any { return new(launch) }}

func newLaunch() *launch { return launches.Get().(*launch) }

// free gives a launch back; it holds on to no tensor's memory.
func (l *launch) free() {
	clear(l.binds)
	clear(l.views)
	*l = launch{params: l.params[:0], binds: l.binds[:0], views: l.views[:0]}
	launches.Put(l)
}

// bind is the part of a buffer that a launch sees. Offsets are in bytes, multiples of 4;
// a driver rounds them down to its alignment and gives the shader the rest as mg_off.
type bind struct {
	buf      *buffer
	off, len int64 // len may be 0, also at the very end of buf
}
