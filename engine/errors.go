package engine

import (
	"errors"
	"fmt"
)

// Error is what a misuse panics with: a size, a type or an index that the caller could
// have known to be wrong. Op is the kernel or the method.
type Error struct{ Op, Msg string }

// Error reads "engine: matmul: b has 12 elements, want 20".
func (e *Error) Error() string { return "engine: " + e.Op + ": " + e.Msg }

func misuse(op, format string, args ...any) {
	panic(&Error{Op: op, Msg: fmt.Sprintf(format, args...)})
}

// Errors to test for with errors.Is.
var (
	// ErrNoDevice: the named device is not on this machine.
	ErrNoDevice = errors.New("no such device")
	// ErrMemory: an allocation went beyond the device's memory or its cap.
	ErrMemory = errors.New("out of device memory")
	// ErrLost: the driver took the context away (reset, removal, another program's fault).
	ErrLost = errors.New("the device's context was lost")
	// ErrInterrupted: Interrupt was called while work was queued.
	ErrInterrupted = errors.New("interrupted")
	// ErrLimit: a launch needs more than the device offers, and cannot be split.
	ErrLimit = errors.New("beyond a limit of the device")
)

// LaunchError is a fault of one launch: it names the kernel, the variant and the reason.
type LaunchError struct {
	Kernel, Variant string
	Err             error
}

// Error reads "engine: matmul (tile): out of device memory".
func (e *LaunchError) Error() string {
	if e.Variant == "" {
		return fmt.Sprintf("engine: %s: %v", e.Kernel, e.Err)
	}
	return fmt.Sprintf("engine: %s (%s): %v", e.Kernel, e.Variant, e.Err)
}

// Unwrap gives the reason to errors.Is.
func (e *LaunchError) Unwrap() error { return e.Err }
