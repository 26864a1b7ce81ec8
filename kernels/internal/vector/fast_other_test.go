//go:build !amd64

package vector

func withoutAssembly(f func()) { f() }
