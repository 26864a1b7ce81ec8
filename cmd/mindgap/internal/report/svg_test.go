package report

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
)

// Every text of a drawing has the width of its own font, whatever font a reader has.
func TestTextsKeepTheirWidth(t *testing.T) {
	s := Sketch{Name: "s", Width: 200, Height: 40, Shapes: []Shape{{Text: "x < z ½", At: [2]float64{100, 20}, Size: 11}}}
	w := text.Style{Font: sans(11), Handler: plot.DefaultTextHandler}.Width("x < z ½").Points()
	require.InDelta(t, 11*(1024+569+1196+569+1024+569+1708)/2048., w, 0.05) // the advance widths of Arial, which Liberation Sans shares
	files, err := s.files()
	require.NoError(t, err)
	inline, err := s.inline()
	require.NoError(t, err)
	for _, svg := range []string{string(files[".svg"]), inline} {
		require.Regexp(t, `textLength="35\.\d+" lengthAdjust="spacingAndGlyphs">x &lt; z ½</text>`, svg)
	}
}
