//go:build cgo && !nogl && !darwin

package gl43

import (
	"errors"
	"fmt"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Errors to test for with errors.Is.
var (
	// ErrMemory: the driver answered GL_OUT_OF_MEMORY.
	ErrMemory = errors.New("OpenGL is out of memory")
	// ErrLost: the context is gone, and everything in it.
	ErrLost = errors.New("OpenGL context lost")
	// ErrLimit: a binding reaches beyond what the driver lets one binding cover.
	ErrLimit = errors.New("beyond an OpenGL limit")
)

// contextLost is GL_CONTEXT_LOST, an error code of OpenGL 4.5 and KHR_robustness.
const contextLost = 0x0507

var errorNames = map[uint32]string{
	gl.INVALID_ENUM:                  "GL_INVALID_ENUM",
	gl.INVALID_VALUE:                 "GL_INVALID_VALUE",
	gl.INVALID_OPERATION:             "GL_INVALID_OPERATION",
	gl.INVALID_FRAMEBUFFER_OPERATION: "GL_INVALID_FRAMEBUFFER_OPERATION",
}

// glError empties the context's error flags and gives the first. The count ends because a
// lost context, or a thread without one, may answer the same for ever.
func glError() error {
	var first error
	for range 16 {
		code := gl.GetError()
		if code == gl.NO_ERROR {
			break
		}
		if first != nil {
			continue
		}
		switch name, known := errorNames[code]; {
		case code == gl.OUT_OF_MEMORY:
			first = ErrMemory
		case code == contextLost:
			first = ErrLost
		case known:
			first = errors.New(name)
		default:
			first = fmt.Errorf("OpenGL error 0x%04X", code)
		}
	}
	return first
}
