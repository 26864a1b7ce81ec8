package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/report"
)

// fake is an experiment that does as it is told, and claims that it did.
func fake(name string, f func(context.Context, *paper.Env) error) *paper.Experiment {
	return &paper.Experiment{
		Name: name, Where: "nowhere", Title: "Fake " + name, Doc: "None.",
		Run: func(ctx context.Context, e *paper.Env) (*report.Result, error) {
			if err := f(ctx, e); err != nil {
				return nil, err
			}
			t := &report.Table{Columns: []string{"seed"}}
			t.Add(float64(e.Seed))
			return &report.Result{
				Inputs: "synthetic", Tables: map[string]*report.Table{"t": t},
				Claims: []report.Claim{{ID: "done", Kind: report.Check, Want: "= 1", Got: 1, Holds: name != "false"}},
			}, nil
		},
	}
}

// counted counts how often it ran.
func counted(name string, n *int) *paper.Experiment {
	return fake(name, func(context.Context, *paper.Env) error { *n++; return nil })
}

func TestReproduceUsesFinishedResults(t *testing.T) {
	var one, two int
	a := &app{experiments: []*paper.Experiment{counted("one", &one), counted("two", &two), {Name: "later", Title: "Later", Doc: "Later."}}}
	out := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		code, _, stderr := cli(t, a, append([]string{"reproduce", "--device", "host", "--out", out}, args...)...)
		require.Zero(t, code, stderr)
	}
	run()
	require.Equal(t, [2]int{1, 1}, [2]int{one, two})
	before, err := os.ReadFile(filepath.Join(out, "one", "result.json"))
	require.NoError(t, err)
	run()
	require.Equal(t, [2]int{1, 1}, [2]int{one, two}, "nothing changed: nothing runs")
	run("one", "--seed", "2")
	require.Equal(t, [2]int{2, 1}, [2]int{one, two}, "another seed")
	run("one", "--scale", "paper")
	run("one", "--scale", "paper", "--as-published")
	require.Equal(t, 4, one, "another scale, another flag")
	run()
	require.Equal(t, [2]int{5, 1}, [2]int{one, two}, "two was kept all the time")
	after, err := os.ReadFile(filepath.Join(out, "one", "result.json"))
	require.NoError(t, err)
	require.Equal(t, before, after, "the same seed gives the same bytes")
	require.NoError(t, os.WriteFile(filepath.Join(out, "two", "result.json"), []byte("{}"), 0o644))
	run()
	require.Equal(t, [2]int{5, 2}, [2]int{one, two}, "a file that was touched is not trusted")
	page, err := os.ReadFile(filepath.Join(out, "index.html"))
	require.NoError(t, err)
	for _, x := range a.experiments {
		require.Contains(t, string(page), `id="`+x.Name+`"`)
		require.Contains(t, string(page), x.Title)
	}
}

func TestReproduceJSONIsOneDocument(t *testing.T) {
	n := 0
	a := &app{experiments: []*paper.Experiment{counted("one", &n)}}
	code, stdout, stderr := cli(t, a, "reproduce", "--device", "host", "--json", "--out", t.TempDir())
	require.Zero(t, code, stderr)
	var doc struct{ Results []report.Result }
	d := json.NewDecoder(strings.NewReader(stdout))
	require.NoError(t, d.Decode(&doc))
	require.False(t, d.More())
	require.Equal(t, "one", doc.Results[0].Experiment)
}

func TestFailedCheckExitsOne(t *testing.T) {
	n := 0
	a := &app{experiments: []*paper.Experiment{counted("false", &n)}}
	out := t.TempDir()
	for range 2 { // computed, and used again
		code, stdout, stderr := cli(t, a, "reproduce", "--device", "host", "--out", out)
		require.Equal(t, 1, code)
		require.Contains(t, stdout, "FAILS")
		require.Contains(t, stderr, "does not hold")
	}
	require.Equal(t, 1, n)
}

