package measure

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// devices opens the host and, unless this machine says that it has none, OpenGL.
func devices(t *testing.T) []*engine.Device {
	names := []string{"host", "gl"}
	if os.Getenv("MINDGAP_NO_GL") == "1" {
		names = names[:1]
	}
	var out []*engine.Device
	for _, name := range names {
		d, err := engine.Open(name)
		require.NoError(t, err)
		t.Cleanup(func() {
			require.Zero(t, d.Memory().Live)
			d.Close()
		})
		out = append(out, d)
	}
	return out
}

func host(t *testing.T) *engine.Device { return devices(t)[0] }

// options are those of the command.
func options(d *engine.Device) Options {
	return Options{Device: d, Seed: 1, LogitScales: []float64{100}, Sample: DefaultSample, Memory: DefaultMemory}
}

func measured(t *testing.T, o Options, files ...string) *Result {
	t.Helper()
	r, err := Run(t.Context(), files, o)
	require.NoError(t, err)
	return r
}

// features is one of the authors' files.
func features(t *testing.T, name string) string {
	path := filepath.Join("../../../../../shared/data", "features_"+name+".npy")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the authors' features are not beside this repository: ", path)
	}
	return path
}

// halves reads both modalities of a file of shape (2, n, d), normalised in float64.
func halves(t *testing.T, path string) (a, b geometry.Rows) {
	r, err := tensorfile.OpenArray(path)
	require.NoError(t, err)
	defer r.Close()
	out := [2]geometry.Rows{}
	for k := range out {
		s, err := r.Section(k)
		require.NoError(t, err)
		data := make([]float64, s.Rows()*s.Cols())
		require.NoError(t, s.ReadRows64(data, 0, s.Rows()))
		rows, err := geometry.NewRows(s.Rows(), s.Cols(), data)
		require.NoError(t, err)
		out[k], err = rows.Normalise()
		require.NoError(t, err)
	}
	return out[0], out[1]
}

// synthetic makes n pairs of unit rows with a common part, noise, and a gap.
func synthetic(n, d int, seed uint64) (a, b geometry.Rows) {
	r := rand.New(rand.NewPCG(seed, 0))
	a, b = geometry.Zeros(n, d), geometry.Zeros(n, d)
	offset := make([]float64, 2*d)
	for i := range offset {
		offset[i] = r.NormFloat64()
	}
	for i := range n {
		x, y := a.Row(i), b.Row(i)
		for k := range d {
			common := r.NormFloat64()
			x[k] = common + 0.7*r.NormFloat64() + offset[k]
			y[k] = common + 0.7*r.NormFloat64() + offset[d+k]
		}
	}
	a, _ = a.Normalise()
	b, _ = b.Normalise()
	return a, b
}

// write puts rows into an npy file, as float64.
func write(t *testing.T, r geometry.Rows) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.npy")
	require.NoError(t, tensorfile.WriteNPY(path, []int{r.N, r.D}, r.Data))
	return path
}

func get(v float64, err error) float64 {
	if err != nil {
		return math.NaN()
	}
	return v
}

// drawLaw draws n pairs of one fixed law: synthetic's gap changes with its seed.
func drawLaw(n, d int, seed uint64) (a, b geometry.Rows) {
	r := rand.New(rand.NewPCG(seed, 1))
	a, b = geometry.Zeros(n, d), geometry.Zeros(n, d)
	for i := range n {
		x, y := a.Row(i), b.Row(i)
		for k := range d {
			common := r.NormFloat64()
			x[k], y[k] = common+r.NormFloat64()+1, common+r.NormFloat64()-float64(k%2)
		}
	}
	a, _ = a.Normalise()
	b, _ = b.Normalise()
	return a, b
}
