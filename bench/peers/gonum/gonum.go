// Package gonum is the peer that gonum's blas32 is to a product of matrices.
package gonum

import (
	"runtime/debug"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// MatMul is C = A B, or A B^T with nt, of square matrices of n rows, on all cores. It runs on a
// goroutine of its own: called from one that is locked to its thread, gonum is as slow as one core.
func MatMul(c, a, b []float32, n int, nt bool) {
	t := blas.NoTrans
	if nt {
		t = blas.Trans
	}
	matrix := func(data []float32) blas32.General {
		return blas32.General{Rows: n, Cols: n, Stride: n, Data: data}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		blas32.Gemm(blas.NoTrans, t, 1, matrix(a), matrix(b), 0, matrix(c))
	}()
	<-done
}

// Version is the module's version in this program, "built in" where the program does not say.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "gonum.org/v1/gonum" {
				return strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return "built in"
}
