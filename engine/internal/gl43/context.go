//go:build cgo && !nogl && !darwin

package gl43

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Surface is a context as the window system gives it, current on the calling thread.
type Surface interface {
	ProcAddr(name string) unsafe.Pointer
	Destroy()
}

// Way is one way to a context: an EGL device, the surfaceless platform, a hidden window.
type Way struct {
	Via      string
	Software bool // known before opening: shaders run on the processor
	Last     bool // leads to a device that another way leads to as well
	open     func(debug bool) (Surface, error)
}

// NewWay makes a way of a function that opens a surface and makes it current.
func NewWay(via string, last bool, open func(debug bool) (Surface, error)) Way {
	return Way{Via: via, Last: last, open: open}
}

// Context is an OpenGL context and what this package keeps of its state. All methods are
// called on the thread that opened it.
type Context struct {
	Info
	surface Surface
	debug   bool
	ring    ring
	flight  []piece            // dispatches of long launches that may still run
	windows map[int]uint32     // by binding: a texture over part of a buffer too long for one
	texture map[uint32]texture // by buffer: the texture over all of it
	blocks  bool               // a dispatch returns when it is done, as on llvmpipe
	reset   func() uint32      // asks whether the context was lost; nil where nobody can say
	scratch []uint32           // mg_off of the launch at hand
	bound   bound              // what launches have set
}

// Open makes a context and reads what it can do. Where debug is set the driver checks
// every call and its complaints become errors.
func (w Way) Open(debug bool) (*Context, error) {
	s, err := w.open(debug)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Via, err)
	}
	c := &Context{surface: s, debug: debug, windows: map[int]uint32{}, texture: map[uint32]texture{}}
	if err := c.start(w); err != nil {
		s.Destroy()
		return nil, fmt.Errorf("%s: %w", w.Via, err)
	}
	return c, nil
}

func (c *Context) start(w Way) error {
	if err := load(c.surface.ProcAddr); err != nil {
		return err
	}
	c.Info = readInfo(w)
	if !c.atLeast(4, 3) {
		return fmt.Errorf("OpenGL %s (%s) is too old: compute needs 4.3", c.Version, c.Renderer)
	}
	c.reset = c.resetQuery()
	if c.debug {
		c.startDebug()
	}
	c.ring.init(c.UniformAlign)
	return c.Err()
}

// Close destroys the context and all that lives in it. The process's other contexts live on.
func (c *Context) Close() {
	c.drain()
	c.surface.Destroy()
}

// The function pointers of go-gl are the process's, not a context's: they are loaded once.
var loader struct {
	sync.Mutex
	done bool
}

func load(proc func(string) unsafe.Pointer) error {
	loader.Lock()
	defer loader.Unlock()
	if loader.done {
		return nil
	}
	if err := gl.InitWithProcAddrFunc(proc); err != nil {
		return fmt.Errorf("this OpenGL has no %w: compute needs 4.3", err)
	}
	loader.done = true
	return nil
}

// resetQuery finds the function that says whether the context was lost.
func (c *Context) resetQuery() func() uint32 {
	switch {
	case c.atLeast(4, 5):
		return gl.GetGraphicsResetStatus
	case c.Has("GL_KHR_robustness"):
		return gl.GetGraphicsResetStatus
	case c.Has("GL_ARB_robustness"):
		return gl.GetGraphicsResetStatusARB
	}
	return nil
}

// Err asks for what went wrong since it was last asked.
func (c *Context) Err() error {
	if c.reset != nil && c.reset() != gl.NO_ERROR {
		return ErrLost
	}
	ask := glError
	if c.debug {
		ask = c.messages
	}
	err := ask()
	if err != nil {
		c.bound = bound{} // a call that failed has set nothing
	}
	return err
}

// Flush hands what was queued to the device.
func (c *Context) Flush() error {
	gl.Flush()
	return c.Err()
}

// Finish waits for all that was queued.
func (c *Context) Finish() error {
	gl.Finish()
	c.drain()
	return c.Err()
}
