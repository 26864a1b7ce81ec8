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
