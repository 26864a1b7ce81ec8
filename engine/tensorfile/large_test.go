package tensorfile

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// 1 GiB of numbers (a sparse file: 2^19 rows of 512) read by a few rows from the middle,
// by the map and by positioned reads: the heap grows by less than 1 MiB.
func TestLargerThanMemory(t *testing.T) {
	const rows, cols, room = 1 << 19, 512, 1 << 20
	name := filepath.Join(t.TempDir(), "large.npy")
	head := header{layout: layout{Float32, false}, shape: []int{2, rows / 2, cols}}.format()
	f, err := os.Create(name)
	require.NoError(t, err)
	_, err = f.Write(head)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(int64(len(head))+rows*cols*4))
	_, err = f.WriteAt(rawBytes("<f4", upTo(cols)), int64(len(head))+(rows/2+7)*cols*4)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	dst := make([]float32, 64*cols)

	for _, mapped := range []bool{true, false} {
		before, after := heap(), uint64(0)
		b, err := openBlob(name)
		require.NoError(t, err)
		if !mapped {
			require.NoError(t, unmapFile(b.m))
			b.m = nil
		}
		r, err := newNPY(name, b)
		require.NoError(t, err)
		s, err := r.Section(1)
		require.NoError(t, err)
		require.NoError(t, s.ReadRows(dst, 0, 64))
		require.Equal(t, float32(511), dst[7*cols+511])
		require.Zero(t, dst[8*cols])
		require.NoError(t, r.ReadRows(dst, rows-64, rows))
		require.Zero(t, dst[0])
		after = heap()
		require.Less(t, after-min(before, after), uint64(room))
		require.NoError(t, r.Close())
	}
}

// heap is the bytes ever allocated: it sees what a collection has already freed.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// A header that claims far more than its file has must not be believed first.
func TestClaimsAllocateNothing(t *testing.T) {
	for _, shape := range []string{"(2305843009213693951,)", "(1000000, 1000000)"} {
		data := frame(1, "{'descr': '<f4', 'fortran_order': False, 'shape': "+shape+", }\n")
		before := heap()
		_, err := newNPY("x.npy", memory(append(data, 1, 2, 3, 4)))
		require.Error(t, err)
		require.Less(t, heap()-before, uint64(1<<16))
	}
	long := append([]byte("\x93NUMPY\x02\x00\x00\x00\x10\x00"), "{"...) // says 1 MiB of header
	before := heap()
	_, err := newNPY("x.npy", memory(long))
	oneLine(t, err, "x.npy: ", "truncated: the header says")
	require.Less(t, heap()-before, uint64(1<<16))
}
