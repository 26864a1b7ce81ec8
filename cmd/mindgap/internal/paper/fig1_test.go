package paper

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// authorsFolder is where the authors' files lie beside the repository.
func authorsFolder(t *testing.T) string {
	const dir = "../../../../../shared/data"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the authors' feature files are not in ../shared/data")
	}
	return dir
}

// measured is the panels without the pictures.
func measured(t *testing.T, e *Env) []*fig1Panel {
	sets, inputs, err := fig1Sets(e)
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	var out []*fig1Panel
	for _, s := range sets {
		p := &fig1Panel{featureSet: s, Note: fig1Note(e, s), Islands: 1}
		_, err := p.measure(t.Context(), e.Device)
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

// The specification's numbers of three files, and for the other five those of a float64
// computation of their definitions in plain Python.
func TestFig1Numbers(t *testing.T) {
	others := map[string][]float64{ // as fig1Numbers.list, and the margin
		"videoclip, random":   {0.954354762, 0.670494690, 0.917511234, 0.309334679, 0.444003161, 0.840229156, 0.191638731, 0.190284953, 0, 0.01, 0.7239515},
		"convirt, pretrained": {0.823076320, 0.874415671, 0.365147112, 0.345266536, 0.764131028, 0.131595605, 0.255210206, 0.109949755, 0.006, 0.022, 0.3031188},
		"convirt, random":     {1.403019336, 0.997816019, 0.949381301, -0.037739364, 0.995628064, 0.901127109, -0.035799973, -0.035750698, 0.002, 0, 1.3262221},
		"clasp, pretrained":   {1.044664251, 0.781758062, 0.841403560, 0.173146259, 0.607177766, 0.704979951, 0.119602305, 0.113832833, 3. / 99, 0, 0.3221523},
		"clasp, random":       {1.289260609, 0.999990700, 0.999980123, 0.168879291, 0.999981210, 0.999959840, 0.168874299, 0.168874364, 1. / 99, 1. / 99, 1.2876835},
	}
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			panels := measured(t, &Env{Device: open(t, name), Seed: 1, Features: authorsFolder(t)})
			require.Len(t, panels, 8)
			claims := fig1Claims(panels)
			require.Len(t, claims, 1+len(fig1Texts)+3+3)
			for _, c := range claims {
				require.True(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
			}
			seen := 0
			for _, p := range panels {
				want, ok := others[p.name()]
				if !ok {
					continue
				}
				seen++
				names, got := p.Device.list()
				_, exact := p.Exact.list()
				for i, n := range names {
					require.InDelta(t, want[i], got[i], 1e-6, "%s: %s on the device", p.name(), n)
					require.InDelta(t, want[i], exact[i], 1e-9, "%s: %s", p.name(), n)
				}
				require.InDelta(t, want[10], p.Shape.Separation.Margin, 1e-7, p.name())
			}
			require.Equal(t, len(others), seen)
		})
	}
}

// Every claim on references must be able to fail.
func TestFig1ClaimsCanFail(t *testing.T) {
	panels := measured(t, &Env{Device: open(t, "host"), Seed: 1, Features: authorsFolder(t)})
	for _, p := range panels {
		p.Device = fig1Numbers{}
		p.Exact.Gap++
		p.Head[0][0] = math.NaN()
		p.Islands = 0
		svd := *p.Shape.SVD
		svd.Singular[0], svd.Gap, svd.Accuracy = 0, 0, 0
		p.Shape = fig1Shape{SVD: &svd}
	}
	for _, c := range fig1Claims(panels) {
		require.False(t, c.Holds, c.ID)
	}
}

// small are two surrogates that take no time.
func small(t *testing.T, e *Env) []*featureSet {
	var out []*featureSet
	for i, m := range []string{"clip", "clasp"} {
		s, err := surrogateFeatures(e, FeatureFile{Model: m, N: 60, D: 48}, i)
		require.NoError(t, err)
		out = append(out, s)
	}
	return out
}

