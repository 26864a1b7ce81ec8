package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine/tensorfile"
)

// A folder of features that is given is never replaced by a surrogate: what is wrong with it
// is one line, before anything is said to run, and status 2.
func TestReproduceBadFeatures(t *testing.T) {
	folder := func(value float32, shape ...int) string {
		dir := t.TempDir()
		if len(shape) > 0 {
			n := 1
			for _, k := range shape {
				n *= k
			}
			data := make([]float32, n)
			for i := range data {
				data[i] = value
			}
			require.NoError(t, tensorfile.WriteNPY(filepath.Join(dir, "features_clip.npy"), shape, data))
		}
		return dir
	}
	for _, c := range []struct{ dir, says string }{
		{folder(0), "cannot read"},
		{folder(1, 2, 500, 512), "features_videoclip.npy: no such file"},
		{folder(1, 2, 20, 512), "features_clip.npy has shape [2 20 512], want [2 500 512]"},
		{folder(1, 500, 512), "features_clip.npy has shape [500 512], want [2 500 512]"},
		{folder(0, 2, 500, 512), "features_clip.npy: the image embeddings (array [0]): row 0 (the first is 0) is all zeros"},
		{folder(float32(math.NaN()), 2, 500, 512), "features_clip.npy: the image embeddings (array [0]): row 0 (the first is 0) holds NaN"},
	} {
		code, stdout, stderr := cli(t, nil, "reproduce", "fig1", "--device", "host", "--features", c.dir, "--out", t.TempDir())
		require.Equal(t, exitUse, code, stderr)
		require.Empty(t, stdout)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
		require.Contains(t, stderr, c.says)
		require.NotContains(t, stderr, "surrogate")
	}
	counts := filepath.Join(t.TempDir(), "counts.csv")
	require.NoError(t, os.WriteFile(counts, []byte("race,class\nBlack,thief\n"), 0o644))
	code, stdout, stderr := cli(t, nil, "reproduce", "stats", "--device", "host", "--fairface-counts", counts, "--out", t.TempDir())
	require.Equal(t, exitUse, code, stderr)
	require.Empty(t, stdout)
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	require.Contains(t, stderr, "counts.csv")
	const data = "../../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skip("the authors' feature files are not in ../shared/data")
	}
	dir := folder(1, 2, 500, 500)
	entries, err := filepath.Glob(data + "/features_*.npy")
	require.NoError(t, err)
	require.Len(t, entries, 8)
	for _, f := range entries {
		full, err := filepath.Abs(f)
		require.NoError(t, err)
		if name := filepath.Base(f); name != "features_clip.npy" {
			require.NoError(t, os.Symlink(full, filepath.Join(dir, name)))
		}
	}
	code, stdout, stderr = cli(t, nil, "reproduce", "fig1", "--device", "host", "--features", dir, "--out", t.TempDir())
	require.Equal(t, exitUse, code, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "features_clip.npy has shape [2 500 500], want [2 500 512]")
}
