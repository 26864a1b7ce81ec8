package tensorfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// npyFile builds an npy file without the code under test: values are in C order and
// fit the dtype, which is a descr such as "<f4".
func npyFile(version byte, descr string, fortran bool, shape []int, values []float64) []byte {
	dims := ""
	for _, n := range shape {
		dims += fmt.Sprintf("%d, ", n)
	}
	if len(shape) > 1 {
		dims = strings.TrimSuffix(dims, ", ")
	}
	order := "False"
	if fortran {
		order = "True"
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n", descr, order, dims)
	b := frame(version, text)
	flat := values
	if fortran {
		flat = make([]float64, len(values))
		for i, v := range values {
			at, step, rest := 0, 1, i
			index := make([]int, len(shape))
			for a := len(shape) - 1; a >= 0; a-- {
				index[a] = rest % shape[a]
				rest /= shape[a]
			}
			for a, n := range shape {
				at += index[a] * step
				step *= n
			}
			flat[at] = v
		}
	}
	return append(b, rawBytes(descr, flat)...)
}

func frame(version byte, text string) []byte {
	b := append([]byte("\x93NUMPY"), version, 0)
	if version == 1 {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	}
	return append(b, text...)
}

func rawBytes(descr string, values []float64) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if descr[0] == '>' {
		order = binary.BigEndian
	}
	var b []byte
	for _, v := range values {
		switch descr[1:] {
		case "f2":
			b = order.AppendUint16(b, toHalf(v))
		case "f4":
			b = order.AppendUint32(b, math.Float32bits(float32(v)))
		case "f8":
			b = order.AppendUint64(b, math.Float64bits(v))
		case "i1":
			b = append(b, byte(int8(v)))
		case "u1", "b1":
			b = append(b, byte(v))
		case "i2":
			b = order.AppendUint16(b, uint16(int16(v)))
		case "u2":
			b = order.AppendUint16(b, uint16(v))
		case "i4":
			b = order.AppendUint32(b, uint32(int32(v)))
		case "u4":
			b = order.AppendUint32(b, uint32(v))
		case "i8":
			b = order.AppendUint64(b, uint64(int64(v)))
		case "u8":
			b = order.AppendUint64(b, uint64(v))
		}
	}
	return b
}

// toHalf packs small whole numbers (at most 2048 in size: exact in binary16).
func toHalf(v float64) uint16 {
	if v == 0 {
		return 0
	}
	sign := uint16(0)
	if v < 0 {
		sign, v = 0x8000, -v
	}
	f, e := math.Frexp(v) // v = f 2^e, 1/2 <= f < 1
	return sign | uint16(e+14)<<10 | uint16(f*2048)&1023
}

// memory is the bytes of a file that was never on disk.
func memory(b []byte) at { return at{bytes.NewReader(b), int64(len(b))} }

func temp(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o644))
	return path
}

type entry struct {
	name   string
	method uint16
	data   []byte
}

func zipFile(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
		require.NoError(t, err)
		_, err = f.Write(e.data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// oneLine asserts the form of an error: one line, the package, the file, the words.
func oneLine(t testing.TB, err error, file, words string) {
	t.Helper()
	require.Error(t, err)
	require.NotContains(t, err.Error(), "\n")
	require.True(t, strings.HasPrefix(err.Error(), "tensorfile: "+file), "%s", err)
	require.Contains(t, err.Error(), words)
	require.Less(t, len(err.Error()), 600)
}

func upTo(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i)
	}
	return v
}

func leftovers(t testing.TB, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".mindgap-*"))
	require.NoError(t, err)
	return found
}
