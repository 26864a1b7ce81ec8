package engine

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Large buffers lie outside Go's heap, hold zeros at first as any fresh memory does, and go back
// when they are freed and when the device closes; with definitions as without.
func TestLargeHostBuffers(t *testing.T) {
	for _, options := range [][]Option{nil, {WithDefinitions()}} {
		d, err := Open("host", options...)
		require.NoError(t, err)
		mapped := func() int {
			if drv, ok := d.drv.(*exactDriver); ok {
				return len(drv.mapped)
			}
			return len(d.drv.(*hostDriver).mapped)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s := d.Scope()
		s.Floats(100)
		large, kept := s.Floats(1<<22), s.Floats(mapFrom)
		require.NoError(t, d.Sync())
		require.Equal(t, 2, mapped())
		runtime.ReadMemStats(&after)
		if len(options) == 0 && (runtime.GOOS == "linux" || runtime.GOOS == "darwin") {
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<22), "16 MiB and 1 MiB are not Go's")
		}
		list, err := large.Floats()
		require.NoError(t, err)
		require.Equal(t, make([]float32, 1<<22), list)
		s.Free(large)
		d.Trim()
		kept.Zero() // what is kept can be used
		require.NoError(t, d.Sync())
		require.Equal(t, 1, mapped())
		s.Close()
		d.Close()
		require.Zero(t, mapped())
	}
}
