package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/kernels"
)

// Tests of this package know no file of the machine's user, and no seeds: results and the
// variants that they come from are those of the code alone.
func TestMain(m *testing.M) {
	os.Setenv(tuneEnv, tuneOff)
	os.Exit(m.Run())
}

// smallTuned is a kernel that is tuned at a case of its tests.
type smallTuned struct{ engine.Spec }

func (s smallTuned) TuneCases(*engine.Caps) []any {
	c := s.TestCases()
	return c[len(c)-1:]
}

func tuneTable(t *testing.T, names ...string) *app {
	a := &app{}
	for _, s := range kernels.Table {
		for _, name := range names {
			if s.Info().Name == name {
				a.table = append(a.table, smallTuned{s})
			}
		}
	}
	require.Len(t, a.table, len(names))
	return a
}

func TestTuneWrongUse(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"tune", "name one with --file"}, // MINDGAP_TUNE=off
		{"tune --file f --kernel nonsense", "nonsense"},
		{"tune --file f --budget 0s", "no time to measure in"},
		{"tune --file f --all --budget 1s", "budget"},
		{"tune --file f --json --md", "md"},
		{"tune --file f extra", "extra"},
	} {
		code, stdout, stderr := cli(t, nil, strings.Fields(c.args)...)
		require.Equal(t, 2, code, c.args)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.says, c.args)
	}
	code, _, stderr := cli(t, nil, "tune", "--file", "f", "--device", "gl:99")
	require.Equal(t, 3, code, stderr)
}

func TestTuneOnHostSaysWhyNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tune.json")
	code, stdout, _ := cli(t, nil, "tune", "--device", "host", "--file", file)
	require.Zero(t, code)
	require.Contains(t, stdout, "nothing to tune")
	require.Equal(t, 1, strings.Count(stdout, "\n"))
	require.NoFileExists(t, file)
	code, stdout, _ = cli(t, nil, "tune", "--device", "host", "--file", file, "--json")
	require.Zero(t, code)
	var doc bench.TuneReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Empty(t, doc.Rows)
	require.Equal(t, "host", doc.Device.Name)
}

// Tuning writes a file; a second call measures nothing; the file can be verified, and emptied.
func TestTuneAndItsFile(t *testing.T) {
	needGL(t)
	a := tuneTable(t, "transpose", "row_max")
	file := filepath.Join(t.TempDir(), "deeper", "tune.json")
	type doc struct {
		Rows     []struct{ Kernel, State, Variant string }
		Roofline *struct{}
	}
	tune := func(args ...string) (d doc) {
		t.Helper()
		code, stdout, stderr := cli(t, a, append([]string{"tune", "--device", "gl", "--file", file, "--json"}, args...)...)
		require.Zero(t, code, stderr)
		require.NoError(t, json.Unmarshal([]byte(stdout), &d))
		require.Len(t, d.Rows, 2)
		return d
	}
	require.Equal(t, "planned", tune("--dry-run").Rows[0].State)
	require.NoFileExists(t, file)
	first := tune("--budget", "10m")
	require.Equal(t, "measured", first.Rows[0].State)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	second := tune()
	require.Equal(t, "known", second.Rows[0].State)
	require.Equal(t, first.Rows[0].Variant, second.Rows[0].Variant)
	require.Nil(t, second.Roofline)
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(written), string(again))

	code, stdout, stderr := cli(t, a, "tune", "--device", "gl", "--file", file, "--verify")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "2 choices")
	code, stdout, _ = cli(t, a, "tune", "--device", "gl", "--file", file, "--reset", "--kernel", "row_max")
	require.Zero(t, code)
	require.Contains(t, stdout, "1 choices")
	require.Equal(t, "known", tune("--dry-run").Rows[0].State)
	_, _, _ = cli(t, a, "tune", "--device", "gl", "--file", file, "--reset")
	code, _, stderr = cli(t, a, "tune", "--device", "gl", "--file", file, "--verify")
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "run mindgap tune first")
}

// Commands read the file: results name its digest, and a finished experiment is not used again
// under another table. A broken file is one line and no more.
func TestCommandsReadTheTuning(t *testing.T) {
	needGL(t)
	dir := t.TempDir()
	file, out := filepath.Join(dir, "tune.json"), filepath.Join(dir, "out")
	t.Setenv(tuneEnv, file)
	caps := map[string]engine.Caps{}
	runs, last := 0, ""
	a := &app{table: kernels.Table, experiments: []*paper.Experiment{fake("one", func(_ context.Context, e *paper.Env) error {
		runs++
		caps[last] = e.Device.Caps()
		return nil
	})}}
	run := func(name string) (stderr string) {
		last = name
		code, _, stderr := cli(t, a, "reproduce", "--device", "gl", "--out", out)
		require.Zero(t, code, stderr)
		return stderr
	}
	run("none")
	c := caps["none"]
	table := func(variant string) {
		tuning := &engine.Tuning{}
		tuning.Put(c.Renderer, c.Version, []engine.Pick{
			{Kernel: "relu", Bucket: "n=1", Variant: variant, Candidates: engine.VariantsDigest(kernels.Table[0])},
			{Kernel: "add", Bucket: "n=1", Variant: "of another version", Candidates: "0"},
		})
		require.NoError(t, os.WriteFile(file, tuning.Encode(), 0o644))
	}
	table("a")
	run("a")
	require.True(t, strings.HasPrefix(caps["a"].Tuning, "file "), caps["a"].Tuning)
	run("a again")
	require.Equal(t, 2, runs, "the same table: the result is used again")
	var result report.Result
	data, err := os.ReadFile(filepath.Join(out, "one", "result.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &result))
	require.Equal(t, caps["a"].Tuning, result.Device.Tuning)
	table("b")
	require.Contains(t, run("b"), "another tuning")
	require.Equal(t, 3, runs)
	require.NotEqual(t, caps["a"].Tuning, caps["b"].Tuning)

	for _, text := range []string{"{", `{"schema": 99}`, strings.Repeat("x", 9<<20)} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		stderr := run("broken")
		require.Equal(t, 1, strings.Count(stderr, file), stderr)
		require.Contains(t, stderr, "is left out")
	}
	require.Equal(t, caps["none"].Tuning, caps["broken"].Tuning)
	t.Setenv(tuneEnv, dir) // a folder
	require.Contains(t, run("folder"), "is no file")
	t.Setenv(tuneEnv, tuneOff)
	run("off")
	require.Empty(t, caps["off"].Tuning)
}

// Tunings that end at the same time lose nothing of a file's form, and leave no pieces behind.
func TestTuningsSideBySide(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "tune.json")
	require.NoError(t, os.WriteFile(file, []byte("broken"), 0o644))
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			a := newApp(&strings.Builder{}, &strings.Builder{})
			for range 10 {
				err := a.changeTuning(file, func(t *engine.Tuning) {
					t.Put("card", "1", []engine.Pick{{Kernel: "k", Bucket: "n=" + string(rune('0'+i)), Variant: "v"}})
				})
				if err != nil {
					t.Error(err)
				}
				if _, err := readTuning(file); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
	read, err := readTuning(file)
	require.NoError(t, err)
	require.NotEmpty(t, read.Find("card", "1").Picks)
}
