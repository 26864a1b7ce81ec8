package tensorfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// safeFile is a file of a header and numbers.
func safeFile(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// The example in the documentation of the format's own library (safetensors/src/tensor.rs).
func TestSafetensorsPublishedExample(t *testing.T) {
	data := append([]byte("<\x00\x00\x00\x00\x00\x00\x00{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}"), make([]byte, 16)...)
	s, err := newSafetensors("x", memory(data))
	require.NoError(t, err)
	require.Equal(t, []string{"test"}, s.Names())
	require.Nil(t, s.Metadata())
	r, err := s.Array("")
	require.NoError(t, err)
	require.Equal(t, []int{2, 2}, r.Shape())
	require.Equal(t, Int32, r.DType())
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, []float32{0, 0, 0, 0}, got)
}

// Every type of the format; numbers packed by the test's own code.
func TestSafetensorsReadsItsTypes(t *testing.T) {
	for name, c := range map[string]struct {
		dtype DType
		descr string
	}{
		"BOOL": {Bool, "|b1"}, "U8": {Uint8, "|u1"}, "I8": {Int8, "|i1"}, "I16": {Int16, "<i2"}, "U16": {Uint16, "<u2"}, "I32": {Int32, "<i4"},
		"U32": {Uint32, "<u4"}, "I64": {Int64, "<i8"}, "U64": {Uint64, "<u8"}, "F16": {Float16, "<f2"}, "F32": {Float32, "<f4"}, "F64": {Float64, "<f8"},
	} {
		want := []float64{0, 1, 1, 0, 1, 1}
		if name != "BOOL" {
			want = []float64{0, 1, 2, 3, 40, 100}
		}
		raw := rawBytes(c.descr, want)
		s, err := newSafetensors("x", memory(safeFile(fmt.Sprintf(`{"a":{"dtype":"%s","shape":[3,2],"data_offsets":[0,%d]}}`, name, len(raw)), raw...)))
		require.NoError(t, err, name)
		r, err := s.Array("a")
		require.NoError(t, err)
		require.Equal(t, c.dtype, r.DType())
		got := make([]float64, 6)
		require.NoError(t, r.ReadRows64(got, 0, 3))
		require.Equal(t, want, got, name)
	}
	// bfloat16 is the upper half of a float32: 1, -2, 2^-133 (a subnormal), Inf.
	s, err := newSafetensors("x", memory(safeFile(`{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}`, 0x80, 0x3f, 0, 0xc0, 1, 0, 0x80, 0x7f)))
	require.NoError(t, err)
	r, err := s.Array("a")
	require.NoError(t, err)
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, []float32{1, -2, 0x1p-133, float32(math.Inf(1))}, got)
	for _, name := range []string{"F8_E4M3", "F8_E5M2"} {
		s, err := newSafetensors("x", memory(safeFile(`{"a":{"dtype":"`+name+`","shape":[1],"data_offsets":[0,1]}}`, 1)))
		require.NoError(t, err)
		r, err := s.Array("a")
		require.NoError(t, err)
		_, err = r.ReadAll()
		oneLine(t, err, "x:a: ", "are listed, not read")
	}
}

func TestSafetensorsHeaderForms(t *testing.T) {
	four := []byte{0, 0, 128, 63} // 1 as a float32
	s, err := newSafetensors("x", memory(safeFile("{\"__metadata__\":{\"format\":\"pt\",\"k\\u00e9\":\"a\\nb\"},\n \"b\":{\"data_offsets\":[4,8],\"shape\":[],\"dtype\":\"F32\"},"+
		"\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}, \"z\":{\"dtype\":\"F32\",\"shape\":[7,0],\"data_offsets\":[4,4]}}   ", append(four, four...)...)))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "z", "b"}, s.Names()) // as they lie
	require.Equal(t, map[string]string{"format": "pt", "ké": "a\nb"}, s.Metadata())
	for name, shape := range map[string][]int{"a": {1, 1}, "b": {}, "z": {7, 0}} {
		r, err := s.Array(name)
		require.NoError(t, err)
		require.Equal(t, shape, r.Shape())
		got, err := r.ReadAll()
		require.NoError(t, err)
		for _, v := range got {
			require.Equal(t, float32(1), v)
		}
	}
	empty, err := newSafetensors("x", memory(safeFile("{}")))
	require.NoError(t, err)
	require.Empty(t, empty.Names())
	_, err = empty.Array("a")
	oneLine(t, err, "x: ", "holds no tensors")
}

