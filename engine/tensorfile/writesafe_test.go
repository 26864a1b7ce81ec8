package tensorfile

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The bytes of a small file, as the rules of the format's own library give them: types by
// falling rank (I64, F64, F32, I32, BF16, F16), then names; compact JSON; spaces up to a
// multiple of 8.
func TestSafetensorsBytes(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, specs ...TensorSpec) string {
		path := filepath.Join(dir, name)
		w, err := CreateSafetensors(path, map[string]string{"format": "pt", "a": "<\"é>"}, specs...)
		require.NoError(t, err)
		for _, s := range specs {
			require.NoError(t, w.Write(s.Name, []float32{1, -2}[:min(2, 1+len(s.Shape))]))
		}
		require.NoError(t, w.Close())
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(b)
	}
	specs := []TensorSpec{{"h", Float16, []int{2}}, {"b", Float32, []int{2, 1}}, {"a", Float32, nil}, {"i", Int64, []int{1, 2}}, {"bf", BFloat16, []int{2}}}
	got := write("x", specs...)
	header := `{"__metadata__":{"a":"<\"é>","format":"pt"},"i":{"dtype":"I64","shape":[1,2],"data_offsets":[0,16]},` +
		`"a":{"dtype":"F32","shape":[],"data_offsets":[16,20]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[20,28]},` +
		`"bf":{"dtype":"BF16","shape":[2],"data_offsets":[28,32]},"h":{"dtype":"F16","shape":[2],"data_offsets":[32,36]}}`
	for len(header)%8 != 0 {
		header += " "
	}
	require.Equal(t, string(safeFile(header))+"\x01\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xff"+ // 1, -2 as int64
		"\x00\x00\x80\x3f"+"\x00\x00\x80\x3f\x00\x00\x00\xc0"+"\x80\x3f\x00\xc0"+"\x00\x3c\x00\xc0", got)
	slices.Reverse(specs)
	require.Equal(t, got, write("y", specs...), "the order of the arguments does not matter")
}

// Whatever is written in pieces, in any order, reads back bit for bit.
func TestSafetensorsRoundTrip(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.safetensors")
	rapid.Check(t, func(r *rapid.T) {
		var specs []TensorSpec
		data := map[string][]float64{}
		for i := range rapid.IntRange(0, 5).Draw(r, "tensors") {
			s := TensorSpec{"t" + strconv.Itoa(i), rapid.SampledFrom(safeOrder).Draw(r, "type"), rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(r, "shape")}
			n := 1
			for _, d := range s.Shape {
				n *= d
			}
			for range n {
				data[s.Name] = append(data[s.Name], float64(rapid.IntRange(-128, 127).Draw(r, "number"))) // exact in every type
			}
			specs = append(specs, s)
		}
		meta := rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(r, "metadata")
		w, err := CreateSafetensors(name, meta, specs...)
		require.NoError(r, err)
		for _, s := range rapid.Permutation(specs).Draw(r, "order") {
			cut := rapid.IntRange(0, len(data[s.Name])).Draw(r, "cut")
			require.NoError(r, w.Write64(s.Name, data[s.Name][:cut]))
			rest := []int64{}
			for _, v := range data[s.Name][cut:] {
				rest = append(rest, int64(v))
			}
			require.NoError(r, w.WriteInts(s.Name, rest))
		}
		require.NoError(r, w.Close())
		f, err := OpenSafetensors(name)
		require.NoError(r, err)
		defer f.Close()
		require.Len(r, f.Names(), len(specs))
		require.Equal(r, len(meta), len(f.Metadata()))
		for k, v := range meta {
			require.Equal(r, v, f.Metadata()[k])
		}
		for _, s := range specs {
			x, err := f.Array(s.Name)
			require.NoError(r, err)
			require.Equal(r, s.DType, x.DType())
			require.Equal(r, append([]int{}, s.Shape...), x.Shape())
			got := make([]float64, len(data[s.Name]))
			require.NoError(r, x.ReadRows64(got, 0, x.Rows()))
			require.Equal(r, append([]float64{}, data[s.Name]...), got)
			require.Zero(r, x.el.(*array).base%8)
			require.Zero(r, x.el.(*array).src.(part).base%int64(s.DType.Size()), "aligned")
		}
		require.Empty(r, leftovers(t, dir))
	})
}

