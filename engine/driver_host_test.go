package engine

import (
	"runtime"
	"testing"
	"unsafe"

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

// Memory of its own begins where vectors, and large pages, may begin, and can be written to its end.
func TestMappedMemory(t *testing.T) {
	for _, bytes := range []int64{mapFrom, 2<<20 - 64, 2 << 20, 5<<20 + 64} {
		b, free, err := mapMemory(bytes)
		require.NoError(t, err)
		require.Len(t, b, int(bytes))
		require.Zero(t, uintptr(unsafe.Pointer(&b[0]))%hostAlign)
		if runtime.GOOS == "linux" && bytes >= 2<<20 {
			require.Zero(t, uintptr(unsafe.Pointer(&b[0]))%(2<<20), "%d bytes begin a large page", bytes)
		}
		require.Zero(t, b[0])
		b[0], b[bytes-1] = 1, 1
		free()
	}
}
