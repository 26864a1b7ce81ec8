package tensorfile

import (
	"archive/zip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOpenPicksByContentThenName(t *testing.T) {
	npy := npyFile(1, "<f4", false, []int{2, 3}, upTo(6))
	npz := zipFile(t, entry{"a.npy", zip.Store, npy})
	for _, c := range []struct {
		file  string
		data  []byte
		array string
	}{
		{"x.npy", npy, "x"}, {"x.npz", npz, "a"}, {"x.csv", []byte("0,1,2\n3,4,5\n"), "x"},
		{"x.tsv", []byte("0\t1\t2\n3\t4\t5\n"), "x"}, {"x.bin", npy, "x"}, {"x.csv", npz, "a"}, {"x", npy, "x"},
	} {
		f, err := Open(temp(t, c.file, c.data))
		require.NoError(t, err)
		require.Equal(t, []string{c.array}, f.Names())
		for _, n := range []string{"", c.array} {
			r, err := f.Array(n)
			require.NoError(t, err)
			got, err := r.ReadAll()
			require.NoError(t, err)
			require.Equal(t, []float32{0, 1, 2, 3, 4, 5}, got)
		}
		_, err = f.Array("other")
		oneLine(t, err, "", `has no array "other"; it has `+c.array)
		require.NoError(t, f.Close())
		require.NoError(t, f.Close())
	}
	for file, words := range map[string]string{"x.dat": "unknown kind of file", "x.npy": "not with the magic", "x.npz": "not a whole zip", "x.csv": "is not a number"} {
		_, err := Open(temp(t, file, []byte("1,hello\n")))
		oneLine(t, err, "", words)
	}
	_, err := Open(temp(t, "x.dat", nil))
	oneLine(t, err, "", "is empty")
}

// Standard input, as a file and as a pipe, and a pipe by name.
func TestStandardInput(t *testing.T) {
	npy := npyFile(1, "<f4", true, []int{2, 3}, upTo(6))
	read := func(name string, data []byte) {
		t.Helper()
		r, err := OpenArray(name)
		require.NoError(t, err)
		got, err := r.ReadAll()
		require.NoError(t, err)
		require.Equal(t, []float32{0, 1, 2, 3, 4, 5}, got)
		require.NoError(t, r.Close())
	}
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	for _, data := range [][]byte{npy, []byte("0,1,2\n3,4,5\n"), zipFile(t, entry{"a.npy", zip.Deflate, npy})} {
		f, err := os.Open(temp(t, "x", data))
		require.NoError(t, err)
		os.Stdin = f
		read("-", data)
		require.NoError(t, f.Close()) // it is not ours to close

		in, out, err := os.Pipe()
		require.NoError(t, err)
		os.Stdin = in
		go func() {
			out.Write(data)
			out.Close()
		}()
		read("-", data)
		require.NoError(t, in.Close())
	}
	in, out, err := os.Pipe()
	require.NoError(t, err)
	out.Close()
	os.Stdin = in
	_, err = Open("-")
	oneLine(t, err, "-: ", "is empty")
	in.Close()
	if runtime.GOOS == "linux" {
		in, out, err = os.Pipe()
		require.NoError(t, err)
		go func() {
			out.Write(npy)
			out.Close()
		}()
		read(filepath.Join("/dev/fd", strconv.Itoa(int(in.Fd()))), npy)
		in.Close()
	}
}

// A file that is cut short while it is mapped is an error, not a crash.
func TestCutWhileOpen(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be cut there")
	}
	name := temp(t, "x.npy", npyFile(1, "<f4", false, []int{1 << 16}, upTo(1<<16)))
	r, err := OpenNPY(name)
	require.NoError(t, err)
	defer r.Close()
	require.NoError(t, os.Truncate(name, 100))
	_, err = r.ReadAll()
	oneLine(t, err, name, "truncated while it was being read")

	text := temp(t, "x.csv", []byte("1,2\n3,4\n"))
	c, err := OpenCSV(text)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, os.Truncate(text, 4))
	_, err = c.ReadAll()
	oneLine(t, err, text, "truncated while it was being read")
}

func TestReadAfterClose(t *testing.T) {
	r, err := OpenNPY(temp(t, "x.npy", npyFile(1, "<f4", false, []int{6}, upTo(6))))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	require.ErrorIs(t, r.ReadRows(make([]float32, 6), 0, 6), os.ErrClosed)
}
