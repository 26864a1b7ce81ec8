//go:build (glfw || windows) && cgo && !nogl && !darwin

package glfwctx

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"unsafe"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// Built says that this build can open windows.
const Built = true

// GLFW is one library state per process, made for one thread. The few calls used here are
// made one at a time; after them each context lives on its own thread without GLFW.
var lock sync.Mutex

// Context is a hidden window's context, current on the thread that opened it.
type Context struct{ window *glfw.Window }

// Open makes a hidden window with an OpenGL 4.3 core context and makes it current.
func Open(debug bool) (c *Context, err error) {
	// Without a display glfw.Init only writes a message, and the next call panics.
	if runtime.GOOS != "windows" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil, errors.New("no display (DISPLAY and WAYLAND_DISPLAY are empty); without one: xvfb-run -a")
	}
	lock.Lock()
	defer lock.Unlock()
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, fmt.Errorf("GLFW: %v", r)
		}
	}()
	if err := glfw.Init(); err != nil {
		return nil, fmt.Errorf("GLFW: %w", err)
	}
	glfw.DefaultWindowHints()
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 4)
	glfw.WindowHint(glfw.ContextVersionMinor, 3)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	glfw.WindowHint(glfw.ContextRobustness, glfw.LoseContextOnReset)
	if debug {
		glfw.WindowHint(glfw.OpenGLDebugContext, glfw.True)
	}
	w, err := glfw.CreateWindow(1, 1, "mindgap", nil, nil)
	if err != nil {
		return nil, fmt.Errorf("GLFW, a window with OpenGL 4.3: %w", err)
	}
	w.MakeContextCurrent()
	return &Context{w}, nil
}

// ProcAddr finds a function of OpenGL; the context is current.
func (c *Context) ProcAddr(name string) unsafe.Pointer { return glfw.GetProcAddress(name) }

// Destroy closes the window. The library stays: glfw.Terminate would close every other one.
func (c *Context) Destroy() {
	lock.Lock()
	defer lock.Unlock()
	glfw.DetachCurrentContext()
	c.window.Destroy()
}
