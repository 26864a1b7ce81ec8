package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A block that waits is lent again: the smallest that is large enough. What is too small makes
// way for a larger one.
func TestScratch(t *testing.T) {
	scratch.Lock()
	kept := scratch.free
	scratch.free = nil
	scratch.Unlock()
	defer func() { scratch.free = kept }()

	a, b := borrow(100), borrow(1000)
	require.Len(t, *a, 100)
	require.Len(t, *b, 1000)
	giveBack(b)
	giveBack(a)
	c := borrow(50)
	require.Same(t, a, c)
	require.Len(t, *c, 50)
	d := borrow(101)
	require.Same(t, b, d)
	require.Len(t, *d, 101)
	giveBack(c)
	giveBack(d)
	e := borrow(2000)
	require.Len(t, *e, 2000)
	require.Len(t, scratch.free, 1, "the block of 1,000 is not kept beside one of 2,000")
	require.Same(t, a, borrow(100))
	require.NotNil(t, borrow(0))
}
