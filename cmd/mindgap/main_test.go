package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/engine"
)

// cli runs a command line in this process.
func cli(t *testing.T, a *app, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	b := newApp(&out, &errs)
	if a != nil {
		b.table, b.experiments = a.table, a.experiments
	}
	code = b.run(t.Context(), args)
	return code, out.String(), errs.String()
}

// needGL skips only where this machine says that it has no OpenGL.
func needGL(t *testing.T) {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
}

// Wrong use is one line on stderr, nothing on stdout, and the right exit status.
func TestWrongUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"nonsense", 2, "nonsense"},
		{"list --nonsense", 2, "nonsense"},
		{"list extra", 2, "extra"},
		{"nonsense", 2, "`mindgap --help`"},
		{"list --nonsense", 2, "`mindgap list --help`"},
		{"reproduce nope", 2, "no experiment is called \"nope\"; `mindgap list` names all"},
		{"trace", 2, "`mindgap trace --help`"},
		{"reproduce thm1 --seed x", 2, "want a whole number from 0 to 18446744073709551615"},
		{"reproduce thm1 --device host --out=", 2, "cannot write: the folder has no name"},
		{"reproduce fig2d", 2, "did you mean fig2a?"},
		{"reproduce tmh1", 2, "did you mean thm1?"},
		{"reproduce thm1 --seed x", 2, "seed"},
		{"reproduce thm1 --seed -1", 2, "seed"},
		{"reproduce thm1 --scale huge", 2, "quick or paper"},
		{"reproduce thm1 --features /no/such/folder", 2, "no such folder"},
		{"reproduce thm1 --device host --out " + file, 2, "cannot write"},
		{"reproduce thm1 --device host --out " + file + "/below", 2, "cannot write"},
		{"reproduce thm1 --device gl:99 --out " + t.TempDir(), 3, "no such device"},
		{"reproduce thm1 --device cuda --out " + t.TempDir(), 3, "no such device"},
		{"verify --device gl:99", 3, "no such device"},
		{"verify --device gl:x", 3, "no such device"},
		{"verify --kernel nonsense", 2, "nonsense"},
		{"bench nonsense", 2, "nonsense"},
		{"bench kernels ladder", 2, "at most 1"},
		{"bench --json --md", 2, "md"},
		{"bench images --python no-such-python", 2, "no-such-python is not there"},
		{"bench --device gl:99", 3, "no such device"},
		{"trace", 2, "accepts 1 arg"},
		{"trace nonsense", 2, "nonsense"},
		{"trace thm1 --device gl:99", 3, "no such device"},
	} {
		code, stdout, stderr := cli(t, nil, strings.Fields(c.args)...)
		require.Equal(t, c.code, code, "%s: %s", c.args, stderr)
		require.Empty(t, stdout, c.args)
		require.Contains(t, stderr, c.says, c.args)
		require.True(t, strings.HasPrefix(stderr, "mindgap: "), stderr)
		require.Equal(t, 1, strings.Count(stderr, "\n"), "%s: %s", c.args, stderr)
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"reproduce", "--help"}, {"help", "verify"}} {
		code, stdout, stderr := cli(t, nil, args...)
		require.Zero(t, code)
		require.Contains(t, stdout, "mindgap")
		require.Empty(t, stderr)
	}
}

func TestList(t *testing.T) {
	code, stdout, _ := cli(t, nil, "list")
	require.Zero(t, code)
	require.Equal(t, 1+len(paper.All), strings.Count(stdout, "\n"))
	code, stdout, _ = cli(t, nil, "list", "--json")
	require.Zero(t, code)
	var doc struct {
		Experiments []struct {
			Name  string
			Needs []string
			Ready bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Len(t, doc.Experiments, 16)
	require.Equal(t, "thm1", doc.Experiments[4].Name)
	require.True(t, doc.Experiments[4].Ready)
	require.NotNil(t, doc.Experiments[4].Needs)
	require.Equal(t, "table2", doc.Experiments[15].Name)
	require.NotEmpty(t, doc.Experiments[15].Needs)
}

func TestVersion(t *testing.T) {
	code, stdout, _ := cli(t, nil, "version")
	require.Zero(t, code)
	require.Contains(t, stdout, "mindgap "+version)
	require.Contains(t, programName(), "sha256:")
}

func TestKernels(t *testing.T) {
	code, stdout, _ := cli(t, nil, "kernels")
	require.Zero(t, code)
	require.Contains(t, stdout, "y = max(x, 0)")
	code, stdout, _ = cli(t, nil, "kernels", "--json")
	require.Zero(t, code)
	var doc struct{ Kernels []kernelRow }
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.NotEmpty(t, doc.Kernels)
	code, stdout, _ = cli(t, nil, "kernels", "--md")
	require.Zero(t, code)
	require.Equal(t, 2+len(doc.Kernels), strings.Count(stdout, "\n"))
	require.Contains(t, stdout, "| `relu` |")
}

func TestDevices(t *testing.T) {
	code, stdout, stderr := cli(t, nil, "devices", "--json")
	require.Zero(t, code, stderr)
	var doc struct {
		Devices []struct {
			Name, Renderer string
			Measured       struct {
				GFlops float64
				GBs    float64 `json:"gb_s"`
			}
			Error string
		}
		NoGL string `json:"no_gl"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc))
	require.Equal(t, "host", doc.Devices[0].Name)
	for _, d := range doc.Devices {
		require.Empty(t, d.Error)
		require.NotEmpty(t, d.Renderer)
		require.Positive(t, d.Measured.GFlops)
		require.Positive(t, d.Measured.GBs)
	}
	if os.Getenv("MINDGAP_NO_GL") != "1" {
		require.Greater(t, len(doc.Devices), 1, doc.NoGL)
	}
}

func TestDeviceText(t *testing.T) {
	var out bytes.Buffer
	a := newApp(&out, io.Discard)
	a.printDevice(deviceRow{Caps: engine.Caps{Name: "gl:1", Kind: "gl", LoopBudget: 65535, Subgroup: 32}, Auto: true, Measured: &bench.Roofline{MatmulGFlops: 12}})
	a.printDevice(deviceRow{Caps: engine.Caps{Name: "gl:2", Kind: "gl"}, Error: "it broke"})
	require.Contains(t, out.String(), "gl:1  (auto)")
	require.Contains(t, out.String(), "65535 iterations")
	require.Contains(t, out.String(), "subgroups    of 32, with sums and maxima")
	require.Contains(t, out.String(), "matmul 12.0 GFLOP/s")
	require.Contains(t, out.String(), "it broke")
}

// A misuse of the engine inside a command is a message, not a stack.
func TestPanicIsAMessage(t *testing.T) {
	a := &app{experiments: []*paper.Experiment{fake("bad", func(_ context.Context, e *paper.Env) error {
		s := e.Device.Scope()
		defer s.Close()
		s.Floats(-1)
		return nil
	})}}
	code, _, stderr := cli(t, a, "reproduce", "--device", "host", "--out", t.TempDir())
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "negative size")
	require.NotContains(t, stderr, "goroutine")
}

func TestDeviceFaultIsAMessage(t *testing.T) {
	a := &app{experiments: []*paper.Experiment{fake("big", func(context.Context, *paper.Env) error {
		return fmt.Errorf("engine: new tensor 5x3 float: %w", engine.ErrMemory)
	})}}
	code, _, stderr := cli(t, a, "reproduce", "--device", "host", "--out", t.TempDir())
	require.Equal(t, 2, code)
	require.Contains(t, stderr, engine.ErrMemory.Error())
}
