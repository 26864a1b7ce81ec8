package preprocess

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var small = Pipeline{Resize: 8, Crop: 8, Std: [3]float32{1, 1, 1}}

// numbered is a picture of one colour that tells its number.
func numbered(i int) *Image {
	m := NewImage(9, 11)
	for j := range m.Pix {
		m.Pix[j] = uint8(i)
	}
	return m
}

func TestLoadInOrder(t *testing.T) {
	for _, c := range []struct{ n, batch, workers int }{{100, 7, 4}, {100, 100, 3}, {5, 64, 0}, {1, 1, 8}, {0, 4, 2}, {12, 4, 1}} {
		next := 0
		for b, err := range (Loader{small, c.batch, c.workers}).Load(t.Context(), c.n, func(i int) (*Image, error) {
			if i%3 == 0 { // others overtake
				time.Sleep(time.Millisecond)
			}
			return numbered(i), nil
		}) {
			require.NoError(t, err)
			require.Equal(t, next, b.First)
			require.Len(t, b.Pixels, b.Count*small.Len())
			for i := range b.Count {
				for _, v := range b.Pixels[i*small.Len():][:small.Len()] {
					require.Equal(t, float32(next)/255, v)
				}
				next++
			}
		}
		require.Equal(t, c.n, next)
	}
}

func TestLoadFailures(t *testing.T) {
	fault := errors.New("fault")
	open := func(i int) (*Image, error) {
		switch i {
		case 5, 7:
			return nil, fmt.Errorf("file %d: %w", i, fault)
		case 9:
			return nil, nil
		}
		return numbered(i), nil
	}
	var good []int
	for b, err := range (Loader{small, 4, 2}).Load(t.Context(), 12, open) {
		switch b.First {
		case 0:
			require.NoError(t, err)
		case 4:
			require.EqualError(t, err, "picture 5: file 5: fault (and 1 more of its batch)")
			require.ErrorIs(t, err, fault)
			var failures Failures
			require.ErrorAs(t, err, &failures)
			require.Equal(t, []int{5, 7}, []int{failures[0].Index, failures[1].Index})
		case 8:
			require.EqualError(t, err, "picture 9: it is empty")
		}
		for i := range b.Count {
			if v := b.Pixels[i*small.Len()]; v != 0 {
				require.Equal(t, float32(b.First+i)/255, v)
				good = append(good, b.First+i)
			}
		}
	}
	require.Equal(t, []int{1, 2, 3, 4, 6, 8, 10, 11}, good)
}

func TestLoadStops(t *testing.T) {
	var running atomic.Int64
	slow := func(i int) (*Image, error) {
		running.Add(1)
		defer running.Add(-1)
		time.Sleep(100 * time.Microsecond)
		return numbered(i), nil
	}
	for range (Loader{small, 3, 4}).Load(t.Context(), 1000, slow) {
		break
	}
	require.Zero(t, running.Load())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	seen := 0
	for b, err := range (Loader{small, 3, 4}).Load(ctx, 1000, slow) {
		if seen++; seen == 2 {
			cancel()
		}
		if last = err; err != nil {
			require.Zero(t, b)
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	require.Equal(t, 3, seen)
	require.Zero(t, running.Load())
}

// However far the caller lags behind, only so many pictures are opened in advance.
func TestLoadIsBounded(t *testing.T) {
	var opened atomic.Int64
	for b, err := range (Loader{small, 5, 4}).Load(t.Context(), 1000, func(i int) (*Image, error) {
		opened.Add(1)
		return numbered(i), nil
	}) {
		require.NoError(t, err)
		if b.First == 100 {
			break
		}
		time.Sleep(100 * time.Microsecond)
		require.LessOrEqual(t, opened.Load(), int64(b.First+batches*5))
	}
}

func TestLoaderMisuse(t *testing.T) {
	require.Panics(t, func() { Loader{small, 0, 1}.Load(t.Context(), 1, nil) })
	require.Panics(t, func() { Loader{Pipeline{}, 1, 1}.Load(t.Context(), 1, nil) })
	require.Panics(t, func() { small.Apply(make([]float32, 3), numbered(1)) })
	require.Panics(t, func() { small.Apply(make([]float32, small.Len()), NewImage(0, 5)) })
}
