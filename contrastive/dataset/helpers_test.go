package dataset

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/nn/preprocess"
)

// open opens a set of testdata or fails.
func open(t testing.TB, spec string, o Options) Set {
	t.Helper()
	s, err := Open(spec, o)
	require.NoError(t, err)
	return s
}

// all walks a set, twice: the second walk has to give the same.
func all(t testing.TB, s Set) []Example {
	t.Helper()
	first, err := walkAll(s)
	require.NoError(t, err)
	second, err := walkAll(s)
	require.NoError(t, err)
	require.Equal(t, len(first), len(second))
	for i := range first {
		require.Equal(t, first[i].Name, second[i].Name)
		require.Equal(t, first[i].Label, second[i].Label)
	}
	if n := s.Len(); n >= 0 {
		require.Len(t, first, n)
	}
	seen := map[string]bool{}
	for _, e := range first {
		require.False(t, seen[e.Name], "the name %s is not unique", e.Name)
		seen[e.Name] = true
	}
	return first
}

func walkAll(s Set) ([]Example, error) {
	var list []Example
	for e, err := range s.Examples() {
		if err != nil {
			return list, err
		}
		list = append(list, e)
	}
	return list, nil
}

func names(list []Example) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Name
	}
	return out
}

func labels(list []Example) []int {
	out := make([]int, len(list))
	for i, e := range list {
		out[i] = e.Label
	}
	return out
}

// requirePixels compares with the formula of testdata/make.py.
func requirePixels(t testing.TB, e Example, n, height, width int, grey bool) {
	t.Helper()
	m, err := e.Image()
	require.NoError(t, err)
	require.Equal(t, []int{height, width}, []int{m.Height, m.Width})
	for y := range height {
		for x := range width {
			for c := range 3 {
				k := c
				if grey {
					k = 0
				}
				if want, got := uint8(7*n+3*y+5*x+11*k), m.At(x, y)[c]; want != got {
					require.Equal(t, want, got, "%s at %d %d %d", e.Name, y, x, c)
				}
			}
		}
	}
}

// requireColour compares a picture of one colour with the formula of testdata/make.py; JPEG is
// off by at most 4 grey levels.
func requireColour(t testing.TB, e Example, n int) {
	t.Helper()
	m, err := e.Image()
	require.NoError(t, err)
	want := []uint8{uint8(40 * n), uint8(255 - 30*n), uint8(20 * n)}
	for c, v := range m.At(m.Width/2, m.Height/2) {
		require.InDelta(t, want[c], v, 4, "%s channel %d", e.Name, c)
	}
}

// oneLine asserts the form of an error: one line, an Error with file, and the words.
func oneLine(t testing.TB, err error, words ...string) {
	t.Helper()
	require.Error(t, err)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok, "%T: %s", err, err)
	require.NotEmpty(t, e.File)
	require.NotContains(t, err.Error(), "\n")
	require.True(t, strings.HasPrefix(err.Error(), "dataset: "), "%s", err)
	require.Less(t, len(err.Error()), 1500)
	for _, w := range words {
		require.Contains(t, err.Error(), w)
	}
}

// bad opens and walks a set that has a fault, and gives the error.
func bad(t testing.TB, spec string, o Options) error {
	t.Helper()
	s, err := Open(spec, o)
	if err == nil {
		_, err = walkAll(s)
	}
	require.Error(t, err)
	return err
}

// copied copies a folder of testdata, to be spoilt.
func copied(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(name))
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))))
	return dir
}

func write(t testing.TB, data string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(data), 0o644))
	return file
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return data
}

func gunzip(t testing.TB, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	return plain
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// unpack writes the files of an archive of testdata to a folder.
func unpack(t testing.TB, name string) string {
	t.Helper()
	dir := t.TempDir()
	r := tar.NewReader(bytes.NewReader(gunzip(t, read(t, "testdata", name))))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		require.NoError(t, err)
		if h.Typeflag == tar.TypeReg {
			data, err := io.ReadAll(r)
			require.NoError(t, err)
			write(t, string(data), dir, h.Name)
		}
	}
}

type file struct{ name, data string }

func tarOf(t testing.TB, members ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data))}))
		_, err := w.Write([]byte(m.data))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// allocated is the memory that f allocates in all, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// tiny is a set in memory, with classes and no task of its own.
type tiny []Example

func (s tiny) Len() int          { return len(s) }
func (s tiny) Classes() []string { return []string{"owl", "crow"} }
func (s tiny) Groups() []string  { return nil }
func (s tiny) Examples() iter.Seq2[Example, error] {
	return func(yield func(Example, error) bool) {
		for _, e := range s {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func tinySet(n int) tiny {
	s := make(tiny, n)
	for i := range s {
		s[i] = Example{Name: string(rune('a'+i%26)) + strings.Repeat("'", i/26), Captions: []string{"one", "two"}, Label: i % 2, Group: -1,
			Image: func() (*preprocess.Image, error) { return preprocess.NewImage(1, 1), nil }}
	}
	return s
}
