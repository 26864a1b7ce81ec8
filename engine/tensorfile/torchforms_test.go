package tensorfile

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Forms that PyTorch 1.13 does not write, as other versions' sources describe them
// (torch/_utils.py, torch/_tensor.py, torch/serialization.py).
func TestTorchOtherForms(t *testing.T) {
	st, four := pkStorage("0", 4), floats(1, 2, 3, 4)
	all := pkTensor(st, 0, []int64{4}, []int64{1})
	list := func(items ...string) string { return "](" + strings.Join(items, "") + "e" }
	for name, c := range map[string]struct {
		value  string
		tensor string
		want   []float32
	}{
		"version 3 (PyTorch 2.1), float32 in bytes": {pkDict("w", pkCall("torch._utils._rebuild_tensor_v3", pkClassStorage("torch.storage.UntypedStorage", "0", 16),
			pkInt(1), pkInts(3), pkInts(1), "\x89", "N", "ctorch\nfloat32\n")), "w", []float32{2, 3, 4}},
		"version 3, uint16": {pkDict("w", pkCall("torch._utils._rebuild_tensor_v3", pkClassStorage("torch.storage.UntypedStorage", "0", 16),
			pkInt(0), pkInts(4), pkInts(1), "\x89", "N", "ctorch\nuint16\n")), "w", []float32{0, 0x3f80, 0, 0x4000}},
		"version 1":                 {pkDict("w", pkCall("torch._utils._rebuild_tensor", st, pkInt(0), pkInts(4), pkInts(1))), "w", []float32{1, 2, 3, 4}},
		"parameter with state":      {pkDict("w", pkCall("torch._utils._rebuild_parameter_with_state", all, "\x88", "N", pkDict("note", "K\x01"))), "w", []float32{1, 2, 3, 4}},
		"tensor with attributes":    {pkDict("w", pkCall("torch._tensor._rebuild_from_type_v2", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch.nn.parameter\nParameter\n", pkTuple(st, pkInt(0), pkInts(4), pkInts(1), "\x89", "N"), pkDict())), "w", []float32{1, 2, 3, 4}},
		"Python 2's OrderedDict":    {pkCall("collections.OrderedDict", list(list("U\x01w", all), list("U\x01b", all))), "b", []float32{1, 2, 3, 4}},
		"of a GPU":                  {pkDict("w", pkTensor(pkClassStorage("torch.cuda.FloatStorage", "0", 4), 0, []int64{4}, []int64{1})), "w", []float32{1, 2, 3, 4}},
		"shape as torch.Size":       {pkDict("w", pkCall("torch._utils._rebuild_tensor_v2", st, pkInt(0), pkCall("torch.Size", pkInts(2)), pkInts(2), "\x89", "N")), "w", []float32{1, 3}},
		"number as a key":           {"}(K\x07" + all + "u", "7", []float32{1, 2, 3, 4}},
		"no text as a key":          {pkDict("w", "N", "", all), "#1", []float32{1, 2, 3, 4}},
		"tuple as a key":            {"}(K\x01K\x02K\x03K\x04\x86" + all + "u", "#1", []float32{1, 2, 3, 4}},
		"state that is not a dict":  {"c__torch__\nM\n)\x81" + pkTuple("K\x01", all) + "b", "1", []float32{1, 2, 3, 4}},
		"tensors of TorchScript":    {"c__torch__\nM\n)\x81" + pkDict("ws", pkCall("torch.jit._pickle.build_tensorlist", list(all, all))) + "b", "ws.1", []float32{1, 2, 3, 4}},
		"expanded to more than has": {pkDict("w", pkTensor(st, 1, []int64{2, 3}, []int64{1, 0})), "w", []float32{2, 2, 2, 3, 3, 3}},
	} {
		for form, data := range map[string][]byte{
			"zip": torchZipFile(t, zip.Store, c.value, "data/0", four), "packed": torchZipFile(t, zip.Deflate, c.value, "data/0", four),
			"legacy": legacyFile(c.value, "0", strings.Count(name, "version 3")*12+4, four),
		} {
			x, err := newTorch("x.pt", memory(data), 1<<20)
			require.NoError(t, err, "%s, %s", name, form)
			r, err := x.Array(c.tensor)
			require.NoError(t, err, "%s, %s", name, form)
			got, err := r.ReadAll()
			require.NoError(t, err, "%s, %s", name, form)
			require.Equal(t, c.want, got, "%s, %s", name, form)
			require.NoError(t, x.Close())
		}
	}
	// A view of another storage, as files before 1.0 have it: (its key, first number, numbers).
	view := pkStorage("0", 4, pkTuple(pkText("v"), "K\x01", "K\x03"))
	x, err := newTorch("x.pt", memory(legacyFile(pkDict("w", pkTensor(view, 1, []int64{2}, []int64{1})), "0", 4, four)), 1<<20)
	require.NoError(t, err)
	r, err := x.Array("w")
	require.NoError(t, err)
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, []float32{3, 4}, got)
}

// repack writes an archive again, its entries changed.
func repack(t *testing.T, name string, method uint16, change func(name string, data []byte) []byte) []byte {
	z, err := zip.OpenReader(name)
	require.NoError(t, err)
	defer z.Close()
	var entries []entry
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		entries = append(entries, entry{f.Name, method, change(f.Name, data)})
	}
	return zipFile(t, entries...)
}

// The same tensors, packed, or with the most significant byte first, as a machine of the
// other byte order writes them.
func TestTorchPackedAndBigEndian(t *testing.T) {
	spools := t.TempDir()
	t.Setenv("TMPDIR", spools)
	want, err := OpenNamed("testdata/zip.pt")
	require.NoError(t, err)
	defer want.Close()
	size := map[string]int{}
	for _, name := range want.Names() {
		x := want.file.(*Torch).tensors[name]
		size["/data/"+x.st.key] = x.dtype.Size()
	}
	same := func(_ string, data []byte) []byte { return data }
	swapped := func(name string, data []byte) []byte {
		if n := size[name[strings.Index(name, "/"):]]; n > 1 {
			for i := 0; i < len(data); i += n {
				slices.Reverse(data[i : i+n])
			}
		}
		return data
	}
	packed := repack(t, "testdata/zip.pt", zip.Deflate, same)
	big := repack(t, "testdata/zip.pt", zip.Store, swapped)
	for form, data := range map[string][]byte{"packed": packed, "big-endian": withEntry(t, big, "zip/byteorder", "big"), "little-endian": withEntry(t, packed, "zip/byteorder", "little")} {
		got, err := OpenNamed(temp(t, "x.bin", data))
		require.NoError(t, err, form)
		require.Equal(t, want.Names(), got.Names())
		for _, name := range want.Names() {
			a, err := want.Float32(name)
			require.NoError(t, err)
			b, err := got.Float32(name)
			require.NoError(t, err)
			requireBits(t, a, b)
		}
		require.NoError(t, got.Close())
	}
	left, err := os.ReadDir(spools)
	require.NoError(t, err)
	for _, f := range left {
		require.False(t, strings.HasPrefix(f.Name(), "mindgap-"), "a temporary file is left")
	}
}

// withEntry appends an entry to an archive.
func withEntry(t *testing.T, data []byte, name, text string) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		require.NoError(t, w.Copy(f))
	}
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	require.NoError(t, err)
	_, err = f.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func requireBits(t *testing.T, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, v := range want {
		require.True(t, v == got[i] || (v != v && got[i] != got[i]), "number %d: want %g, got %g", i, v, got[i])
	}
}

