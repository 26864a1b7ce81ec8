package engine

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is what the host device's kernels need of a BLAS: row-major float32 products. Both
// implementations have gonum's meaning, so that gonum can stand in for and verify OpenBLAS.
type BLAS interface {
	// Name is "gonum" or "openblas VERSION".
	Name() string
	// Sgemm is C = alpha op(A) op(B) + beta C, C being m x n with row stride ldc.
	Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int)
}

// gonumBLAS is gonum's blas32, always there.
type gonumBLAS struct{ gonum.Implementation }

func (gonumBLAS) Name() string { return "gonum" }

// openBLAS finds the BLAS that a host device is to use.
func openBLAS(name string) (BLAS, error) {
	switch name {
	case "gonum":
		return gonumBLAS{}, nil
	case "", "openblas":
		b, err := loadOpenBLAS()
		if err == nil {
			return b, nil
		}
		if name == "" {
			return gonumBLAS{}, nil
		}
		return nil, fmt.Errorf("engine: host: %w: openblas: %w; install libopenblas0-pthread or leave the BLAS to be chosen", ErrNoDevice, err)
	}
	return nil, fmt.Errorf("engine: host: %w: no BLAS is called %q; there are openblas and gonum", ErrNoDevice, name)
}
