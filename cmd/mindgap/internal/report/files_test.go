package report

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a killed run left behind goes when it is old; what another run may be writing stays.
func TestOpenSweeps(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "fig1"), 0o755))
	old := time.Now().Add(-25 * time.Hour)
	stays := map[string]bool{}
	for _, name := range []string{".try-1", ".mindgap-0000000a.tmp", "fig1/.mindgap-0000000b.tmp", "index.html", "fig1/gap.csv"} {
		for _, age := range []string{"old", "new"} {
			path := filepath.Join(dir, filepath.Dir(name), filepath.Base(name))
			if age == "new" {
				path = filepath.Join(filepath.Dir(path), ".mindgap-new"+filepath.Base(path)+".tmp")
			}
			require.NoError(t, os.WriteFile(path, nil, 0o644))
			if age == "old" {
				require.NoError(t, os.Chtimes(path, old, old))
			}
			stays[path] = age == "new" || name[0] != '.' && filepath.Base(name)[0] != '.'
		}
	}
	_, err := Open(dir)
	require.NoError(t, err)
	for path, want := range stays {
		_, err := os.Stat(path)
		require.Equal(t, want, err == nil, path)
	}
}

// What an experiment has done in part stays for a call with the same key and goes with another,
// and when the experiment is finished.
func TestPartial(t *testing.T) {
	f, err := Open(t.TempDir())
	require.NoError(t, err)
	key := Key{Program: "p", Seed: 1, Inputs: map[string]string{"a": "b"}}
	dir, err := f.Partial("x", key)
	require.NoError(t, err)
	kept := filepath.Join(dir, "kept")
	require.NoError(t, os.WriteFile(kept, nil, 0o644))
	again, err := f.Partial("x", key)
	require.NoError(t, err)
	require.Equal(t, dir, again)
	require.FileExists(t, kept)
	key.Seed = 2
	_, err = f.Partial("x", key)
	require.NoError(t, err)
	require.NoFileExists(t, kept)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key.json"), []byte("nonsense"), 0o644))
	require.NoError(t, os.WriteFile(kept, nil, 0o644))
	_, err = f.Partial("x", key)
	require.NoError(t, err)
	require.NoFileExists(t, kept, "what nobody can tell the key of")
	require.NoError(t, f.DropPartial("x"))
	require.NoDirExists(t, dir)
	require.NoError(t, f.DropPartial("x"), "there may be none")
}
