package tensorfile

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Any shape, dtype, order and version reads back by blocks, sections and both widths.
func TestReadsWhatNumpyWrites(t *testing.T) {
	dir := t.TempDir()
	descrs := []string{"<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|i1", "|u1", "<i2", ">i2", "<u2", ">u2",
		"<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8", "|b1"}
	rapid.Check(t, func(r *rapid.T) {
		shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(r, "shape")
		descr := rapid.SampledFrom(descrs).Draw(r, "descr")
		fortran := rapid.Bool().Draw(r, "fortran")
		count := 1
		for _, n := range shape {
			count *= n
		}
		lo, hi := -100.0, 100.0
		switch descr[1] {
		case 'u':
			lo = 0
		case 'b':
			lo, hi = 0, 1
		}
		values := make([]float64, count)
		for i := range values {
			values[i] = math.Trunc(rapid.Float64Range(lo, hi).Draw(r, "value"))
		}
		data := npyFile(byte(rapid.IntRange(1, 3).Draw(r, "version")), descr, fortran, shape, values)
		path := filepath.Join(dir, "x.npy")
		require.NoError(r, os.WriteFile(path, data, 0o644))
		mapped, err := OpenNPY(path)
		require.NoError(r, err)
		defer mapped.Close()
		plain, err := newNPY("x.npy", memory(data))
		require.NoError(r, err)
		for _, x := range []*Reader{mapped, plain} {
			require.Equal(r, shape, x.Shape())
			require.Equal(r, count, x.Rows()*x.Cols())
			a, b := 0, x.Rows()
			if b > 0 {
				a = rapid.IntRange(0, b).Draw(r, "lo")
				b = rapid.IntRange(a, b).Draw(r, "hi")
			}
			got := make([]float64, (b-a)*x.Cols())
			require.NoError(r, x.ReadRows64(got, a, b))
			require.Equal(r, values[a*x.Cols():b*x.Cols()], got)
			all, err := x.ReadAll()
			require.NoError(r, err)
			require.Len(r, all, count)
			for i, v := range values {
				require.Equal(r, float32(v), all[i])
			}
			if len(shape) > 0 && shape[0] > 0 {
				i := rapid.IntRange(0, shape[0]-1).Draw(r, "section")
				s, err := x.Section(i)
				require.NoError(r, err)
				got, err := s.ReadAll()
				require.NoError(r, err)
				n := count / shape[0]
				require.Equal(r, all[i*n:(i+1)*n], got)
			}
		}
	})
}

// Rows of a Fortran array that are longer than one chunk, with and without a stride.
func TestLargeFortran(t *testing.T) {
	for _, shape := range [][]int{{40000, 3}, {3, 40000, 2}, {2, 3, 20000, 2}, {40000, 2, 2}, {2, 3, 40000}} {
		t.Run(times(shape), func(t *testing.T) {
			count := 1
			for _, n := range shape {
				count *= n
			}
			values := upTo(count)
			r, err := newNPY("x.npy", memory(npyFile(1, "<f8", true, shape, values)))
			require.NoError(t, err)
			got := make([]float64, count)
			require.NoError(t, r.ReadRows64(got, 0, r.Rows()))
			require.Equal(t, values, got)
		})
	}
}

func TestSpecialNumbersSurvive(t *testing.T) {
	values := []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 1e300, 5e-324}
	r, err := newNPY("x.npy", memory(npyFile(1, "<f8", false, []int{6}, values)))
	require.NoError(t, err)
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, "[+Inf -Inf NaN -0 +Inf 0]", fmt.Sprint(got))
}

// A section of a section: parts of rows of the whole array.
func TestFortranPartsOfRows(t *testing.T) {
	r, err := newNPY("x.npy", memory(npyFile(1, "<i2", true, []int{3, 4, 5}, upTo(60))))
	require.NoError(t, err)
	s, err := r.Section(2)
	require.NoError(t, err)
	row, err := s.Section(3) // 5 rows of one number
	require.NoError(t, err)
	got := make([]float32, 3)
	require.NoError(t, row.ReadRows(got, 1, 4))
	require.Equal(t, []float32{56, 57, 58}, got)
}

// Reading 64 MiB by blocks of 256 rows, in bytes of the file per second.
func BenchmarkReadRows(b *testing.B) {
	const rows, cols = 1 << 15, 512
	name := filepath.Join(b.TempDir(), "x.npy")
	require.NoError(b, WriteNPY(name, []int{rows, cols}, make([]float32, rows*cols)))
	for _, mapped := range []bool{true, false} {
		b.Run(fmt.Sprintf("mapped=%v", mapped), func(b *testing.B) {
			f, err := openBlob(name)
			require.NoError(b, err)
			if !mapped {
				require.NoError(b, unmapFile(f.m))
				f.m = nil
			}
			r, err := newNPY(name, f)
			require.NoError(b, err)
			defer r.Close()
			dst := make([]float32, 256*cols)
			b.SetBytes(rows * cols * 4)
			for b.Loop() {
				for lo := 0; lo < rows; lo += 256 {
					require.NoError(b, r.ReadRows(dst, lo, lo+256))
				}
			}
		})
	}
}
