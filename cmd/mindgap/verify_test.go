package main

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
	"mindgap/kernels"
)

// relu gives a copy of a kernel of the table, to be broken.
func relu(t *testing.T) *engine.Kernel[kernels.UnaryParams] {
	for _, s := range kernels.Table {
		if s.Info().Name == "relu" {
			k := *s.(*engine.Kernel[kernels.UnaryParams])
			return &k
		}
	}
	t.Fatal("no relu in the table")
	return nil
}

func verdicts(t *testing.T, stdout string) []enginetest.Row {
	var doc struct{ Rows []enginetest.Row }
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	return doc.Rows
}

func TestVerifySound(t *testing.T) {
	a := &app{table: []engine.Spec{relu(t)}}
	code, stdout, stderr := cli(t, a, "verify", "--device", "host", "--json")
	require.Zero(t, code, stderr)
	rows := verdicts(t, stdout)
	require.NotEmpty(t, rows)
	for _, r := range rows {
		require.True(t, r.OK)
		require.Equal(t, "host", r.Device)
	}
	code, stdout, _ = cli(t, a, "verify", "--device", "host")
	require.Zero(t, code)
	require.Contains(t, stdout, "within their bounds")
}

// The host's Go form is wrong at one element of a large case.
func TestVerifySeesABrokenHostForm(t *testing.T) {
	k := relu(t)
	sound := k.Host
	k.Host = func(h *engine.Host, p kernels.UnaryParams, v []engine.View) {
		sound(h, p, v)
		if p.Rows*p.Cols > 1000 {
			v[0].F[(p.Rows-1)*p.LdY] += 1e-3
		}
	}
	a := &app{table: []engine.Spec{k}}
	code, stdout, stderr := cli(t, a, "verify", "--device", "host", "--json")
	require.Equal(t, 1, code)
	require.Contains(t, stderr, "does not hold")
	bad := 0
	for _, r := range verdicts(t, stdout) {
		if !r.OK {
			bad++
			require.NotEmpty(t, r.Why)
			require.Greater(t, r.Error, r.Bound)
		}
	}
	require.Positive(t, bad)
	code, stdout, _ = cli(t, a, "verify", "--device", "host")
	require.Equal(t, 1, code)
	require.Contains(t, stdout, "FAILED")
}

// The shader is wrong: seen by the run on OpenGL alone.
func TestVerifySeesABrokenShaderOnGL(t *testing.T) {
	needGL(t)
	k := relu(t)
	k.Source = edited(t, k.Source, k.Variants[0].File, "pack(activate(", "pack(1.0001 * activate(")
	a := &app{table: []engine.Spec{k}}
	code, _, stderr := cli(t, a, "verify", "--device", "gl")
	require.Equal(t, 1, code, stderr)
	code, _, _ = cli(t, a, "verify", "--device", "host")
	require.Zero(t, code)
}

// A shader that does not compile fails its rows with file and line.
func TestVerifyNamesTheLineOfABadShader(t *testing.T) {
	needGL(t)
	k := relu(t)
	k.Source = edited(t, k.Source, k.Variants[0].File, "pack(activate(", "pack(nonsense(")
	code, stdout, _ := cli(t, &app{table: []engine.Spec{k}}, "verify", "--device", "gl")
	require.Equal(t, 1, code)
	require.Regexp(t, k.Variants[0].File+`:\d+`, stdout)
}

// edited is a shader tree with one file changed.
func edited(t *testing.T, tree fs.FS, file, from, to string) fs.FS {
	out := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, path)
		if path == file {
			require.Contains(t, string(data), from)
			data = []byte(strings.ReplaceAll(string(data), from, to))
		}
		out[path] = &fstest.MapFile{Data: data}
		return err
	}))
	return out
}

func TestBench(t *testing.T) {
	a := &app{table: []engine.Spec{relu(t)}}
	k := *relu(t)
	k.Bench = []kernels.UnaryParams{{Rows: 64, Cols: 64, LdY: 64, LdX: 64}}
	a.table = []engine.Spec{&k}
	code, stdout, stderr := cli(t, a, "bench", "kernels", "--device", "host", "--quick", "--json")
	require.Zero(t, code, stderr)
	var doc struct {
		Roofline struct{ GFlops float64 }
		Rows     []struct {
			Kernel  string
			Seconds struct{ Median, Lo, Hi float64 }
			Percent float64 `json:"percent_of_roofline"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Len(t, doc.Rows, 1)
	require.Positive(t, doc.Rows[0].Percent)
	require.LessOrEqual(t, doc.Rows[0].Seconds.Lo, doc.Rows[0].Seconds.Median)
	code, stdout, stderr = cli(t, a, "bench", "kernels", "--device", "host", "--quick")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "relu")
}
