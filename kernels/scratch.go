package kernels

import (
	"math/bits"
	"sync"
)

// Memory that the host's kernels need for the time of a launch, by the power of two that holds
// it. A slice made anew would be cleared first, which costs as much as what some of them do
// with it; what nobody borrows for a while, the garbage collector takes.
var scratch [64]sync.Pool

// borrow gives n floats with undefined contents, to be given back.
func borrow(n int) *[]float32 {
	class := bits.Len(uint(max(n, 1) - 1))
	b, ok := scratch[class].Get().(*[]float32)
	if !ok {
		made := make([]float32, 1<<class)
		b = &made
	}
	*b = (*b)[:n]
	return b
}

// giveBack ends the use of what borrow gave.
func giveBack(b *[]float32) { scratch[bits.Len(uint(cap(*b)-1))].Put(b) }
