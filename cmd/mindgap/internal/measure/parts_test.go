package measure

import (
	"encoding/json"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// The loss from tiles is that of the loss's own kernel.
func TestLossIsTheKernels(t *testing.T) {
	a, b := synthetic(700, 48, 3)
	for _, d := range devices(t) {
		o := options(d)
		o.LogitScales = []float64{100, 5}
		p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
		s := d.Scope()
		for _, l := range p.InfoNCE {
			loss, rows, cols := s.Floats(1), s.Floats(a.N), s.Floats(a.N)
			kernels.InfoNCE(loss, rows, cols, upload32(s, a), upload32(s, b), s.Upload([]float32{float32(l.LogitScale)}, 1), kernels.InfoNCESymmetric)
			want, err := loss.Floats()
			require.NoError(t, err)
			require.InDelta(t, float64(want[0]), float64(l.Loss), 1e-5, "scale %g on %s", l.LogitScale, d.Name())
		}
		s.Close()
	}
}

func upload32(s *engine.Scope, r geometry.Rows) *engine.Tensor {
	out := make([]float32, len(r.Data))
	for i, v := range r.Data {
		out[i] = float32(v)
	}
	return s.Upload(out, r.N, r.D)
}

// Exact tiles that are read from the files give what rows in memory give.
func TestTilesFromFiles(t *testing.T) {
	a, b := synthetic(1100, 6, 5)
	for _, d := range devices(t) {
		o := options(d)
		o.LogitScales = []float64{20}
		want := measured(t, o, write(t, a), write(t, b))
		o.Exact, o.Sample, o.Memory, o.block = true, 500, 1<<10, 300
		got := measured(t, o, write(t, a), write(t, b))
		require.Equal(t, AllPairs{Rows: a.N, Of: a.N, Held: 500, How: "every pair, in tiles read from the files"}, got.AllPairs)
		for _, key := range []string{"gap", "uniformity_a", "uniformity_b", "r1_ab", "r1_ba", "hubness_ab", "hubness_ba"} {
			w, g := want.Pairs[0].find(key), got.Pairs[0].find(key)
			value, end := 2e-6, 2e-5
			if strings.HasPrefix(key, "hubness") { // products of other tiles round otherwise, and may decide between two neighbours as near
				value, end = 2e-3, 2e-3
			}
			require.InDelta(t, float64(w.Value), float64(g.Value), value, key)
			require.InDelta(t, float64(w.CI[0]), float64(g.CI[0]), end, key)
		}
		for _, key := range []string{"matched", "rmg", "l2i", "alignment", "r1_ab", "r1_ba"} { // other pairings of the same law
			w, g := want.Pairs[0].find(key).Floor, got.Pairs[0].find(key).Floor
			require.Equal(t, a.N, g.Rows)
			require.Equal(t, resamples, g.Pairings)
			require.InDelta(t, w.Mean, g.Mean, 0.25*(w.Hi-w.Lo), key)
			require.InDelta(t, w.Hi-w.Lo, g.Hi-g.Lo, 0.3*(w.Hi-w.Lo), key)
			require.InDelta(t, w.P, g.P, 0.01, key)
		}
		require.NotNil(t, got.Pairs[0].InfoNCE[0].Floor)
		require.Equal(t, want.Pairs[0].Retrieval, got.Pairs[0].Retrieval)
		w, g := want.Pairs[0].InfoNCE[0], got.Pairs[0].InfoNCE[0]
		require.InDelta(t, float64(w.Loss), float64(g.Loss), 2e-6)
		require.InDelta(t, float64(w.CI[1]), float64(g.CI[1]), 2e-5)
	}
}

// A sample is named, is near the whole, and does not touch what the scan measures.
func TestSample(t *testing.T) {
	a, b := synthetic(3000, 16, 6)
	o := options(host(t))
	whole := measured(t, o, write(t, a), write(t, b))
	o.Sample = 1500
	part := measured(t, o, write(t, a), write(t, b))
	require.Equal(t, "a random sample of 1500 of 3000 rows", part.AllPairs.How)
	require.Equal(t, whole.Pairs[0].Value("gap"), part.Pairs[0].Value("gap"))
	require.Equal(t, whole.Pairs[0].Value("mismatched"), part.Pairs[0].Value("mismatched"))
	require.InDelta(t, whole.Pairs[0].Value("uniformity_a"), part.Pairs[0].Value("uniformity_a"), 0.02)
	require.NotEqual(t, whole.Pairs[0].Value("uniformity_a"), part.Pairs[0].Value("uniformity_a"))
}

// The same seed gives the same bytes, however many processors work.
func TestDeterministic(t *testing.T) {
	a, b := synthetic(1300, 32, 7)
	fa, fb := write(t, a), write(t, b)
	run := func() string {
		d, err := engine.Open("host")
		require.NoError(t, err)
		defer d.Close()
		r := measured(t, options(d), fa, fb)
		r.Device.Renderer = "" // counts processors
		data, err := json.Marshal(r)
		require.NoError(t, err)
		return string(data)
	}
	want := run()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.Equal(t, want, run())
	runtime.GOMAXPROCS(5)
	require.Equal(t, want, run())
}

// Rows that are left raw: every measure is that of the rows as they lie, whatever their length.
func TestRaw(t *testing.T) {
	a, b := synthetic(400, 24, 8)
	for i := range a.Data {
		a.Data[i], b.Data[i] = 3*a.Data[i], 9*b.Data[i]
	}
	for _, d := range devices(t) {
		o := options(d)
		o.Raw = true
		p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
		require.InDelta(t, get(geometry.Uniformity(a)), p.Value("uniformity_a"), 1e-4)
		require.InDelta(t, get(geometry.Uniformity(b)), p.Value("uniformity_b"), 1e-3) // the logarithm of something near e^-200
		require.InDelta(t, get(geometry.L2I(a, b)), p.Value("l2i"), 1e-9)
		require.InDelta(t, get(geometry.MismatchedCosine(a, b)), p.Value("mismatched"), 1e-9)
		rank, err := geometry.Rank(a, b)
		require.NoError(t, err)
		require.InDelta(t, rank.Recall(1), p.Value("r1_ab"), 1e-12)
	}
}

// Rows that are all one vector: ties everywhere, no NaN, R@1 is chance.
func TestCollapsed(t *testing.T) {
	a := geometry.Zeros(60, 8)
	for i := range a.Data {
		a.Data[i] = float64(1 + i%8)
	}
	r := measured(t, options(host(t)), write(t, a), write(t, a))
	p := r.Pairs[0]
	require.InDelta(t, 1.0/60, p.Value("r1_ab"), 1e-12)
	require.InDelta(t, math.Log(60), float64(p.InfoNCE[0].Loss), 1e-5)
	require.InDelta(t, 0, p.Value("gap"), 1e-12)
	require.InDelta(t, 0, p.Value("uniformity_a"), 1e-6)
	_, err := json.Marshal(r)
	require.NoError(t, err)
}

// Few rows are measured, without intervals.
func TestFewRows(t *testing.T) {
	for _, n := range []int{2, 3, 5, 9, 10, 11, 21} {
		a, b := synthetic(n, 5, uint64(n))
		r := measured(t, options(host(t)), write(t, a), write(t, b))
		compare(t, byGeometry(t, a, b, 100), r.Pairs[0], "few rows")
		require.Equal(t, n >= fewest, r.Pairs[0].find("gap").CI != nil)
		require.NotEmpty(t, r.Warnings)
	}
}

func TestThreeModalities(t *testing.T) {
	a, b := synthetic(200, 12, 9)
	c, _ := synthetic(200, 12, 10)
	r := measured(t, options(host(t)), write(t, a), write(t, b), write(t, c))
	require.Len(t, r.Pairs, 3)
	gaps, err := geometry.GapMatrix(a, b, c)
	require.NoError(t, err)
	cosines, err := geometry.CosineMatrix(a, b, c)
	require.NoError(t, err)
	for i := range 3 {
		require.InDelta(t, cosines[i][i], float64(r.Cosines[i][i]), 1e-9)
		for j := range 3 {
			require.InDelta(t, gaps[i][j], float64(r.Gaps[i][j]), 1e-9)
		}
	}
	compare(t, byGeometry(t, a, c, 100), r.Pairs[1], "A and C")
	compare(t, byGeometry(t, b, c, 100), r.Pairs[2], "B and C")
}

// The spectrum from the device's Gram matrix is geometry's, of all rows and of a sample,
// whose mean is not that of all.
func TestSpectrum(t *testing.T) {
	a, b := synthetic(900, 20, 17)
	for _, d := range devices(t) {
		for _, n := range []int{900, 100} {
			o := options(d)
			o.Sample = n
			got := measured(t, o, write(t, a), write(t, b)).Pairs[0].Spectra[0]
			rows := make([]int, a.N)
			for i := range rows {
				rows[i] = i
			}
			want, err := geometry.MeasureSpectrum(a.Take(sample(rows, n, o.Seed)))
			require.NoError(t, err)
			require.InEpsilon(t, want.EffectiveRank, float64(got.EffectiveRank), 1e-5)
			require.InEpsilon(t, want.ParticipationRatio, float64(got.ParticipationRatio), 1e-5)
			require.InEpsilon(t, want.IsoScore, float64(got.IsoScore), 1e-5)
			require.InEpsilon(t, want.Ratio[0], float64(got.First), 1e-5)
		}
	}
}