func TestSafetensorsInt64IsExact(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.safetensors")
	w, err := CreateSafetensors(name, nil, TensorSpec{"i", Int64, []int{3}}, TensorSpec{"j", Int32, []int{1}})
	require.NoError(t, err)
	require.NoError(t, w.WriteInts("i", []int64{math.MaxInt64, math.MinInt64, 1<<53 + 1}))
	require.NoError(t, w.WriteInts("j", []int64{math.MinInt32}))
	require.NoError(t, w.Close())
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x80", string(b[len(b)-28:]))
}

func TestSafetensorsWriterRefuses(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.safetensors")
	ok := TensorSpec{"a", Float32, []int{2}}
	for says, specs := range map[string][]TensorSpec{
		"cannot write bool":        {{"a", Bool, nil}},
		"cannot write float8_e4m3": {{"a", Float8E4M3, nil}},
		`named "__metadata__"`:     {{"__metadata__", Float32, nil}},
		`named "\xff"`:             {{"\xff", Float32, nil}},
		`two tensors are named`:    {ok, ok},
		"sizes are not negative":   {{"a", Float32, []int{-1}}},
		"axes at most 64":          {{"a", Float32, make([]int, 65)}},
		"more than a file":         {{"a", Float32, []int{math.MaxInt / 8}}, {"b", Float32, []int{math.MaxInt / 8}}, {"c", Float32, []int{math.MaxInt / 8}}},
	} {
		_, err := CreateSafetensors(name, nil, specs...)
		oneLine(t, err, name, says)
	}
	_, err := CreateSafetensors(name, map[string]string{"a": "\xff"}, ok)
	oneLine(t, err, name, "is not UTF-8")
	specs := []TensorSpec{ok, {"i", Int64, []int{1}}, {"j", Int32, []int{1}}}
	for says, do := range map[string]func(w *SafetensorsWriter) error{
		`has no tensor "b"; it has a, i, j`:         func(w *SafetensorsWriter) error { return w.Write("b", nil) },
		`tensor "a": 3 numbers, 2 are left`:         func(w *SafetensorsWriter) error { return w.Write("a", make([]float32, 3)) },
		`tensor "a" lacks 1 numbers`:                func(w *SafetensorsWriter) error { return w.Write("a", make([]float32, 1)) },
		`tensor "i": 1.5 is not an int64`:           func(w *SafetensorsWriter) error { return w.Write("i", []float32{1.5}) },
		`tensor "i": NaN is not an int64`:           func(w *SafetensorsWriter) error { return w.Write64("i", []float64{math.NaN()}) },
		`tensor "i": 9.223372036854776e+18 is not`:  func(w *SafetensorsWriter) error { return w.Write64("i", []float64{0x1p63}) },
		`tensor "j": 2147483648 is not an int32`:    func(w *SafetensorsWriter) error { return w.WriteInts("j", []int64{1 << 31}) },
		`tensor "j": -2.147483649e+09 is not an in`: func(w *SafetensorsWriter) error { return w.Write64("j", []float64{-0x1p31 - 1}) },
	} {
		require.NoError(t, os.WriteFile(name, []byte("old"), 0o644))
		w, err := CreateSafetensors(name, nil, specs...)
		require.NoError(t, err)
		first := do(w)
		err = w.Close()
		oneLine(t, err, name, says)
		if first != nil {
			require.Equal(t, first, err, "the first error sticks")
		}
		require.NoError(t, w.Abort())
		old, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, "old", string(old))
		require.Empty(t, leftovers(t, dir))
	}
	w, err := CreateSafetensors(name, nil, ok)
	require.NoError(t, err)
	require.NoError(t, w.Abort())
	oneLine(t, w.Write("a", nil), name, "the writer was aborted")
	require.Empty(t, leftovers(t, dir))
}
