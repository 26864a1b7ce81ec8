package engine

import "syscall"

func dlopen(name string) (uintptr, error) {
	h, err := syscall.LoadLibrary(name)
	return uintptr(h), err
}

func dlsym(handle uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(handle), name)
}

// setenv sets a variable of the process; "" takes it away.
func setenv(name, value string) {
	if value == "" {
		syscall.Unsetenv(name)
		return
	}
	syscall.Setenv(name, value)
}

func openBLASNames() []string { return []string{"libopenblas.dll", "openblas.dll"} }
