package kernels

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
)

// Every kernel on the host: as it is, and over each BLAS that is here.
func TestTableOnHost(t *testing.T) {
	for _, blas := range []string{"", "gonum", "openblas"} {
		t.Run("blas="+blas, func(t *testing.T) {
			d, err := engine.Open("host", engine.WithBLAS(blas))
			if err != nil && blas == "openblas" {
				t.Skip("OpenBLAS is not installed; gonum was tested")
			}
			require.NoError(t, err)
			defer d.Close()
			enginetest.Suite(t, d, Table)
		})
	}
}

// Every kernel and variant on OpenGL. A machine without OpenGL says so by MINDGAP_NO_GL=1;
// nothing else lets this test be skipped.
func TestTableOnGL(t *testing.T) {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := engine.Open("gl")
	require.NoError(t, err)
	defer d.Close()
	t.Log(d.Caps().Renderer)
	enginetest.Suite(t, d, Table)
}

// The same on a device that binds no more than 8 KiB at once: launches are cut into windows,
// which must give what whole launches give.
func TestTableOnGLInWindows(t *testing.T) {
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
	}
	d, err := engine.Open("gl", engine.WithBlockLimit(8<<10))
	require.NoError(t, err)
	defer d.Close()
	enginetest.Suite(t, d, Table)
}
