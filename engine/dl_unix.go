//go:build !windows

package engine

import (
	"runtime"

	"github.com/ebitengine/purego"
)

func dlopen(name string) (uintptr, error) {
	return purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func dlsym(handle uintptr, name string) (uintptr, error) { return purego.Dlsym(handle, name) }

// setenv sets a variable of the C library, which os.Setenv does not reach in a program without
// cgo; "" takes it away. Where there is no such function, nothing happens.
func setenv(name, value string) {
	call := "setenv"
	if value == "" {
		call = "unsetenv"
	}
	at, err := purego.Dlsym(purego.RTLD_DEFAULT, call)
	if err != nil {
		return
	}
	if value == "" {
		var unset func(name string) int32
		purego.RegisterFunc(&unset, at)
		unset(name)
		return
	}
	var set func(name, value string, overwrite int32) int32
	purego.RegisterFunc(&set, at)
	set(name, value, 1)
}

func openBLASNames() []string {
	if runtime.GOOS == "darwin" {
		return []string{"libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "/usr/local/opt/openblas/lib/libopenblas.dylib"}
	}
	return []string{"libopenblas.so.0", "libopenblas.so"}
}
