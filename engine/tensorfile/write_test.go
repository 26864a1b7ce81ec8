package tensorfile

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What CreateNPY appends in pieces reads back bit for bit, and is what WriteNPY writes.
func TestNPYRoundTrip(t *testing.T) {
	dir := t.TempDir()
	name, other := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	rapid.Check(t, func(r *rapid.T) {
		tail := rapid.SliceOfN(rapid.IntRange(1, 4), 0, 3).Draw(r, "tail")
		rows := rapid.IntRange(0, 9).Draw(r, "rows")
		size, last := 1, 1
		for _, n := range tail {
			size *= n
			last = n
		}
		data := rapid.SliceOfN(rapid.Float32(), rows*size, rows*size).Draw(r, "numbers")
		w, err := CreateNPY(name, Float32, tail...)
		require.NoError(r, err)
		for rest := data; len(rest) > 0; {
			n := rapid.IntRange(0, len(rest)/last).Draw(r, "piece") * last
			require.NoError(r, w.WriteRows(rest[:n]))
			rest = rest[n:]
		}
		require.NoError(r, w.Close())
		x, err := OpenNPY(name)
		require.NoError(r, err)
		defer x.Close()
		require.Equal(r, append([]int{rows}, tail...), x.Shape())
		got, err := x.ReadAll()
		require.NoError(r, err)
		for i, v := range data {
			require.Equal(r, math.Float32bits(v), math.Float32bits(got[i]))
		}
		require.NoError(r, WriteNPY(other, x.Shape(), data))
		a, err := os.ReadFile(name)
		require.NoError(r, err)
		b, err := os.ReadFile(other)
		require.NoError(r, err)
		require.Equal(r, a, b)
		require.Empty(r, leftovers(t, dir))
	})
}

func TestNPYWritesItsTypes(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.npy")
	for _, d := range []DType{Float32, Float64, Int32} {
		w, err := CreateNPY(name, d, 2)
		require.NoError(t, err)
		require.NoError(t, w.WriteRows([]float32{1, -2}))
		require.NoError(t, w.WriteRows64([]float64{3, 4}))
		require.NoError(t, w.WriteInts([]int32{5, 6}))
		require.NoError(t, w.Close())
		require.NoError(t, w.Close())
		require.NoError(t, w.Abort())
		oneLine(t, w.WriteInts(nil), name, "is closed")
		r, err := OpenNPY(name)
		require.NoError(t, err)
		require.Equal(t, d, r.DType())
		got, err := r.ReadAll()
		require.NoError(t, err)
		require.Equal(t, []float32{1, -2, 3, 4, 5, 6}, got)
		require.NoError(t, r.Close())
	}
	require.NoError(t, WriteNPY(name, nil, []float64{math.Pi}))
	r, err := OpenNPY(name)
	require.NoError(t, err)
	defer r.Close()
	got := make([]float64, 1)
	require.NoError(t, r.ReadRows64(got, 0, 1))
	require.Equal(t, math.Pi, got[0])
}

// The header is 64-aligned, of version 1.0, with the room of 21 digits that numpy leaves
// (numpy/lib/format.py, GROWTH_AXIS_MAX_DIGITS): 128 bytes for this shape, as in the
// authors' files.
func TestHeaderIsNumpys(t *testing.T) {
	b := header{layout: layout{Float32, false}, shape: []int{2, 500, 512}}.format()
	require.Len(t, b, 128)
	require.Equal(t, "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 500, 512), } ", string(b[:77]))
	require.Equal(t, byte('\n'), b[127])
	for n := 1; n > 0; n *= 10 {
		require.Len(t, header{layout: layout{Float32, false}, shape: []int{n, 512}}.format(), 128)
	}
}

func TestWritersRefuse(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.npy")
	_, err := CreateNPY(name, Float16, 2)
	oneLine(t, err, name, "cannot write float16")
	_, err = CreateNPY(name, Float32, 0)
	oneLine(t, err, name, "sizes are positive")
	_, err = CreateNPY(name, Float32, math.MaxInt, math.MaxInt)
	oneLine(t, err, name, "sizes are positive")
	_, err = CreateNPY(dir, Float32)
	oneLine(t, err, dir, "is a directory")
	_, err = CreateNPY(filepath.Join(dir, "none", "x.npy"), Float32)
	oneLine(t, err, dir, "does not exist; make it first")
	require.ErrorIs(t, err, os.ErrNotExist)
	oneLine(t, WriteNPY(name, []int{2, 2}, []float32{1}), name, "shape 2x2 does not hold 1 numbers")
	oneLine(t, WriteNPY(name, []int{-2}, []float32{1}), name, "sizes are not negative")
	_, err = CreateCSV(name, "a", "7")
	oneLine(t, err, name, `column 2 cannot be named "7"`)

	w, err := CreateNPY(name, Float32, 2, 3)
	require.NoError(t, err)
	require.NoError(t, w.WriteRows(make([]float32, 3)))
	oneLine(t, w.Close(), name, "3 numbers are not a whole number of 2x3")
	w, err = CreateNPY(name, Float32, 3)
	require.NoError(t, err)
	oneLine(t, w.WriteRows(make([]float32, 4)), name, "4 numbers are not whole rows of 3")
	oneLine(t, w.Close(), name, "4 numbers")
	for _, v := range []float64{0.5, math.NaN(), 1 << 31, math.Inf(-1)} {
		w, err = CreateNPY(name, Int32)
		require.NoError(t, err)
		oneLine(t, w.WriteRows64([]float64{v}), name, "is not an int32")
		require.NoError(t, w.Abort())
	}
	c, err := CreateCSV(name, "a", "b")
	require.NoError(t, err)
	oneLine(t, c.WriteRow64([]float64{1}), name, "a row of 1 numbers, want 2")
	oneLine(t, c.Close(), name, "a row of 1")
	oneLine(t, WriteFileAtomic("", nil), `""`, "needs a name")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAbortAndFailureLeaveTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.npy")
	require.NoError(t, WriteFileAtomic(name, []byte("old")))
	still := func() {
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "old", string(got))
		require.Empty(t, leftovers(t, dir))
	}
	w, err := CreateNPY(name, Float32, 2)
	require.NoError(t, err)
	require.NoError(t, w.WriteRows([]float32{1, 2}))
	require.Len(t, leftovers(t, dir), 1)
	require.NoError(t, w.Abort())
	require.ErrorIs(t, w.Close(), errAborted)
	still()

	// The disk takes no more: the file behind the writer is closed under it.
	w, err = CreateNPY(name, Float32, 2)
	require.NoError(t, err)
	require.NoError(t, w.p.f.Close())
	err = w.WriteRows(make([]float32, 1<<16))
	oneLine(t, err, name, "write: ")
	still()
	require.Equal(t, err, w.WriteRows([]float32{1, 2}))
	require.Equal(t, err, w.Close())
	still()
}

// A device that is always full: the error of the system, with the file named.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	err := WriteFileAtomic("/dev/full", []byte("text"))
	oneLine(t, err, "/dev/full", "no space left")
	info, err := os.Stat("/dev/full")
	require.NoError(t, err)
	require.False(t, info.Mode().IsRegular(), "the device was replaced by a file")
	require.NoError(t, WriteFileAtomic(os.DevNull, []byte("text")))
}

func TestAtomicKeepsLinkAndPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links and permissions")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("file", link))
	require.NoError(t, WriteFileAtomic(link, []byte("one"))) // a link to nothing yet
	require.NoError(t, os.Chmod(file, 0o640))
	require.NoError(t, WriteFileAtomic(link, []byte("two")))
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "two", string(got))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	info, err = os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
}