func TestHostileSafetensorsIsOneLine(t *testing.T) {
	one := func(fields string) string { return `{"a":{` + fields + `}}` }
	two := func(a, b string) string {
		return `{"first":{"dtype":"U8","shape":[4],"data_offsets":[` + a + `]},"second":{"dtype":"U8","shape":[4],"data_offsets":[` + b + `]}}`
	}
	eight := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	huge := func(n uint64) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), "{}"...) }
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty":             {nil, "truncated: 0 bytes"},
		"short":             {[]byte{1, 2, 3}, "truncated: 3 bytes"},
		"header of 4 GB":    {huge(1 << 32), "absurd header length 4294967296 (at most 100000000)"},
		"header of 2^64-1":  {huge(math.MaxUint64), "absurd header length"},
		"header cut":        {huge(1000), "truncated: a header of 1000 bytes is announced, 2 follow"},
		"not UTF-8":         {safeFile("{\"\xff\":1}"), "not UTF-8"},
		"not JSON":          {safeFile("hello world"), "does not begin with {"},
		"list":              {safeFile("[]"), "does not begin with {"},
		"broken":            {safeFile(`{"a":`), "not valid JSON"},
		"comma":             {safeFile(`{"a" "b"}`), "JSON"},
		"two documents":     {safeFile(`{}{}`), "something follows"},
		"twice":             {safeFile(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`), `the name "a" stands twice`},
		"twice, escaped":    {safeFile(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`), `the name "a" stands twice`},
		"metadata twice":    {safeFile(`{"__metadata__":{"a":"b","a":"c"}}`), `metadata "a" stands twice`},
		"metadata number":   {safeFile(`{"__metadata__":{"a":1}}`), "not a text"},
		"metadata nested":   {safeFile(`{"__metadata__":{"a":{"b":"c"}}}`), "not a text"},
		"deep":              {safeFile(`{"a":` + strings.Repeat("[", 1<<20)), "no {"},
		"no fields":         {safeFile(one(``)), "lacks one of dtype, shape and data_offsets"},
		"no shape":          {safeFile(one(`"dtype":"U8","data_offsets":[0,0]`)), "lacks one of"},
		"field twice":       {safeFile(one(`"dtype":"U8","dtype":"U8"`)), "two fields dtype"},
		"unknown field":     {safeFile(one(`"stride":[1]`)), `unknown field "stride"`},
		"unknown dtype":     {safeFile(one(`"dtype":"F33"`)), `unknown dtype "F33"`},
		"dtype number":      {safeFile(one(`"dtype":7`)), "not a text"},
		"negative size":     {safeFile(one(`"dtype":"U8","shape":[-1]`)), `"-1" is not a size`},
		"fraction":          {safeFile(one(`"dtype":"U8","shape":[1.5]`)), `"1.5" is not a size`},
		"exponent":          {safeFile(one(`"dtype":"U8","shape":[1e3]`)), `"1e3" is not a size`},
		"size beyond int":   {safeFile(one(`"dtype":"U8","shape":[9223372036854775808]`)), "is not a size"},
		"sizes overflow":    {safeFile(one(`"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]`)), "absurd shape"},
		"many empty":        {safeFile(one(`"dtype":"F32","shape":[9007199254740992,0],"data_offsets":[0,0]`)), "absurd shape"},
		"many axes":         {safeFile(one(`"dtype":"U8","shape":[` + strings.Repeat("1,", 70) + `1]`)), "a list of more than"},
		"three offsets":     {safeFile(one(`"dtype":"U8","shape":[0],"data_offsets":[0,0,0]`)), "a list of more than 2"},
		"one offset":        {safeFile(one(`"dtype":"U8","shape":[0],"data_offsets":[0]`)), "not a beginning and an end"},
		"offsets backwards": {safeFile(one(`"dtype":"U8","shape":[0],"data_offsets":[4,0]`)), "not a beginning and an end"},
		"wrong length":      {safeFile(one(`"dtype":"F32","shape":[2],"data_offsets":[0,4]`), eight...), "needs 8 bytes, its offsets 0 to 4 give 4"},
		"truncated":         {safeFile(two("0,4", "4,8"), eight[:7]...), `truncated: tensor "second" ends at byte 8 of the numbers, the file has 7`},
		"overlap":           {safeFile(two("0,4", "2,6"), eight[:6]...), `tensors "first" and "second" overlap (bytes 2 to 4`},
		"the same bytes":    {safeFile(two("0,4", "0,4"), eight[:4]...), "overlap"},
		"hole":              {safeFile(two("0,4", "5,9"), append(eight, 9)...), `bytes 4 to 5 of the numbers, before tensor "second", belong to no tensor`},
		"late beginning":    {safeFile(two("1,5", "5,9"), append(eight, 9)...), "bytes 0 to 1"},
		"trailing":          {safeFile(two("0,4", "4,8"), append(eight, 9)...), "1 bytes too many"},
		"control in a name": {safeFile("{\"a\\u001b[31m\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,2]}}", 1, 2), `\x1b[31m`},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			_, err := newSafetensors("x.safetensors", memory(c.data))
			oneLine(t, err, "x.safetensors: ", c.says)
			require.Less(t, heap()-before, uint64(8<<20))
		})
	}
}

