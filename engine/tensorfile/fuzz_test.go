package tensorfile

import (
	"archive/zip"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzLimit keeps what a fuzzer may make the reader hold: deflate makes 1032 bytes of one.
const fuzzLimit = 16 << 20

// consume reads an array in three ways that have to agree.
func consume(t *testing.T, r *Reader) {
	rows, cols := r.Rows(), r.Cols()
	if rows > 0 && cols > fuzzLimit/8/rows {
		return
	}
	all := make([]float64, rows*cols)
	if err := r.ReadRows64(all, 0, rows); err != nil {
		oneLine(t, err, "", "") // the file's name may be quoted
		return
	}
	narrow, err := r.ReadAll()
	require.NoError(t, err)
	require.Len(t, narrow, len(all))
	step := max(1, rows/7)
	for lo := 0; lo < rows && cols > 0; lo += step {
		hi := min(rows, lo+step)
		got := make([]float64, (hi-lo)*cols)
		require.NoError(t, r.ReadRows64(got, lo, hi))
		for i, v := range got {
			require.Equal(t, math.Float64bits(all[lo*cols+i]), math.Float64bits(v))
		}
	}
	for i, v := range all {
		if w := float64(narrow[i]); w != float64(float32(v)) && v == v && math.Abs(w-v) > math.Abs(v)*0x1p-23 {
			t.Fatalf("element %d: %g as float64, %g as float32", i, v, w)
		}
	}
}

func npySeeds() [][]byte {
	seeds := [][]byte{nil, []byte("\x93NUMPY"), append(frame(1, strings.Replace(good, "<f4", "|O", 1)), 1, 2)}
	for v, descr := range []string{"<f2", "<f4", "<f8", ">f4", "<i4", "<i8", "|u1", "|b1", "<u4", ">i2"} {
		for _, shape := range [][]int{{}, {3}, {0, 2}, {2, 3}, {2, 2, 3}} {
			n := 1
			for _, d := range shape {
				n *= d
			}
			seeds = append(seeds, npyFile(byte(1+v%3), descr, v%2 == 0, shape, upTo(n)))
		}
	}
	return seeds
}

func FuzzNPY(f *testing.F) {
	for _, s := range npySeeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := newNPY("x.npy", memory(data))
		if err != nil {
			oneLine(t, err, "x.npy: ", "")
			return
		}
		require.LessOrEqual(t, int64(r.Rows())*int64(r.Cols())*int64(r.DType().Size()), int64(len(data)))
		consume(t, r)
	})
}

// Whatever header is accepted means the same when it is written again.
func FuzzHeader(f *testing.F) {
	f.Add(good)
	for _, s := range []string{"(2, 3)", "()", "(1,)", "(2L,)", "(0, 0)", "(-1,)", "(99999999999999999999,)", "(4294967296, 4294967296)"} {
		f.Add(strings.Replace(good, "(2, 3)", s, 1))
	}
	f.Add(`{"shape":(2,3,),"descr":">f8","fortran_order":True,}`)
	f.Add("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHeader(text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.LessOrEqual(t, len(h.shape), maxAxes)
		n, err := numbers(h.shape, h.layout.DType)
		if err != nil {
			return
		}
		require.LessOrEqual(t, n, int64(math.MaxInt)/int64(h.layout.Size()))
		b := h.format()
		require.Zero(t, len(b)%64)
		again, err := parseHeader(string(b[10:]))
		require.NoError(t, err)
		require.Equal(t, h, again)
	})
}

