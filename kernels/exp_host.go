package kernels

import "mindgap/kernels/internal/vector"

// expAll replaces each x by e^x, and by 0 where that is below expTiny.
func expAll(x []float32) { vector.Exp(x) }
