package kernels

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// onEveryDevice runs a test on the host and, unless MINDGAP_NO_GL=1, on OpenGL, and checks
// that no tensor is left behind.
func onEveryDevice(t *testing.T, test func(t *testing.T, d *engine.Device)) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
				t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
			}
			d, err := engine.Open(name)
			require.NoError(t, err)
			defer d.Close()
			test(t, d)
			require.Zero(t, d.Memory().Live, "tensors left behind")
		})
	}
}

// normals gives n normal random numbers with a mean.
func normals(seed uint64, n int, mean float64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(mean + r.NormFloat64())
	}
	return x
}

func sum64(x []float32) (sum, size float64) {
	for _, v := range x {
		sum += float64(v)
		size += math.Abs(float64(v))
	}
	return sum, size
}

func read(t *testing.T, x *engine.Tensor) []float32 {
	t.Helper()
	list, err := x.Floats()
	require.NoError(t, err)
	return list
}
