package paper

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

func open(t *testing.T, name string) *engine.Device {
	if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := engine.Open(name)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.Zero(t, d.Memory().Live)
		d.Close()
	})
	return d
}

// few are the widths of Theorem 1 with few draws: for bytes, not for claims.
var few = []thm1Width{{16, 50}, {64, 40}, {256, 20}, {1024, 10}}

func TestThm1IsDeterministic(t *testing.T) {
	d := open(t, "host")
	run := func(seed uint64) []byte {
		x := *thm1
		x.Run = func(ctx context.Context, e *Env) (*report.Result, error) { return thm1At(ctx, e, few) }
		r, err := x.Do(t.Context(), &Env{Device: d, Seed: seed, Scale: Quick})
		require.NoError(t, err)
		data, err := r.Encode()
		require.NoError(t, err)
		return data
	}
	first := run(7)
	for range 9 {
		require.True(t, bytes.Equal(first, run(7)), "the same seed gives the same bytes")
	}
	require.NotEqual(t, first, run(8), "another seed gives other numbers")
}

// The whole experiment at its own size: every check holds, and no layer of width 1024
// violates the theorem at this seed.
func TestThm1Holds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	r, err := thm1.Do(t.Context(), &Env{Device: open(t, "host"), Seed: 1, Scale: Quick})
	require.NoError(t, err)
	for _, c := range r.Claims {
		require.True(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	require.Len(t, r.Tables["violations"].Rows, 32)
}

// A claim must be able to fail: rates twice the reference, and a cosine that is off.
func TestThm1ClaimsCanFail(t *testing.T) {
	var cells []thm1Cell
	for _, p := range thm1Pairs {
		for _, w := range thm1Widths {
			cells = append(cells, thm1Cell{pair: p, width: w, violations: w.Draws / 5, mean: p.exact() + 0.01, se: 1e-4})
		}
	}
	failed := map[string]bool{}
	for _, c := range thm1Claims(cells) {
		failed[c.ID] = !c.Holds
	}
	require.Equal(t, map[string]bool{
		"conditions": false, "rates": true, "none-at-1024": true, "few-at-1024": true,
		"falls-as-1/d": true, "mean-cosine": true, "constant": false,
	}, failed)
}

func TestCompareHostAndGL(t *testing.T) {
	c, err := Compare(open(t, "host"), open(t, "gl"))
	require.NoError(t, err)
	require.True(t, c.OK(), "%+v", c.Rows)
	require.Len(t, c.Rows, 2)
}

// A difference beyond the bound is seen: one wrong activation.
func TestCompareSeesDifferences(t *testing.T) {
	bound := []float64{1e-6, 1e-6}
	row := compareRow("x", [2][]float32{{1, 2}, {1, 2.001}}, bound)
	require.False(t, row.OK)
	require.True(t, compareRow("x", [2][]float32{{1, 2}, {1, 2}}, bound).OK)
}

func TestAllIsThePaper(t *testing.T) {
	want := []string{
		"fig1", "fig2a", "fig2b", "fig2c", "thm1", "thm2", "fig3-shift", "fig3-sphere", "fig3-points",
		"stats", "norm-off", "finetune", "init-vs-opt", "dims", "table1", "table2",
	}
	var got []string
	for _, x := range All {
		got = append(got, x.Name)
		require.NotEmpty(t, x.Where, x.Name)
		require.NotEmpty(t, x.Title, x.Name)
		require.NotEmpty(t, x.Doc, x.Name)
	}
	require.Equal(t, want, got)
}

func TestFindSuggests(t *testing.T) {
	for name, nearest := range map[string]string{"fig2d": "fig2a", "Thm1": "thm1", "sphere": "fig3-sphere", "tabel1": "table1", "finetunes": "finetune"} {
		x, got := Find(All, name)
		require.Nil(t, x)
		require.Equal(t, nearest, got, name)
	}
	x, _ := Find(All, "thm1")
	require.Same(t, thm1, x)
}
