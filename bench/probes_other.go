//go:build !amd64

package bench

// vectorChains: none; what plain Go reaches is less than the processor could.
func vectorChains() []chainKind { return nil }

func sumRows(y, x *float32, rows int) {}

const hasSumRows = false