func TestFig1OnSurrogates(t *testing.T) {
	d := open(t, "host")
	run := func(seed uint64) *report.Result {
		x := *fig1
		x.Run = func(ctx context.Context, e *Env) (*report.Result, error) {
			return fig1Of(ctx, e, small(t, e), surrogateInputs(e, "a test"))
		}
		r, err := x.Do(t.Context(), &Env{Device: d, Seed: seed, Scale: Quick})
		require.NoError(t, err)
		return r
	}
	first := run(1)
	require.Contains(t, first.Inputs, "surrogate")
	require.NotContains(t, first.Tables, "reference")
	require.Len(t, first.Claims, 6)
	for _, c := range first.Claims {
		require.True(t, c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	gap := first.Tables["gap"]
	require.Equal(t, []string{"model", "init", "note", "n", "d", "gap", "within_a", "within_b", "matched", "mismatched", "cos_means", "r1_ab", "r1_ba", "separability", "pc1_gap_cos"}, gap.Columns)
	require.Equal(t, []any{"clip", "random", "surrogate: two random encoders of this program", 60, 48}, gap.Rows[0][:5])
	require.Len(t, first.Tables["points"].Rows, 2*2*60)
	encoded, err := first.Encode()
	require.NoError(t, err)
	again, err := run(1).Encode()
	require.NoError(t, err)
	require.True(t, bytes.Equal(encoded, again), "the same seed gives the same bytes")
	other, err := run(2).Encode()
	require.NoError(t, err)
	require.False(t, bytes.Equal(encoded, other))
}

// Without files there is a surrogate for each of the four models, as large as theirs.
func TestFig1SurrogateSets(t *testing.T) {
	sets, inputs, err := fig1Sets(&Env{Device: open(t, "host"), Seed: 3})
	require.NoError(t, err)
	require.Contains(t, inputs, "seed 3")
	require.Len(t, sets, 4)
	for i, s := range sets {
		require.Equal(t, FeatureFiles[4+i], s.FeatureFile)
		require.Equal(t, [2]int{s.N, s.D}, [2]int{s.A.N, s.B.D})
	}
}

// Quirk D7: two "random" models are not quite; as published, they are called so.
func TestFig1Notes(t *testing.T) {
	notes := func(e *Env) (out []string) {
		for _, f := range FeatureFiles {
			out = append(out, fig1Note(e, &featureSet{FeatureFile: f, Authors: true}))
		}
		return out
	}
	const d7 = "random except a pretrained text model"
	require.Equal(t, []string{"", "", "", "", "", d7, d7, ""}, notes(&Env{Features: "x"}))
	require.Equal(t, make([]string, 8), notes(&Env{Features: "x", AsPublished: true}))
}

// A folder that is given is read as it is or not at all.
func TestReadFeatures(t *testing.T) {
	f := FeatureFile{Model: "clip", Init: Pretrained, N: 20, D: 4}
	data := make([]float32, 2*f.N*f.D)
	for i := range data {
		data[i] = float32(1 + i%7)
	}
	write := func(t *testing.T, shape []int, change func([]float32)) string {
		dir := t.TempDir()
		d := append([]float32(nil), data...)
		change(d)
		require.NoError(t, tensorfile.WriteNPY(filepath.Join(dir, f.Name()), shape, d))
		return dir
	}
	whole := []int{2, f.N, f.D}
	same := func([]float32) {}
	set, err := readFeatures(write(t, whole, same), f)
	require.NoError(t, err)
	require.False(t, set.Authors)
	require.Less(t, set.A.NormDeviation()+set.B.NormDeviation(), 1e-12)
	require.Equal(t, [4]float64{1, 2, 3, 4}, set.Head[0], "the rows of the file are not changed")
	for _, c := range []struct{ name, dir, says string }{
		{"missing", t.TempDir(), "no such file or directory; `mindgap fetch features`"},
		{"shape", write(t, []int{2, f.D, f.N}, same), "has shape [2 4 20], want [2 20 4]"},
		{"axes", write(t, []int{2 * f.N, f.D}, same), "has shape [40 4], want [2 20 4]"},
		{"NaN", write(t, whole, func(d []float32) { d[5] = float32(math.NaN()) }), "(array [0])"},
		{"zeros", write(t, whole, func(d []float32) { clear(d[f.N*f.D : f.N*f.D+4]) }), "(array [1])"},
		{"short", func() string {
			dir := write(t, whole, same)
			require.NoError(t, os.Truncate(filepath.Join(dir, f.Name()), 200))
			return dir
		}(), "features_clip.npy"},
		{"text", func() string {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name()), []byte("<html>"), 0o644))
			return dir
		}(), "features_clip.npy"},
	} {
		_, err := readFeatures(c.dir, f)
		require.ErrorContains(t, err, c.says, c.name)
		require.NotContains(t, err.Error(), "\n")
	}
	digests := featureDigests(f)
	none, err := digests(&Env{})
	require.NoError(t, err)
	require.Empty(t, none)
	a, err := digests(&Env{Features: write(t, whole, same)})
	require.NoError(t, err)
	b, err := digests(&Env{Features: write(t, whole, func(d []float32) { d[0]++ })})
	require.NoError(t, err)
	require.Len(t, a[f.Name()], 64)
	require.NotEqual(t, a, b)
	_, err = digests(&Env{Features: t.TempDir()})
	require.Error(t, err)
}

// Rows so near to each other that their similarities are one number in float32: what the
// device leaves open, float64 decides.
func TestFloat64DecidesWhatTheDeviceLeavesOpen(t *testing.T) {
	a := geometry.Zeros(200, 5)
	for i := range a.N {
		angle := 1e-5 * float64(i) * (1 + float64(i)/1000) // no two distances are equal
		a.Row(i)[0], a.Row(i)[1] = math.Cos(angle), math.Sin(angle)
	}
	want, err := geometry.NearestNeighbours(a, fig1Neighbours)
	require.NoError(t, err)
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			d := open(t, name)
			for _, sets := range []int{1, 4} {
				s := d.Scope()
				got, err := deviceNeighbours(t.Context(), newClusters(s, a, a.N/sets), fig1Neighbours, func(float64) {})
				s.Close()
				require.NoError(t, err)
				require.Equal(t, want.Index, got.Index)
				require.InDeltaSlice(t, want.Dist, got.Dist, 1e-15)
			}
			r, err := deviceRecall(d, a, a)
			require.NoError(t, err)
			require.Equal(t, 1.0, r)
		})
	}
}
