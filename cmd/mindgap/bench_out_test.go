package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
)

// --out writes the page, the picture and the numbers, and nothing else.
func TestBenchOut(t *testing.T) {
	k := *relu(t)
	k.Bench = []kernels.UnaryParams{{Rows: 64, Cols: 64, LdY: 64, LdX: 64}}
	out := filepath.Join(t.TempDir(), "new")
	code, stdout, stderr := cli(t, &app{table: []engine.Spec{&k}}, "bench", "kernels", "--device", "host", "--quick", "--out", out)
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "relu")
	require.Contains(t, stderr, filepath.Join(out, "index.html"))
	require.Equal(t, []string{"bench.json", "index.html", "roofline.svg"}, files(t, out))
}

func files(t *testing.T, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestBenchGrowth(t *testing.T) {
	out := t.TempDir()
	code, stdout, stderr := cli(t, nil, "bench", "growth", "--device", "host", "--quick", "--most", "128", "--json", "--out", out)
	require.Zero(t, code, stderr)
	var doc struct {
		Device engine.Caps
		Series []struct {
			Name string
			Rows []struct {
				N     int
				Extra int64 `json:"extra_bytes"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Equal(t, "host", doc.Device.Name)
	require.Len(t, doc.Series, 5)
	for _, s := range doc.Series {
		require.Equal(t, 128, s.Rows[len(s.Rows)-1].N, s.Name)
		require.Positive(t, s.Rows[0].Extra, s.Name)
	}
	require.Equal(t, []string{"bench.json", "growth.svg", "index.html"}, files(t, out))
}

// A folder that cannot be written is refused before anything is timed.
func TestBenchOutRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, dir := range []string{file, ""} {
		code, stdout, stderr := cli(t, nil, "bench", "loss", "--device", "host", "--out", dir)
		require.Equal(t, 2, code)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "cannot write")
	}
}

// Sizes and times that leave nothing to measure are refused before anything runs.
func TestGrowthRefuses(t *testing.T) {
	for _, flags := range [][]string{{"--most", "-3"}, {"--most", "100"}, {"--limit", "0s"}, {"--limit", "-1s"}} {
		code, stdout, stderr := cli(t, nil, append([]string{"bench", "growth", "--device", "host"}, flags...)...)
		require.Equal(t, 2, code, flags)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "mindgap: "+flags[0])
	}
}
