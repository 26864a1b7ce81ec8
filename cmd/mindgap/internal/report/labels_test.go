package report

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Words find places that cover neither points nor each other, near where there is room; in a crowd
// without room they are left out.
func TestPlace(t *testing.T) {
	room := vg.Rectangle{Max: vg.Point{X: 200, Y: 200}}
	at := vg.Point{X: 100, Y: 100}
	taken := []vg.Rectangle{around(at, pointRoom)}
	for i := range 12 {
		m, ok := place(room, taken, at, 40, 8)
		require.True(t, ok)
		box := boxOf(m, 40, 8)
		require.True(t, free(room, taken, box), "word %d", i)
		if i == 0 {
			require.InDelta(t, 100+labelNear+20, float64(m.X), 1e-9, "the first stands at the right")
			require.InDelta(t, 100, float64(m.Y), 1e-9)
		}
		taken = append(taken, box)
	}
	_, ok := place(room, []vg.Rectangle{room}, at, 40, 8)
	require.False(t, ok)
	_, ok = place(room, nil, at, 400, 8)
	require.False(t, ok, "it would be cut off")
}

// Words are those of the column, on the page and in the file.
func TestFigureLabels(t *testing.T) {
	table := &Table{Columns: []string{"x", "y", "word"}}
	for i := range 5 {
		table.Add(float64(i+1), float64(i+1), fmt.Sprint("word", i))
	}
	f := &Figure{Name: "f", X: Axis{Column: "x", Log: true}, Y: Axis{Column: "y", Log: true}, Label: "word", Points: []string{""}, Large: true}
	svg, err := f.SVG(table)
	require.NoError(t, err)
	panels, _, err := f.inline(table)
	require.NoError(t, err)
	for i := range 5 {
		require.Contains(t, string(svg), fmt.Sprintf(">word%d</text>", i))
		require.Contains(t, panels[0], fmt.Sprintf(">word%d</text>", i))
	}
}

// Bars begin at 0 and end within the axis with their intervals; a level among them is a line.
func TestBars(t *testing.T) {
	table := &Table{Columns: []string{"series", "x", "place", "low", "high"}}
	table.Add("ours", 3.0, 1, 2.5, 4.0)
	table.Add("theirs", 2.0, 0, 1.5, 2.5)
	table.Add("level", 5.0, -0.4, nil, nil)
	table.Add("level", 5.0, 1.4, nil, nil)
	f := &Figure{
		Name: "f", X: Axis{Column: "x"}, Y: Axis{Column: "place", Names: []string{"lower", "upper"}},
		Series: Group{Column: "series"}, Marks: []string{"level"}, Low: "low", High: "high", Bars: true,
	}
	panels, _, err := f.panels(table)
	require.NoError(t, err)
	require.Zero(t, panels[0].X.Min)
	require.GreaterOrEqual(t, panels[0].X.Max, 5.)
	svg, err := f.SVG(table)
	require.NoError(t, err)
	require.Contains(t, string(svg), ">upper</text>")
	require.Contains(t, string(svg), "fill:#0072B2")
	require.Contains(t, string(svg), "fill:#D55E00")
}

// Each panel of free logarithmic axes has its own range, and expected values are drawn beside the
// measured ones.
func TestFreeLogAxesAndGuides(t *testing.T) {
	table := &Table{Columns: []string{"panel", "x", "y", "expected"}}
	for i, x := range []float64{1, 10, 100} {
		table.Add("small", x, 1e-6*x, 1e-6*x)
		table.Add("large", x, 1e6*x+float64(i), 1e6*x)
	}
	f := &Figure{
		Name: "f", X: Axis{Column: "x", Log: true}, Y: Axis{Column: "y", Log: true},
		Panel: Group{Column: "panel"}, Guide: "expected", FreeY: true,
	}
	panels, _, err := f.panels(table)
	require.NoError(t, err)
	require.IsType(t, plot.LogScale{}, panels[0].Y.Scale)
	require.InDelta(t, 1e-6/1.15, panels[0].Y.Min, 1e-12)
	require.InDelta(t, 1e6/1.15, panels[1].Y.Min, 1e-3)
	svg, err := f.SVG(table)
	require.NoError(t, err)
	with := len(svg)
	f.Guide = ""
	svg, err = f.SVG(table)
	require.NoError(t, err)
	require.Less(t, len(svg), with)
}

// A table that sorts brings its script, and numbers keep their value beside their text.
func TestDocumentSorts(t *testing.T) {
	table := &Table{Columns: []string{"what", "size"}, Sorts: true}
	table.Add("a", Quantity{1536, "1.5 KiB"})
	d := &Document{Title: "t", Sections: []Section{{Title: "s", Tables: []*Table{table}, Notes: []string{"a note"}}}}
	page := written(t, d)
	require.Contains(t, page, `data-v="1536">1.5 KiB</td>`)
	require.Contains(t, page, "aria-sort")
	require.Contains(t, page, "<p>a note</p>")
	table.Sorts = false
	page = written(t, d)
	require.NotContains(t, page, "aria-sort")
	require.NotContains(t, page, "data-v")
	data, err := Quantity{1536, "1.5 KiB"}.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, "1536", string(data))
}

func written(t *testing.T, d *Document) string {
	var buf bytes.Buffer
	require.NoError(t, d.Write(&buf))
	return buf.String()
}
