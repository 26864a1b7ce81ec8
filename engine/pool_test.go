package engine

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClassWastesAtMostAFifth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1<<40).Draw(t, "bytes")
		c := class(n)
		require.GreaterOrEqual(t, c, n)
		require.Zero(t, c%256)
		if n > 1024 {
			require.LessOrEqual(t, float64(c), 1.25*float64(n)+256)
		}
		require.Equal(t, c, class(c), "a class is its own class")
	})
}

func TestPoolLendsTheSameBufferAgain(t *testing.T) {
	p := newPool(1 << 20)
	a, fresh, _, err := p.take(1000)
	require.NoError(t, err)
	require.True(t, fresh)
	p.give(a)
	b, fresh, _, err := p.take(900)
	require.NoError(t, err)
	require.False(t, fresh)
	require.Same(t, a, b)
}

func TestPoolRefusesWhatItDidNotLend(t *testing.T) {
	p := newPool(1 << 20)
	a, _, _, _ := p.take(10)
	p.give(a)
	require.Panics(t, func() { p.give(a) })
	require.Panics(t, func() { p.give(&buffer{}) })
}

func TestPoolDropsFreeBuffersBelowItsCap(t *testing.T) {
	p := newPool(4096)
	a, _, _, err := p.take(2048)
	require.NoError(t, err)
	p.give(a)
	_, fresh, drop, err := p.take(4096)
	require.NoError(t, err)
	require.True(t, fresh)
	require.Equal(t, []*buffer{a}, drop)
	_, _, _, err = p.take(1)
	require.ErrorIs(t, err, ErrMemory)
}
