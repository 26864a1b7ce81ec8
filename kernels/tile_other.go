//go:build !amd64

package kernels

// vectorTiles: none, the BLAS does it.
func vectorTiles() []vectorTile { return nil }

func pick8(y *float32, index *int32, x *float32, n int, pixel int32) {}

const hasPick8 = false
