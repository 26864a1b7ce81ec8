package kernels

import (
	"slices"

	"mindgap/engine"
)

// ceil is the number of pieces of the given size that cover n.
func ceil(n, size int) int { return (n + size - 1) / size }

// span is the number of elements from the first to the last of a matrix with a row stride.
func span(rows, cols, ld int32) int {
	if rows == 0 || cols == 0 {
		return 0
	}
	return (int(rows)-1)*int(ld) + int(cols)
}

// checkMatrix refuses negative sizes and strides that are shorter than a row.
func checkMatrix(kernel string, rows, cols int32, lds ...int32) {
	engine.Check(kernel, rows >= 0 && cols >= 0, "%d x %d is no size", rows, cols)
	for _, ld := range lds {
		engine.Check(kernel, ld >= cols || rows <= 1, "row stride %d is shorter than a row of %d", ld, cols)
	}
}

// sameShape refuses tensors of different shapes.
func sameShape(kernel string, a *engine.Tensor, others ...*engine.Tensor) {
	for _, b := range others {
		if !slices.Equal(a.Shape(), b.Shape()) { // asked first: the words cost memory at every launch
			engine.Check(kernel, false, "shapes %v and %v differ", a.Shape(), b.Shape())
		}
	}
}

// eachRow calls f for every element of a matrix.
func eachRow(rows, cols int32, f func(row, col int)) {
	for r := range int(rows) {
		for c := range int(cols) {
			f(r, c)
		}
	}
}

// rowGrain is how many rows of a matrix hold about n elements: at least one.
func rowGrain(cols int32, n int) int { return max(1, n/max(int(cols), 1)) }
