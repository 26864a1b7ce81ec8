//go:build cgo && !nogl && windows

package gl43

import "errors"

// EGL is not how Windows gives contexts: the hidden window of glfwctx is.
func EGL() ([]Way, error) { return nil, errors.New("no EGL on Windows") }
