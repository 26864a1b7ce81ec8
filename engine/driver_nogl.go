//go:build !cgo || nogl || darwin

package engine

import (
	"fmt"
	"runtime"
)

// openGL says that this build has no OpenGL, and which has.
func openGL(cfg config) (driver, Caps, error) {
	_, err := listGL()
	return nil, Caps{}, err
}

func listGL() ([]Caps, error) {
	why := "this program was built without OpenGL; build it with CGO_ENABLED=1, a C compiler and libgl-dev or (-tags egl) libegl-dev, and without the tag nogl"
	if runtime.GOOS == "darwin" {
		why = "OpenGL ends at 4.1 on macOS, and compute shaders begin at 4.3"
	}
	return nil, fmt.Errorf("engine: gl: %w: %s", ErrNoDevice, why)
}
