package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
	"mindgap/kernels"
)

// tiny is enough to see that every part runs.
var tiny = Limits{Warm: time.Microsecond, Round: time.Microsecond, Rounds: 3, Budget: time.Millisecond}

func ExampleMedian() {
	// Nine rounds, one of them disturbed: the median and its interval do not follow it.
	i := Median([]float64{5, 1, 2, 3, 4, 6, 7, 8, 900})
	fmt.Println(i.Median, i.Lo, i.Hi)
	// Output: 5 2 8
}

// The ranks of the classic table for 95 % intervals of the median (Conover, Practical
// Nonparametric Statistics, binomial quantiles): n = 15 uses the 4th and 12th, n = 20 the
// 6th and 15th; below six samples there is only the range.
func TestMedianRanks(t *testing.T) {
	ranks := func(n int) (lo, hi float64) {
		s := make([]float64, n)
		for i := range s {
			s[i] = float64(n - i)
		}
		m := Median(s)
		return m.Lo, m.Hi
	}
	for n, want := range map[int][2]float64{1: {1, 1}, 3: {1, 3}, 6: {1, 6}, 9: {2, 8}, 15: {4, 12}, 20: {6, 15}} {
		lo, hi := ranks(n)
		require.Equal(t, want, [2]float64{lo, hi}, "n = %d", n)
	}
}

func TestProbesOnHost(t *testing.T) { probes(t, "host") }

// needGL leaves a test out where the machine is said to have no OpenGL; nothing else does.
func needGL(t *testing.T) {
	t.Helper()
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
}

func TestProbesOnGL(t *testing.T) {
	needGL(t)
	probes(t, "gl")
}

func probes(t *testing.T, name string) {
	d, err := engine.Open(name)
	require.NoError(t, err)
	defer d.Close()
	enginetest.Suite(t, d, Table)
	r, err := MeasureRoofline(t.Context(), d, tiny)
	require.NoError(t, err)
	require.Positive(t, r.GFlops)
	require.Positive(t, r.CopyGBs)
	require.Positive(t, r.ReadGBs)
	require.Equal(t, max(r.CopyGBs, r.ReadGBs), r.GBs)
	require.Positive(t, r.LaunchUS)
	require.Contains(t, r.String(), "GB/s, read ")
	require.InDelta(t, 100, r.Percent(engine.Cost{Flops: r.GFlops * 1e9}, 1), 1e-9)
	require.Zero(t, d.Memory().Live)
}

func TestReport(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	roof := Roofline{GFlops: 10, GBs: 5, FlopsBy: "copy", LaunchUS: 1}
	small := benchSmall{kernels.Table[0]}
	rows, err := Kernels(t.Context(), d, []engine.Spec{small}, roof, tiny, func(string) {})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Positive(t, rows[0].Peak)
	r := &Report{Device: d.Caps(), Roofline: roof, Busy: true, Load: 0.9, Rows: rows}
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	require.Contains(t, text.String(), "relu")
	require.Contains(t, text.String(), "busy")
	require.Contains(t, md.String(), "| relu |")
	_, err = json.Marshal(r)
	require.NoError(t, err)
}

// benchSmall times a kernel at its last test case.
type benchSmall struct{ engine.Spec }

func (b benchSmall) BenchCases() []any {
	c := b.TestCases()
	return c[len(c)-1:]
}

func TestMeasureStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Measure(ctx, tiny, Contestant{"x", func(int) error { return nil }})
	require.ErrorIs(t, err, context.Canceled)
	fault := errors.New("fault")
	_, err = Measure(t.Context(), tiny, Contestant{"x", func(int) error { return fault }})
	require.ErrorIs(t, err, fault)
}

func TestBriefCases(t *testing.T) {
	require.Equal(t, "m=5 n=3 k=0.5", Brief("m=5 n=3 k=0.5 ld_a=5 batch=1 step_a=0 alpha=1 beta=0 act=none"))
	require.Equal(t, "256 x 256 x 256", Brief("256 x 256 x 256"))
}

// The probes' shaders are plain GLSL 4.30 as well, and their launch protocol is that of the
// kernels: the same include, byte by byte.
func TestShadersAreGLSL430(t *testing.T) {
	ours, err := os.ReadFile("include/group.glsl")
	require.NoError(t, err)
	theirs, err := os.ReadFile("../kernels/include/group.glsl")
	require.NoError(t, err)
	require.Equal(t, string(theirs), string(ours))
	tool, err := exec.LookPath("glslangValidator")
	if err != nil {
		if os.Getenv("MINDGAP_GLSLANG") == "required" {
			t.Fatal("glslangValidator is not installed (package glslang-tools)")
		}
		t.Skip("glslangValidator is not installed (package glslang-tools)")
	}
	for _, s := range Table {
		for _, v := range s.Info().Variants {
			text, err := engine.ShaderText(s.Info().Source, v.File, v.Defines)
			require.NoError(t, err)
			cmd := exec.Command(tool, "--stdin", "-S", "comp")
			cmd.Stdin = strings.NewReader(text)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", v.File, out)
		}
	}
}
