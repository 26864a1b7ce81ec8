//go:build linux || darwin

package engine

import "syscall"

// mapMemory gives zeros outside Go's heap: a device's buffers are most of a process, and the
// garbage collector lets as many bytes of garbage lie beside what it knows.
func mapMemory(bytes int64) ([]byte, error) {
	return syscall.Mmap(-1, 0, int(bytes), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
}

func unmapMemory(b []byte) { syscall.Munmap(b) }
