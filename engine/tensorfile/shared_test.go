package tensorfile

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The authors' features (Weixin-Liang/Modality-Gap, MIT): shapes and first values as
// their README beside the files gives them.
func TestAuthorsFiles(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the authors' feature files are absent (shared/data lies beside the repository where they are)")
	}
	for name, shape := range map[string][]int{
		"clip": {2, 500, 512}, "convirt": {2, 500, 512}, "videoclip": {2, 100, 768}, "clasp": {2, 99, 768},
	} {
		for _, kind := range []string{"", "_random"} {
			r, err := OpenNPY(filepath.Join(dir, "features_"+name+kind+".npy"))
			require.NoError(t, err)
			require.Equal(t, shape, r.Shape())
			require.Equal(t, Float32, r.DType())
			require.Equal(t, 2*shape[1], r.Rows())
			row := make([]float32, r.Cols())
			for i := range r.Rows() {
				require.NoError(t, r.ReadRows(row, i, i+1))
				square := 0.0
				for _, v := range row {
					square += float64(v) * float64(v)
				}
				require.InDelta(t, 1, math.Sqrt(square), 6e-4) // clip's rows: half precision
			}
			require.NoError(t, r.Close())
		}
	}
	r, err := OpenNPY(filepath.Join(dir, "features_clip.npy"))
	require.NoError(t, err)
	defer r.Close()
	for i, want := range [][]float32{
		{-0.00535583, -0.04031372, 0.00811768, 0.00814819},
		{-0.00800323, -0.00682831, -0.01971436, 0.04089355},
	} {
		s, err := r.Section(i)
		require.NoError(t, err)
		row := make([]float32, s.Cols())
		require.NoError(t, s.ReadRows(row, 0, 1))
		for j, v := range want {
			require.InDelta(t, v, row[j], 5.2e-9) // half of the last digit given, and rounding to float32
		}
	}
	// Written again, the file is the same bytes, header included.
	all, err := r.ReadAll()
	require.NoError(t, err)
	again := filepath.Join(t.TempDir(), "again.npy")
	require.NoError(t, WriteNPY(again, r.Shape(), all))
	want, err := os.ReadFile(r.Name())
	require.NoError(t, err)
	got, err := os.ReadFile(again)
	require.NoError(t, err)
	require.True(t, string(want) == string(got))
}
