package paper

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// authorsFeatures is the folder of the authors' files, beside the repository.
func authorsFeatures(t *testing.T) string {
	dir, err := filepath.Abs("../../../../../shared/data")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(dir, "features_clip.npy")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the authors' feature files are not beside the repository: reference values not checked")
	}
	return dir
}

// holds runs an experiment and requires all of its checks to hold.
func holds(t *testing.T, x *Experiment, e *Env) *report.Result {
	t.Helper()
	e.Scale = Quick
	r, err := x.Do(t.Context(), e)
	require.NoError(t, err)
	for _, c := range r.Claims {
		require.True(t, c.Holds || c.Kind == report.Observation, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	return r
}

func TestFig3ShiftHolds(t *testing.T) {
	dir := authorsFeatures(t)
	for _, device := range []string{"host", "gl"} {
		t.Run(device, func(t *testing.T) {
			for _, published := range []bool{false, true}[:1+len(device)/4] { // gl: once
				r := holds(t, fig3Shift, &Env{Device: open(t, device), Seed: 1, Features: dir, AsPublished: published})
				require.Contains(t, r.Inputs, "the authors' published features_clip.npy")
				require.Equal(t, []string{"tau", "delta", "lambda", "distance", "loss"}, r.Tables["landscape"].Columns)
				require.Len(t, r.Tables["landscape"].Rows, 240)
				require.Equal(t, []string{"tau", "delta", "distance", "loss", "local_maxima", "local_minima"}, r.Tables["minima"].Columns)
				require.Equal(t, .01, r.Tables["minima"].Rows[0][0])
				require.Greater(t, len(r.Claims), 9, "the reference is checked")
			}
		})
	}
}

// Without the authors' files the result says what it ran on, and claims no reference.
func TestFig3ShiftOnSurrogate(t *testing.T) {
	r := holds(t, fig3Shift, &Env{Device: open(t, "host"), Seed: 1})
	require.Contains(t, r.Inputs, "surrogate: ")
	for _, c := range r.Claims {
		require.NotEqual(t, "gap", c.ID)
	}
}

// A wrong loss is seen: by its bound, and by the reference.
func TestFig3ShiftClaimsCanFail(t *testing.T) {
	set, err := readFeatures(authorsFeatures(t), FeatureFiles[0])
	require.NoError(t, err)
	sweep, err := geometry.NewSweep(set.A, set.B, shiftBatch, geometry.ShiftBoth)
	require.NoError(t, err)
	r := &shiftRun{featureSet: set, gap: sweep.Gap.Distance + 1e-4, loss: 1.1, distance: 2}
	for _, c := range sweep.Landscape(geometry.LogitScales(), geometry.DeltaGrid(), geometry.Symmetric) {
		for k := range c.Loss {
			c.Loss[k] += .002 * c.Delta[k] * c.Delta[k]
			c.Distance[k] += .0012
		}
		c.Loss[20] += .1
		r.curves, r.optima = append(r.curves, c), append(r.optima, geometry.Optimum{})
	}
	r.pca = &geometry.PCA{Ratio: []float64{.3}}
	for _, c := range r.claims() {
		require.Equal(t, c.Kind == report.Observation && c.ID != "default-gap-is-best", c.Holds, c.ID)
	}
}

func TestFeaturesThatCannotBeUsed(t *testing.T) {
	write := func(shape []int, fill func(i int) float32) string {
		dir := t.TempDir()
		n := 1
		for _, s := range shape {
			n *= s
		}
		data := make([]float32, n)
		for i := range data {
			data[i] = fill(i)
		}
		require.NoError(t, tensorfile.WriteNPY(filepath.Join(dir, "features_clip.npy"), shape, data))
		return dir
	}
	one := func(i int) float32 { return float32(i%7) + 1 }
	d := open(t, "host")
	for name, c := range map[string]struct{ dir, want string }{
		"absent":     {t.TempDir(), "cannot read"},
		"two axes":   {write([]int{100, 8}, one), "want [2 500 512]"},
		"few pairs":  {write([]int{2, 20, 512}, one), "want [2 500 512]"},
		"a zero row": {write([]int{2, 500, 512}, func(i int) float32 { return min(float32(i/512), 1) * one(i) }), "zero"},
	} {
		_, err := fig3Shift.Do(t.Context(), &Env{Device: d, Scale: Quick, Features: c.dir})
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
	_, err := fig3Shift.Inputs(&Env{Features: t.TempDir()})
	require.ErrorContains(t, err, "features_clip.npy")
}
