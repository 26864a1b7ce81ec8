package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A translucent colour is written as the colour that it is made of, so that a page can
// replace it by its own.
func TestTranslucentKeepsItsColour(t *testing.T) {
	for _, c := range palette {
		for _, opacity := range []float64{cloudOpacity, threadDark, 1} {
			r, g, b, a := translucent{c, opacity}.RGBA()
			for _, v := range [][2]uint32{{r, uint32(c.R)}, {g, uint32(c.G)}, {b, uint32(c.B)}} {
				require.LessOrEqual(t, v[0], a)
				require.Equal(t, int(v[1]), int(float64(v[0])*(255/float64(a))), "as the drawing library divides")
			}
		}
	}
}

func TestCloud(t *testing.T) {
	table := &Table{Columns: []string{"panel", "side", "pair", "x", "y"}}
	for panel, name := range []string{"left", "right"} {
		for _, side := range []string{"text", "image"} {
			for i := range 30 {
				table.Add(name, side, i, float64(100*panel+i), float64(len(side)*i))
			}
		}
	}
	f := Figure{
		Name: "f", Table: "t", X: Axis{Column: "x"}, Y: Axis{Column: "y"}, Join: "pair", LegendAbove: true,
		Series: Group{Column: "side"}, Panel: Group{Column: "panel"},
	}
	panels, above, err := f.panels(table)
	require.NoError(t, err)
	require.Len(t, above, 2)
	require.Less(t, panels[0].X.Max, 35.0, "every panel has its own range")
	require.Greater(t, panels[1].X.Min, 95.0)
	require.Len(t, f.threads(table, "left"), 30)
	svgs, _, err := f.inline(table)
	require.NoError(t, err)
	require.Equal(t, cloudLayers, strings.Count(svgs[0], "fill:var(--s0,"))
	require.Equal(t, cloudLayers, strings.Count(svgs[0], "stroke:currentColor;stroke-opacity"))
	require.Equal(t, 2*cloudLayers, strings.Count(svgs[0], "fill-opacity"))
	files, err := f.files(table)
	require.NoError(t, err)
	require.Contains(t, string(files[".vl.json"]), `"circle"`)
}
