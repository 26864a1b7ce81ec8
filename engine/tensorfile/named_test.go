package tensorfile

import (
	"archive/zip"
	"context"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The content says of which format a file is, whatever it is called.
// The length of a header may read as the beginning of a pickle, and bytes in memory are as a file.
func TestNamedLengthLikeMagic(t *testing.T) {
	for _, magic := range []int{0x280, 0x480} {
		head := `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
		data := safeFile(head+strings.Repeat(" ", magic-len(head)), rawBytes("<f4", []float64{7})...)
		require.Equal(t, byte(0x80), data[0])
		for _, open := range []func() (*Named, error){
			func() (*Named, error) { return OpenNamed(temp(t, "weights.bin", data)) },
			func() (*Named, error) { return NamedBytes("weights", data) },
		} {
			n, err := open()
			require.NoError(t, err)
			require.Equal(t, "safetensors", n.Format())
			got, err := n.Float32("a")
			require.NoError(t, err)
			require.Equal(t, []float32{7}, got)
			require.NoError(t, n.Close())
			_, err = n.Float32("a")
			require.ErrorIs(t, err, fs.ErrClosed)
		}
	}
}

func TestNamedRecognisesByContent(t *testing.T) {
	npy := npyFile(1, "<f4", false, []int{2, 3}, upTo(6))
	raw := rawBytes("<f4", upTo(6))
	torch := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		return data
	}
	for _, c := range []struct {
		file   string
		data   []byte
		format string
		first  string
	}{
		{"x.npy", npy, "npy", "x"}, {"x.npz", zipFile(t, entry{"a.npy", zip.Deflate, npy}), "npz", "a"}, {"x.csv", []byte("0,1,2\n3,4,5\n"), "csv", "x"},
		{"x.safetensors", safeFile(`{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}`, raw...), "safetensors", "a"},
		{"x.pt", torchZipFile(t, zip.Store, pkDict("a", pkTensor(pkStorage("0", 6), 0, []int64{2, 3}, []int64{3, 1})), "data/0", string(raw)), "torch zip", "a"},
		{"x.pt", legacyFile(pkDict("a", pkTensor(pkStorage("0", 6), 0, []int64{2, 3}, []int64{3, 1})), "0", 6, string(raw)), "torch legacy", "a"},
	} {
		for _, file := range []string{c.file, "weights", "weights.bin"} {
			if c.format == "csv" {
				file = c.file
			} else if c.format == "npy" && file != c.file {
				continue // it is named after the file
			}
			n, err := OpenNamed(temp(t, file, c.data))
			require.NoError(t, err, "%s as %s", c.file, file)
			require.Equal(t, c.format, n.Format())
			require.Equal(t, []string{c.first}, n.Names())
			require.True(t, n.Has(c.first))
			in, err := n.Info(c.first)
			require.NoError(t, err)
			require.Equal(t, []int{2, 3}, in.Shape)
			require.Equal(t, int64(6), in.Count)
			require.Equal(t, int64(6*in.DType.Size()), in.Bytes)
			for range 2 { // reading a tensor leaves the file open
				got, err := n.Float32(c.first)
				require.NoError(t, err)
				require.Equal(t, []float32{0, 1, 2, 3, 4, 5}, got)
			}
			oneLine(t, n.ReadFloat32(c.first, make([]float32, 5)), n.File(), "dst has 5 elements, the tensor 2x3 has 6")
			got := make([]float32, 6)
			require.NoError(t, n.ReadFloat32(c.first, got))
			require.Equal(t, []float32{0, 1, 2, 3, 4, 5}, got)
			_, err = n.Float32("other")
			oneLine(t, err, n.File(), `has no tensor "other"; it has `+c.first)
			require.NoError(t, n.Close())
		}
	}
	for _, file := range []string{"script.pt", "script_half.pt", "trace.pt"} {
		n, err := OpenNamed(temp(t, "weights", torch(file)))
		require.NoError(t, err)
		require.Equal(t, "torchscript", n.Format())
		require.NoError(t, n.Close())
	}
	for file, c := range map[string]struct{ data, says string }{
		"x.safetensors": {"hello", "truncated: 5 bytes"}, "x.pt": {"hello", "not a checkpoint of PyTorch"}, "x.json": {"hello", "JSON"}, "x.bin": {"", "is empty"},
		"x.npz": {"PK\x03\x04", "not a whole zip archive"}, "x.txt2": {"hello", "unknown kind of file"}, "y.safetensors": {"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer; run git lfs pull"},
		"y.pth": {"<!DOCTYPE html>", "it seems to be a web page; download the file again"}, "x.gguf": {"GGUF\x03\x00\x00\x00", "unknown kind of file"},
	} {
		_, err := OpenNamed(temp(t, file, []byte(c.data)))
		oneLine(t, err, "", c.says)
	}
	_, err := OpenNamed("no such file")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// "file:name" opens one tensor of any format that holds several.
func TestOpenArrayOfACheckpoint(t *testing.T) {
	r, err := OpenArray("testdata/checkpoint.pt:state_dict.module.norm.running_var")
	require.NoError(t, err)
	require.Equal(t, []int{2}, r.Shape())
	got, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, []float32{1, 1}, got) // what BatchNorm2d begins with
	require.NoError(t, r.Close())
	require.ErrorIs(t, r.ReadRows(got, 0, 2), os.ErrClosed)
	for name, want := range map[string][2]string{"a/x.npz:b": {"a/x.npz", "b"}, "x.safetensors:a.b:c": {"x.safetensors", "a.b:c"}, "X.PT:": {"X.PT", ""}, "m.safetensors.index.json:a": {"m.safetensors.index.json", "a"}} {
		file, array, ok := CutName(name)
		require.True(t, ok)
		require.Equal(t, want, [2]string{file, array})
	}
	for _, name := range []string{"x.npy:a", "x.csv:a", "x.npz", "C:x.npy"} {
		file, _, ok := CutName(name)
		require.False(t, ok)
		require.Equal(t, name, file)
	}
}

// The model's weights, wherever the checkpoint has them.
func TestStateDict(t *testing.T) {
	st := pkStorage("0", 1)
	w := pkTensor(st, 0, []int64{1}, []int64{1})
	model := pkDict("a.w", w, "b", w)
	open := func(value string) *Named {
		n, err := OpenNamed(temp(t, "x.pt", torchZipFile(t, zip.Store, value, "data/0", floats(7))))
		require.NoError(t, err)
		t.Cleanup(func() { n.Close() })
		return n
	}
	for value, prefix := range map[string]string{
		model: "",
		pkDict("state_dict", model, "optimizer", pkDict("step", w)):                                   "state_dict.",
		pkDict("optimizer", pkDict("0", w), "epoch", "K\x01", "model", model):                         "model.",
		pkDict("net", model, "acc", "K\x01"):                                                          "net.",
		pkDict("whatever", model, "acc", "K\x01"):                                                     "whatever.",
		pkDict("run", pkDict("state_dict", model), "acc", "K\x01"):                                    "run.state_dict.",
		pkDict("state_dict", pkDict("module.a.w", w, "module.b", w)):                                  "state_dict.module.",
		pkDict("module.a.w", w, "module.b", w):                                                        "module.",
		pkDict("", "K\x01", "state_dict", model, "state_dict_ema", model):                             "state_dict.",
		"c__torch__\nM\n)\x81" + pkDict("a", "c__torch__\nN\n)\x81"+pkDict("w", w)+"b", "b", w) + "b": "",
	} {
		s, err := open(value).StateDict()
		require.NoError(t, err)
		require.Equal(t, []string{"a.w", "b"}, s.Names(), prefix)
		require.Equal(t, prefix, s.Prefix())
		got, err := s.Float32("a.w")
		require.NoError(t, err)
		require.Equal(t, []float32{7}, got)
		s, err = s.StateDict("b", "a.w") // a part of a file is one too
		require.NoError(t, err)
		require.Equal(t, prefix, s.Prefix())
	}
	// A dot is not a dict: the model has a layer called model.
	s, err := open(pkDict("model.a.w", w, "model.b", w, "head", w)).StateDict()
	require.NoError(t, err)
	require.Equal(t, []string{"model.a.w", "model.b", "head"}, s.Names())

	// Names that the model has find it elsewhere.
	two := open(pkDict("teacher", model, "student", pkDict("a.w", w)))
	s, err = two.StateDict("a.w", "b")
	require.NoError(t, err)
	require.Equal(t, "teacher.", s.Prefix())
	_, err = two.StateDict("a.w")
	oneLine(t, err, two.File(), "2 sets of tensors have the names of the model; name one by its beginning: teacher., student.")
	_, err = two.StateDict("c.w")
	oneLine(t, err, two.File(), `has no tensor "c.w"; it has teacher.a.w, teacher.b, student.a.w`)
	require.Equal(t, []string{"a.w"}, two.Sub("student.").Names())
	require.Equal(t, "student.a.", two.Sub("student.").Sub("a.").Prefix())
	require.Empty(t, two.Sub("nobody.").Names())

	// The constants of TorchScript are no weights.
	n, err := OpenNamed("testdata/trace.pt")
	require.NoError(t, err)
	defer n.Close()
	require.True(t, n.Has("CONSTANTS.c0"))
	got, err := n.Float32("CONSTANTS.c0")
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 4}, got) // what forward multiplies by
	s, err = n.StateDict("blocks.0.weight")
	require.NoError(t, err)
	require.False(t, s.Has("CONSTANTS.c0"))
	require.Len(t, s.Names(), len(n.Names())-1)
}

func TestMissingTensorNamesTheNearest(t *testing.T) {
	n, err := OpenNamed("testdata/checkpoint.pt")
	require.NoError(t, err)
	defer n.Close()
	_, err = n.Info("blocks.1.weight")
	oneLine(t, err, "testdata/checkpoint.pt: ", `has no tensor "blocks.1.weight" among its 26; the nearest are state_dict.module.blocks.1.weight, state_dict.module.conv.weight, state_dict.module.norm.weight`)
	oneLine(t, n.ReadFloat32("", nil), "testdata/checkpoint.pt: ", "holds 26 tensors; name one of state_dict.module.tied, ")
}

// Types that are listed only: everything but the numbers.
func TestListedTypes(t *testing.T) {
	n, err := OpenNamed("testdata/complex.pt")
	require.NoError(t, err)
	defer n.Close()
	in, err := n.Info("c")
	require.NoError(t, err)
	require.Equal(t, Info{"c", Complex64, []int{1}, 1, 8}, in)
	require.False(t, in.DType.Readable() || in.DType.Float())
	_, err = n.Float32("c")
	oneLine(t, err, "testdata/complex.pt:c: ", "complex64 numbers are listed, not read")
}

// Against the two-pass definitions in float64.
func TestStats(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 100_003 // several blocks, and a part of one
	data := make([]float32, n)
	lo, hi, sum, square, seen := math.Inf(1), math.Inf(-1), 0.0, 0.0, 0.0
	for i := range data {
		switch v := float32(rng.NormFloat64()*0.02 + 5); {
		case i%1000 == 7:
			data[i] = float32(math.NaN())
		case i%5000 == 8:
			data[i] = float32(math.Inf(i%2*2 - 1))
		default:
			data[i] = v
			lo, hi, sum, seen = min(lo, float64(v)), max(hi, float64(v)), sum+float64(v), seen+1
		}
	}
	for _, v := range data {
		if d := float64(v) - sum/seen; !math.IsNaN(d) && !math.IsInf(d, 0) {
			square += d * d
		}
	}
	name := filepath.Join(t.TempDir(), "x.safetensors")
	w, err := CreateSafetensors(name, nil, TensorSpec{"a", Float32, []int{n}}, TensorSpec{"ones", Float16, []int{n}}, TensorSpec{"none", Float32, []int{0}}, TensorSpec{"nan", Float64, nil})
	require.NoError(t, err)
	require.NoError(t, w.Write("a", data))
	require.NoError(t, w.Write("ones", slices.Repeat([]float32{0.1}, n)))
	require.NoError(t, w.Write("nan", []float32{float32(math.NaN())}))
	require.NoError(t, w.Close())
	f, err := OpenNamed(name)
	require.NoError(t, err)
	defer f.Close()
	s, err := f.Stats(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, int64(n), s.Count)
	require.Equal(t, int64(100), s.NaN) // i = 7, 1007, ... 99007
	require.Equal(t, int64(20), s.Inf)  // i = 8, 5008, ... 95008
	require.Equal(t, lo, s.Min)
	require.Equal(t, hi, s.Max)
	require.InEpsilon(t, sum/seen, s.Mean, 1e-12) // sums of 1e5 numbers: errors of at most 1e5 * 2^-53
	require.InEpsilon(t, math.Sqrt(square/seen), s.SD, 1e-9)
	s, err = f.Stats(t.Context(), "ones")
	require.NoError(t, err)
	tenth := float64(halfToFloat32(narrow(0.1, 5, 10)))
	require.Equal(t, Stats{Count: n, Min: tenth, Max: tenth, Mean: tenth}, s, "equal numbers have no spread")
	for _, name := range []string{"none", "nan"} {
		s, err = f.Stats(t.Context(), name)
		require.NoError(t, err)
		require.True(t, math.IsNaN(s.Min) && math.IsNaN(s.Max) && math.IsNaN(s.Mean) && math.IsNaN(s.SD), name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = f.Stats(ctx, "a")
	require.ErrorIs(t, err, context.Canceled)
}
