package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine/tensorfile"
)

// A folder of features that is given is never replaced by a surrogate: what is wrong with it
// is one line and status 2.
func TestReproduceBadFeatures(t *testing.T) {
	folder := func(shape ...int) string {
		dir := t.TempDir()
		if len(shape) > 0 {
			n := 1
			for _, k := range shape {
				n *= k
			}
			require.NoError(t, tensorfile.WriteNPY(filepath.Join(dir, "features_clip.npy"), shape, make([]float32, n)))
		}
		return dir
	}
	for _, c := range []struct{ dir, says string }{
		{folder(), "cannot read"},
		{folder(2, 500, 512), "features_videoclip.npy: no such file"}, // read for the digests, before anything runs
	} {
		code, stdout, stderr := cli(t, nil, "reproduce", "fig1", "--device", "host", "--features", c.dir, "--out", t.TempDir())
		require.Equal(t, exitUse, code, stderr)
		require.Empty(t, stdout)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		require.Contains(t, lines[len(lines)-1], c.says)
		require.NotContains(t, stderr, "surrogate")
	}
	const data = "../../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skip("the authors' feature files are not in ../shared/data")
	}
	dir := folder(2, 500, 500)
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
	code, stdout, stderr := cli(t, nil, "reproduce", "fig1", "--device", "host", "--features", dir, "--out", t.TempDir())
	require.Equal(t, exitUse, code, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "features_clip.npy has shape [2 500 500], want [2 500 512]")
}