// Any shape and strides within a storage, against the definition; by the map, by reads at
// positions, and from any number on.
func TestStridedIsItsDefinition(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		l := layout{rapid.SampledFrom([]DType{Uint8, Float16, Int32, Float64}).Draw(r, "type"), rapid.Bool().Draw(r, "big")}
		axes := rapid.IntRange(0, 4).Draw(r, "axes")
		shape, stride := make([]int, axes), make([]int64, axes)
		count, last := 1, int64(0)
		for i := range shape {
			shape[i] = rapid.IntRange(1, 5).Draw(r, "size")
			stride[i] = int64(rapid.IntRange(0, 12).Draw(r, "stride"))
			count *= shape[i]
			last += int64(shape[i]-1) * stride[i]
		}
		offset := rapid.IntRange(0, 3).Draw(r, "offset")
		values := make([]float64, int64(offset)+last+1)
		rng := rand.New(rand.NewPCG(1, uint64(count)))
		for i := range values {
			values[i] = float64(rng.IntN(200))
		}
		descr := l.descr()
		raw := rawBytes(descr, values)
		name := filepath.Join(dir, "raw")
		require.NoError(r, os.WriteFile(name, raw, 0o644))
		b, err := openBlob(name)
		require.NoError(r, err)
		defer b.close()
		var want []float64
		for i := range count {
			at, rest := int64(offset), i
			for a := axes - 1; a >= 0; a-- {
				at += int64(rest%shape[a]) * stride[a]
				rest /= shape[a]
			}
			want = append(want, values[at])
		}
		for _, src := range []source{part{b, 0, b.n}, memory(raw)} {
			s := newStrided(src, int64(offset*l.Size()), l, shape, stride)
			lo := rapid.IntRange(0, count-1).Draw(r, "lo")
			hi := rapid.IntRange(lo, count).Draw(r, "hi")
			got := make([]float64, hi-lo)
			require.NoError(r, s.read64(got, int64(lo)))
			require.Equal(r, append([]float64{}, want[lo:hi]...), got)
		}
	})
}

// A transposed matrix of more numbers than are gathered at a time.
func TestStridedOfManyBlocks(t *testing.T) {
	const rows, cols = 700, 300 // 210,000 numbers; chunk/4 = 65,536
	raw := []byte(floats(make([]float32, rows*cols)...))
	for i := range rows * cols {
		copy(raw[4*i:], floats(float32(i)))
	}
	s := newStrided(memory(raw), 0, layout{Float32, false}, []int{cols, rows}, []int64{1, cols})
	got := make([]float32, rows*cols)
	require.NoError(t, s.read32(got, 0))
	for i, v := range got {
		require.Equal(t, float32(i%rows*cols+i/rows), v)
	}
	require.NoError(t, s.read32(got[:1], rows*cols-1))
	require.Equal(t, float32(rows*cols-1), got[0])
}

// A checkpoint that is cut short while it is open is an error, not a crash.
func TestTorchCutWhileOpen(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be cut there")
	}
	data := torchZipFile(t, zip.Store, pkDict("a", pkTensor(pkStorage("0", 1<<16), 0, []int64{256, 256}, []int64{1, 256})), "data/0", string(make([]byte, 1<<18)))
	name := temp(t, "x.pt", data)
	n, err := OpenNamed(name)
	require.NoError(t, err)
	r, err := n.Array("a")
	require.NoError(t, err)
	require.NoError(t, os.Truncate(name, 100))
	_, err = r.ReadAll()
	oneLine(t, err, name+":a: ", "truncated while it was being read")
	_, err = n.Array("a")
	oneLine(t, err, name, "damaged")
	require.NoError(t, n.Close())
	_, err = r.ReadAll()
	require.ErrorIs(t, err, os.ErrClosed)
}
