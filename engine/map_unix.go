//go:build linux || darwin

package engine

import "syscall"

// mapPages gives zeros outside Go's heap, from the start of a page on.
func mapPages(bytes int64) (b []byte, free func(), err error) {
	b, err = syscall.Mmap(-1, 0, int(bytes), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	return b, func() { _ = syscall.Munmap(b) }, err
}
