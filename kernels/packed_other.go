//go:build !amd64

package kernels

// packedTiles: none, the BLAS does it.
func packedTiles() []packedTile { return nil }

const hasTurn4 = false

func turn4x4(*float32, int, *float32, int, int) {}

func fetch(*float32, int) {}
