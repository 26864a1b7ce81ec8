package report

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlainTicksSayWhereTheyAre(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   []string
	}{
		{3.7346, 3.8964, []string{"3.74", "3.76", "3.78", "3.80", "3.82", "3.84", "3.86", "3.88"}},
		{-1.81, 1.91, []string{"-1.5", "-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5"}},
		{-90, 90, []string{"-90", "-60", "-30", "0", "30", "60", "90"}},
		{0, 1, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
	} {
		var got []string
		for _, tick := range (plainTicks{}).Ticks(c.lo, c.hi) {
			got = append(got, tick.Label)
			require.GreaterOrEqual(t, tick.Value, c.lo-1e-9)
			require.LessOrEqual(t, tick.Value, c.hi+1e-9)
		}
		require.Equal(t, c.want, got)
	}
}

// A sketch and a widget are on the page and in the files, and come back from result.json.
func TestSketchAndWidget(t *testing.T) {
	f, err := Open(t.TempDir())
	require.NoError(t, err)
	r := sample()
	r.Figures[0].LegendAbove, r.Figures[0].Series = true, Group{Column: "group", Names: []string{"first", "second"}}
	r.Sketches = []Sketch{{
		Name: "s", Title: "A sketch", Caption: "Look.", Width: 100, Height: 50,
		Shapes: []Shape{
			{Line: [][2]float64{{10, 10}, {90, 10}, {50, 40}}, Closed: true, Width: 1, Color: "s1", Fill: .2},
			{Text: "a < b", At: [2]float64{50, 20}, Size: 9},
		},
	}}
	_, err = f.WriteResult(r)
	require.NoError(t, err)
	again, _, err := f.ReadResult("demo")
	require.NoError(t, err)
	require.Equal(t, r, again)
	data, err := f.Read("demo/s.png")
	require.NoError(t, err)
	_, err = png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	s := &Summary{Schema: Schema}
	w := &Widget{Title: "Play", Caption: "Turn it.", HTML: `<canvas></canvas>`, Script: `root.title = result.experiment;`}
	require.NoError(t, f.WritePage(s, []Entry{{Name: "demo", Title: "Demo", Doc: "d", Result: again, Widget: w}}))
	page, err := f.Read("index.html")
	require.NoError(t, err)
	html := string(page)
	require.Contains(t, html, "a &lt; b")
	require.Contains(t, html, `var(--s1,#D55E00)`)
	require.Contains(t, html, w.HTML)
	require.Contains(t, html, w.Script)
	require.Contains(t, html, `getElementById("demo" + "-widget")`)
	require.Contains(t, html, `id="demo-widget"`)
	require.Equal(t, 3, strings.Count(html, "</script>"))
	require.Equal(t, 2, strings.Count(html, `<span style="width:`), "an entry per series")
}
