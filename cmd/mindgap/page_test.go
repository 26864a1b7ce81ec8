package main

import (
	"context"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/paper"
)

// The page shows the 16 experiments of the paper in its order, none missing, whether they have
// been run or not.
func TestPageShowsThePaper(t *testing.T) {
	names := strings.Fields("fig1 fig2a fig2b fig2c thm1 thm2 fig3-shift fig3-sphere fig3-points stats norm-off finetune init-vs-opt dims table1 table2")
	require.Len(t, names, 16)
	for _, done := range [][]string{names, {"table1", "fig1"}} {
		a := &app{}
		for _, x := range paper.All {
			y := fake(x.Name, func(context.Context, *paper.Env) error { return nil })
			y.Where, y.Title, y.Doc = x.Where, x.Title, x.Doc
			a.experiments = append(a.experiments, y)
		}
		out := t.TempDir()
		code, _, stderr := cli(t, a, append([]string{"reproduce", "--device", "host", "--out", out}, done...)...)
		require.Zero(t, code, stderr)
		page, err := os.ReadFile(filepath.Join(out, "index.html"))
		require.NoError(t, err)
		last := map[bool]int{}
		for i, name := range names {
			at := strings.Index(string(page), `id="`+name+`"`)
			require.Positive(t, at, name)
			ran := len(done) == len(names) || name == "table1" || name == "fig1"
			require.Greater(t, at, last[ran], "%s is out of order", name)
			last[ran] = at
			require.True(t, strings.Contains(string(page), html.EscapeString(paper.All[i].Title)), name)
			require.Equal(t, 1, strings.Count(string(page), `id="`+name+`"`), name)
		}
	}
}

// An experiment that cannot be run is refused by name, and left out where none is named.
func TestReproduceRefusesWhatIsNotReady(t *testing.T) {
	a := &app{experiments: []*paper.Experiment{fake("one", func(context.Context, *paper.Env) error { return nil }), {Name: "later", Where: "Figure 9"}}}
	code, _, stderr := cli(t, a, "reproduce", "later", "--device", "host", "--out", t.TempDir())
	require.Equal(t, 2, code)
	require.Contains(t, stderr, "later (Figure 9) is not ready in this version")
	code, _, stderr = cli(t, a, "reproduce", "--device", "host", "--out", t.TempDir())
	require.Zero(t, code, stderr)
}
