package tensorfile

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every file that PyTorch 1.13 wrote (testdata/checkpoints.py) holds the tensors that
// PyTorch reads in it, bit for bit.
func TestTorchReadsWhatPyTorchReads(t *testing.T) {
	want, err := OpenNamed("testdata/torch_want.npz")
	require.NoError(t, err)
	defer want.Close()
	files := map[string][]string{}
	for _, full := range want.Names() {
		file, name, ok := strings.Cut(full, ":")
		require.True(t, ok, full)
		files[file] = append(files[file], name)
	}
	require.Len(t, files, 14)
	for file, names := range files {
		n, err := OpenNamed(filepath.Join("testdata", file))
		require.NoError(t, err, file)
		got := slices.DeleteFunc(n.Names(), func(name string) bool { return strings.HasPrefix(name, constantsPrefix) })
		require.ElementsMatch(t, names, got, file)
		for _, name := range names {
			w, err := want.Array(file + ":" + name)
			require.NoError(t, err)
			r, err := n.Array(name)
			require.NoError(t, err)
			require.Equal(t, w.Shape(), r.Shape(), "%s:%s", file, name)
			exact := make([]float64, w.Rows()*w.Cols())
			require.NoError(t, w.ReadRows64(exact, 0, w.Rows()))
			wide := make([]float64, len(exact))
			require.NoError(t, r.ReadRows64(wide, 0, r.Rows()))
			narrow, err := n.Float32(name)
			require.NoError(t, err)
			for i, v := range exact {
				same(t, v, wide[i])
				same(t, float64(float32(v)), float64(narrow[i]))
			}
		}
		require.NoError(t, n.Close())
	}
	x, err := OpenTorch("testdata/tensor.pt") // a lone tensor is named after its file
	require.NoError(t, err)
	require.Equal(t, []string{"tensor"}, x.Names())
	require.NoError(t, x.Close())
	_, err = OpenTorch("testdata/torch_want.npz")
	oneLine(t, err, "testdata/torch_want.npz: ", "a zip archive without data.pkl")
}

func same(t *testing.T, want, got float64) {
	t.Helper()
	if math.IsNaN(want) {
		require.True(t, math.IsNaN(got))
		return
	}
	require.Equal(t, math.Float64bits(want), math.Float64bits(got), "want %g, got %g", want, got)
}