// A file that is cut anywhere is an error, never a panic and never numbers.
func TestSafetensorsCutAnywhere(t *testing.T) {
	whole := safeFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 1, 2, 3, 4, 5, 6, 7, 8)
	for n := range whole {
		_, err := newSafetensors("x", memory(whole[:n]))
		require.Error(t, err, "%d bytes", n)
	}
}

func shardedFolder(t *testing.T, index string) string {
	dir := t.TempDir()
	for i, name := range []string{"m-1.safetensors", "sub/m-2.safetensors"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		data := safeFile(fmt.Sprintf(`{"t%d":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"extra":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}`, i), byte(i), 9)
		require.NoError(t, os.WriteFile(path, data, 0o644))
	}
	legacy, err := os.ReadFile("testdata/legacy4.pt")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m-3.bin"), legacy, 0o644))
	name := filepath.Join(dir, "m.safetensors.index.json")
	require.NoError(t, os.WriteFile(name, []byte(index), 0o644))
	return name
}

func TestShardedIndex(t *testing.T) {
	name := shardedFolder(t, `{"metadata": {"total_size": 4, "by": "x", "more": {"a": [1, {}]}}, "other": [[{"a": 1}], 2],
		"weight_map": {"t1": "sub/m-2.safetensors", "t0": "m-1.safetensors", "w": "m-3.bin"}}`)
	n, err := OpenNamed(name)
	require.NoError(t, err)
	require.Equal(t, "index", n.Format())
	require.Equal(t, []string{"t1", "t0", "w"}, n.Names())
	require.Equal(t, map[string]string{"total_size": "4", "by": "x", "more": ""}, n.Metadata())
	for i, name := range []string{"t0", "t1"} {
		got, err := n.Float32(name)
		require.NoError(t, err)
		require.Equal(t, []float32{float32(i), 9}, got)
	}
	w, err := n.Float32("w")
	require.NoError(t, err)
	require.Len(t, w, 24)
	_, err = n.Float32("extra")
	oneLine(t, err, name, `has no tensor "extra"; it has t1, t0, w`)
	require.NoError(t, n.Close())
	require.NoError(t, n.Close())
}

func TestHostileIndexIsOneLine(t *testing.T) {
	for index, says := range map[string]string{
		`{"weight_map": {"a": "../m-1.safetensors"}}`:                                `shard "../m-1.safetensors" would lie outside of the folder`,
		`{"weight_map": {"a": "/etc/passwd"}}`:                                       "would lie outside of the folder",
		`{"weight_map": {"a": "sub/../../x"}}`:                                       "would lie outside of the folder",
		`{"weight_map": {"a": ""}}`:                                                  "would lie outside of the folder",
		`{"weight_map": {"a": "-"}}`:                                                 "shard -: open: no such file or directory; put every shard beside the index",
		`{"weight_map": {"a": "m-9.safetensors"}}`:                                   "shard m-9.safetensors: open: no such file or directory",
		`{"weight_map": {"a": "sub"}}`:                                               "is a directory",
		`{"weight_map": {"a": "m.safetensors.index.json"}}`:                          "not a checkpoint of PyTorch",
		`{"weight_map": {"a": "m-1.safetensors"}}`:                                   `tensor "a" is not in m-1.safetensors`,
		`{"weight_map": {"t0": "m-1.safetensors", "t0": "m-1.safetensors"}}`:         `tensor "t0" stands twice`,
		`{"weight_map": {"t0": 1}}`:                                                  "not a text",
		`{"weight_map": {}}`:                                                         "no weight_map of tensors",
		`{"model_type": "clip"}`:                                                     "no weight_map of tensors",
		`{"weight_map": `:                                                            "JSON",
		`{"deep": ` + strings.Repeat("[", 1<<16) + strings.Repeat("]", 1<<16) + `, `: "JSON",
	} {
		_, err := OpenNamed(shardedFolder(t, index))
		oneLine(t, err, "", says)
	}
}

// Headers and indices of very many tensors stop at a limit.
func TestTooManyTensors(t *testing.T) {
	h := newTokens(nil)
	h.room(maxTensors - 1)
	require.NoError(t, h.err)
	h.room(maxTensors)
	require.ErrorContains(t, h.err, "more than 1048576 tensors")
}
