package glfwctx

import (
	"runtime"
	"testing"
)

// Without a display, or in a build without GLFW, Open is an error and no panic.
func TestNoDisplay(t *testing.T) {
	if Built && runtime.GOOS == "windows" {
		t.Skip("Windows always has a display")
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if _, err := Open(false); err == nil {
		t.Fatal("no error")
	}
	t.Setenv("DISPLAY", ":987")
	if _, err := Open(false); err == nil {
		t.Fatal("no error for a display that is not there")
	}
}
