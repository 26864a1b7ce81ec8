//go:build !amd64

package kernels

// vectorTiles: none, the BLAS does it.
func vectorTiles() []vectorTile { return nil }
