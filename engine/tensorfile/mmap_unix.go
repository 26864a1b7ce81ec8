//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package tensorfile

import (
	"math"
	"os"
	"syscall"
)

// mapFile maps n bytes of f for reading. nil: the file is empty, larger than the
// address space, or on a file system without maps; it is then read at positions.
func mapFile(f *os.File, n int64) []byte {
	if n <= 0 || n > math.MaxInt {
		return nil
	}
	m, err := syscall.Mmap(int(f.Fd()), 0, int(n), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil
	}
	return m
}

func unmapFile(m []byte) error {
	if m == nil {
		return nil
	}
	return syscall.Munmap(m)
}
