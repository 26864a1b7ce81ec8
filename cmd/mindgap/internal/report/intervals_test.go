package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// barred is a figure of two series in two panels, one of which has intervals.
func barred() (*Figure, *Table) {
	t := &Table{Columns: []string{"panel", "series", "x", "y", "low", "high"}}
	for i, panel := range []string{"left", "right"} {
		for x := range 3 {
			y := float64(10*i + x)
			t.Add(panel, "measured", x, y, y-2, y+5)
			t.Add(panel, "told", x, y+1, nil, nil)
		}
	}
	return &Figure{
		Name: "f", Table: "t", X: Axis{Column: "x"}, Y: Axis{Column: "y"}, Low: "low", High: "high",
		Series: Group{Column: "series"}, Panel: Group{Column: "panel"}, FreeY: true,
	}, t
}

// Bars are drawn in the colour of their series, within the axes, and nowhere else.
func TestIntervals(t *testing.T) {
	f, table := barred()
	panels, _, err := f.panels(table)
	require.NoError(t, err)
	require.LessOrEqual(t, panels[0].Y.Min, -2.)
	require.GreaterOrEqual(t, panels[0].Y.Max, 7.)
	require.LessOrEqual(t, panels[1].Y.Min, 8.)
	strokes := func() int {
		files, err := f.files(table)
		require.NoError(t, err)
		return strings.Count(string(files[".svg"]), "stroke:#0072B2")
	}
	with := strokes()
	f.Low, f.High = "", ""
	require.Equal(t, 2*3*3, with-strokes(), "two panels of three bars of three strokes")
}

// The specification has a layer of bars, inside the facets where there are panels.
func TestIntervalsInVegaLite(t *testing.T) {
	type layered struct {
		Layer []struct {
			Mark     any
			Encoding map[string]struct{ Field string }
		}
	}
	for _, across := range []int{0, 1} {
		f, table := barred()
		f.Across = across
		data, err := f.vegaLite(table)
		require.NoError(t, err)
		var v struct {
			Spec    layered
			Facet   map[string]any
			Columns int
			Mark    any
		}
		require.NoError(t, json.Unmarshal(data, &v))
		require.Equal(t, across, v.Columns)
		require.Nil(t, v.Mark, "the marks are the layers'")
		require.NotEmpty(t, v.Facet)
		require.Len(t, v.Spec.Layer, 2)
		require.Equal(t, "y", v.Spec.Layer[0].Encoding["y"].Field)
		require.Equal(t, "low", v.Spec.Layer[1].Encoding["y"].Field)
		require.Equal(t, "high", v.Spec.Layer[1].Encoding["y2"].Field)
		f.Panel = Group{}
		data, err = f.vegaLite(table)
		require.NoError(t, err)
		var flat layered
		require.NoError(t, json.Unmarshal(data, &flat))
		require.Len(t, flat.Layer, 2)
	}
}

// Names stand at 0, 1 and so on, with room around them, in the picture and in the specification.
func TestNamedAxis(t *testing.T) {
	f, table := barred()
	f.X.Names = []string{"before", "while", "after"}
	panels, _, err := f.panels(table)
	require.NoError(t, err)
	for _, p := range panels {
		require.Equal(t, []float64{-namesRoom, 2 + namesRoom}, []float64{p.X.Min, p.X.Max})
		ticks := p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max)
		require.Equal(t, "while", ticks[1].Label)
		require.Equal(t, 1., ticks[1].Value)
	}
	data, err := f.vegaLite(table)
	require.NoError(t, err)
	require.Contains(t, string(data), `[\"before\",\"while\",\"after\"][datum.value]`)
}

// Labels of a log axis do not run into one another; each value keeps its tick.
func TestLogTicksLeaveOut(t *testing.T) {
	var labels []string
	for _, tick := range (logTicks{[]float64{.01, .02, 1. / 30, .05, .1, 1}}).Ticks(.0087, 1.15) {
		labels = append(labels, tick.Label)
	}
	require.Equal(t, []string{"0.01", "0.02", "", "0.05", "0.1", "1"}, labels)
}