func FuzzNPZ(f *testing.F) {
	for i, s := range npySeeds() {
		f.Add(zipFile(f, entry{"a.npy", []uint16{zip.Store, zip.Deflate}[i%2], s}))
	}
	f.Add(zipFile(f))
	f.Add(zipFile(f, entry{"a.npy", zip.Deflate, npyFile(1, "<f4", false, []int{5000}, make([]float64, 5000))}, entry{"b", zip.Store, []byte("x")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		z, err := newNPZ("x.npz", memory(data))
		if err != nil {
			oneLine(t, err, "x.npz: ", "")
			return
		}
		for _, n := range z.Names() {
			r, err := z.Array(n)
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				continue
			}
			consume(t, r)
		}
		require.NoError(t, z.Close())
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "1,2\n3,4\n", "a;b\n1;2\n", "1\t2\r\n", "# c\n1 2\n3 nan\n", "\"a,b\",c\n1,-inf\n", "1,\n", "mean cosine\n1\n", "\xef\xbb\xbf1\n\n\n", "1\n\n2\n", "0x1p-2,1_0\n", "\"1\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := newCSV("x.csv", memory(data))
		if err != nil {
			oneLine(t, err, "x.csv: ", "")
			return
		}
		require.LessOrEqual(t, r.Rows()*r.Cols(), len(data))
		require.True(t, r.Columns() == nil || len(r.Columns()) == r.Cols())
		consume(t, r)
	})
}

func FuzzSafetensors(f *testing.F) {
	f.Add(safeFile("{}"))
	f.Add(safeFile(`{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}}`, make([]byte, 10)...))
	f.Add(safeFile(`{"a":{"dtype":"I64","shape":[0,2],"data_offsets":[0,0]},"\u00e9":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]}}   `, 1, 2, 3))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := newSafetensors("x", memory(data))
		if err != nil {
			oneLine(t, err, "x: ", "")
			return
		}
		total := int64(0)
		for _, name := range s.Names() {
			r, err := s.Array(name)
			require.NoError(t, err)
			total += int64(r.Rows()) * int64(r.Cols()) * int64(r.DType().Size())
			consume(t, r)
		}
		require.Equal(t, int64(len(data))-s.base, total, "every byte belongs to one tensor")
	})
}

// What FuzzTorch may make: little, so that it is fast.
const fuzzValues = 1 << 20

func FuzzTorch(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pt")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) { fuzzTorch(t, data) })
}

// The pickle alone, in an archive with a storage and in the old form: a fuzzer that changes
// an archive breaks its checksums first.
func FuzzTorchPickle(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pt")
	require.NoError(f, err)
	for _, name := range files {
		z, err := zip.OpenReader(name)
		if err != nil {
			continue // the old form
		}
		for _, e := range z.File {
			if strings.HasSuffix(e.Name, ".pkl") {
				r, err := e.Open()
				require.NoError(f, err)
				data, err := io.ReadAll(r)
				require.NoError(f, err)
				f.Add(data)
			}
		}
		z.Close()
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries := []entry{{"a/data.pkl", zip.Store, data}}
		for i := range 12 {
			entries = append(entries, entry{"a/data/" + strconv.Itoa(i), zip.Store, make([]byte, 192)})
		}
		fuzzTorch(t, zipFile(t, entries...))
		fuzzTorch(t, legacyOf(data))
	})
}

// legacyOf is the old form of a pickle, without storages.
func legacyOf(data []byte) []byte {
	whole := legacyFile("N")
	object, keys := []byte("\x80\x02N."), []byte("\x80\x02](e.")
	head := whole[:len(whole)-len(object)-len(keys)]
	return slices.Concat(head, data, keys)
}

func fuzzTorch(t *testing.T, data []byte) {
	x, err := newTorch("x", memory(data), fuzzValues)
	if err != nil {
		oneLine(t, err, "", "")
		return
	}
	require.NotContains(t, x.Names(), "")
	for _, name := range x.Names() {
		r, err := x.Array(name)
		if err != nil {
			oneLine(t, err, "", "")
			continue
		}
		if n := r.Rows(); r.Cols() == 0 || n*r.Cols() < 1<<16 { // an expanded tensor may have many
			consume(t, r)
		}
	}
	require.NoError(t, x.Close())
}
