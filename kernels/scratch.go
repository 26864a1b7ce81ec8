package kernels

import (
	"slices"
	"sync"
)

// scratch is memory that host kernels borrow while they run: a large block of a fresh Go slice is
// cleared page by page, which can cost more than what is done with it. Kernels run one after the
// other, so that the list grows to what the largest of them needs and no further.
var scratch struct {
	sync.Mutex
	free []*[]float32 // by capacity, the smallest first
}

// scratchKept is how many blocks wait at most: some for each core.
const scratchKept = 256

// borrow gives n floats with undefined contents, to be given back: of the blocks that wait the
// smallest that is large enough, or else a new one in place of the largest.
func borrow(n int) *[]float32 {
	scratch.Lock()
	defer scratch.Unlock()
	at, _ := slices.BinarySearchFunc(scratch.free, n, func(b *[]float32, n int) int { return cap(*b) - n })
	if at == len(scratch.free) {
		if at > 0 {
			scratch.free = slices.Delete(scratch.free, at-1, at)
		}
		made := make([]float32, n)
		return &made
	}
	b := scratch.free[at]
	scratch.free = slices.Delete(scratch.free, at, at+1)
	*b = (*b)[:n]
	return b
}

// giveBack ends the use of what borrow gave.
func giveBack(b *[]float32) {
	scratch.Lock()
	defer scratch.Unlock()
	if len(scratch.free) == scratchKept {
		return
	}
	at, _ := slices.BinarySearchFunc(scratch.free, cap(*b), func(b *[]float32, n int) int { return cap(*b) - n })
	scratch.free = slices.Insert(scratch.free, at, b)
}