// An interrupt ends with 130 and leaves what was finished.
func TestInterruptKeepsFinishedResults(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	var out, errs bytes.Buffer
	a := newApp(&out, &errs)
	a.experiments = []*paper.Experiment{counted("one", &n), fake("two", func(ctx context.Context, e *paper.Env) error {
		cancel()
		s := e.Device.Scope()
		defer s.Close()
		for range 1000 { // until the device has heard of it
			if _, err := s.Zeros(10).Floats(); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return errors.New("nobody stopped it")
	})}
	dir := t.TempDir()
	code := a.run(ctx, []string{"reproduce", "--device", "host", "--out", dir})
	require.Equal(t, 130, code, errs.String())
	require.Contains(t, errs.String(), "interrupted\n")
	require.FileExists(t, filepath.Join(dir, "one", "result.json"))
	require.FileExists(t, filepath.Join(dir, "index.html"))
	require.NoDirExists(t, filepath.Join(dir, "two"))
	_, _, stderr := cli(t, &app{experiments: a.experiments[:1]}, "reproduce", "--device", "host", "--out", dir)
	require.Contains(t, stderr, "used again")
	require.Equal(t, 1, n)
}

func TestReproduceComparesWithGL(t *testing.T) {
	needGL(t)
	n := 0
	a := &app{experiments: []*paper.Experiment{counted("one", &n)}}
	code, stdout, stderr := cli(t, a, "reproduce", "--device", "host", "--out", t.TempDir())
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "largest difference")
	require.Contains(t, stdout, "within its bound")
}

func TestTrace(t *testing.T) {
	a := &app{experiments: []*paper.Experiment{fake("one", func(_ context.Context, e *paper.Env) error {
		_, err := paper.Compare(e.Device, e.Device)
		return err
	})}}
	code, stdout, stderr := cli(t, a, "trace", "one", "--device", "host", "--json")
	require.Zero(t, code, stderr)
	var doc struct {
		Rows []struct {
			Kernel   string
			Launches int
			Seconds  float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.NotEmpty(t, doc.Rows)
	require.Positive(t, doc.Rows[0].Seconds)
	code, stdout, stderr = cli(t, a, "trace", "one", "--device", "host", "--full")
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "launches")
}

func TestReproduceRefusesBadCounts(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "counts.csv")
	require.NoError(t, os.WriteFile(bad, []byte("race,class,count\nWhite,theif,1\n"), 0o644))
	for path, want := range map[string]string{bad: "line 2", t.TempDir(): "no such file", filepath.Join(t.TempDir(), "x"): "no such file"} {
		code, _, stderr := cli(t, &app{experiments: paper.All}, "reproduce", "stats", "--device", "host", "--out", t.TempDir(), "--fairface-counts", path)
		require.Equal(t, 2, code, stderr)
		last := strings.Split(strings.TrimSpace(stderr), "\n")
		require.Contains(t, last[len(last)-1], want)
	}
}

// What an experiment keeps in part is there on the next call, unless something changed, and is
// gone when it is finished.
func TestReproduceKeepsWhatIsDoneInPart(t *testing.T) {
	stop, found := true, false
	a := &app{experiments: []*paper.Experiment{fake("one", func(_ context.Context, e *paper.Env) error {
		dir, err := e.Scratch()
		if err != nil {
			return err
		}
		e.Say("this takes a while")
		file := filepath.Join(dir, "half")
		_, err = os.Stat(file)
		found = err == nil
		if stop {
			return errors.Join(os.WriteFile(file, nil, 0o644), errors.New("the machine went down"))
		}
		return nil
	})}}
	out := t.TempDir()
	run := func(args ...string) (code int, stderr string) {
		code, _, stderr = cli(t, a, append([]string{"reproduce", "--device", "host", "--out", out}, args...)...)
		return code, stderr
	}
	code, stderr := run()
	require.NotZero(t, code)
	require.False(t, found)
	require.Contains(t, stderr, "this takes a while")
	run()
	require.True(t, found)
	run("--seed", "2")
	require.False(t, found, "another seed begins anew")
	stop = false
	code, stderr = run("--seed", "2")
	require.Zero(t, code, stderr)
	require.True(t, found)
	entries, err := os.ReadDir(filepath.Join(out, "one"))
	require.NoError(t, err)
	for _, x := range entries {
		require.False(t, x.IsDir(), "%s is left", x.Name())
	}
}
