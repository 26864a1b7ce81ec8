//go:build cgo && !nogl && !darwin

package gl43

import (
	"errors"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// startDebug lets the driver collect its complaints (KHR_debug, part of OpenGL 4.3). They
// are fetched from its log after each call of interest rather than delivered to a callback,
// which go-gl has one of per process and drivers may call from threads of their own.
func (c *Context) startDebug() {
	gl.Enable(gl.DEBUG_OUTPUT)
	gl.Enable(gl.DEBUG_OUTPUT_SYNCHRONOUS)
	// Notices and hints about speed would fill the log, which is short and drops what is new.
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DONT_CARE, 0, nil, false)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DEBUG_TYPE_ERROR, gl.DONT_CARE, 0, nil, true)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DEBUG_TYPE_UNDEFINED_BEHAVIOR, gl.DONT_CARE, 0, nil, true)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DEBUG_SEVERITY_HIGH, 0, nil, true)
}

// messages empties the log and the error flags and gives the first complaint.
func (c *Context) messages() error {
	first := ""
	for range 64 {
		var length int32
		text := make([]byte, 4096)
		if gl.GetDebugMessageLog(1, int32(len(text)), nil, nil, nil, nil, &length, &text[0]) == 0 {
			break
		}
		if first == "" && length > 0 {
			first = strings.TrimSpace(strings.TrimRight(string(text[:length]), "\x00"))
		}
	}
	err := glError()
	switch {
	case errors.Is(err, ErrMemory) || errors.Is(err, ErrLost):
		return err
	case first != "":
		return errors.New("OpenGL says: " + first)
	}
	return err
}

// Label names a program in the driver's messages and in GPU debuggers.
func (c *Context) label(kind, name uint32, text string) {
	if c.debug && text != "" {
		b := append([]byte(text), 0)
		gl.ObjectLabel(kind, name, int32(len(text)), &b[0])
	}
}
