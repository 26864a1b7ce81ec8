package paper

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
)

// The diagrams are drawn inside their pictures.
func TestSketchesAreInside(t *testing.T) {
	var sketches []report.Sketch
	for _, s := range []report.Sketch{fig1a(), sphereSketch(false), sphereSketch(true)} {
		sketches = append(sketches, s)
		for _, shape := range s.Shapes {
			for _, p := range append(shape.Line, shape.At) {
				require.True(t, p[0] >= 0 && p[0] <= s.Width && p[1] >= 0 && p[1] <= s.Height, "%s: %v", s.Name, p)
			}
		}
	}
	dir := t.TempDir()
	f, err := report.Open(dir)
	require.NoError(t, err)
	_, err = f.WriteResult(&report.Result{Experiment: "x", Sketches: sketches})
	require.NoError(t, err)
	for _, s := range sketches {
		info, err := os.Stat(filepath.Join(dir, "x", s.Name+".png"))
		require.NoError(t, err)
		require.Positive(t, info.Size())
	}
}
