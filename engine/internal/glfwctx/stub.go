//go:build !((glfw || windows) && cgo && !nogl && !darwin)

package glfwctx

import (
	"errors"
	"unsafe"
)

// Built says that this build can open windows.
const Built = false

// Context is a hidden window's context, which this build has not.
type Context struct{}

// Open fails: GLFW is not in this build.
func Open(debug bool) (*Context, error) {
	return nil, errors.New("this program was built without GLFW; build it with -tags glfw")
}

// ProcAddr is never called.
func (c *Context) ProcAddr(name string) unsafe.Pointer { return nil }

// Destroy is never called.
func (c *Context) Destroy() {}
