package measure

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// likeByGeometry is CKA, hubness and Procrustes in float64, by singular values.
func likeByGeometry(t *testing.T, a, b geometry.Rows) map[string]float64 {
	t.Helper()
	w, err := geometry.Procrustes(a, b)
	require.NoError(t, err)
	turned, err := geometry.Rotate(b, w)
	require.NoError(t, err)
	g, err := geometry.CentroidGap(a, turned)
	require.NoError(t, err)
	out := map[string]float64{
		"cka": get(geometry.CKA(a, b)), "procrustes_gap": g.Distance, "procrustes_matched": get(geometry.MatchedCosine(a, turned)),
	}
	for key, pair := range map[string][2]geometry.Rows{"hubness_ab": {a, b}, "hubness_ba": {b, a}} {
		count, err := geometry.Hubs(pair[0], pair[1], min(hubsOf, a.N))
		require.NoError(t, err)
		out[key] = geometry.SkewnessOfCounts(count)
	}
	return out
}

// The authors' CLIP features, with the values of EXPERIMENTS.md E12; CKA and hubness as geometry
// has them.
func TestAlikeOnFeatures(t *testing.T) {
	path := features(t, "clip")
	a, b := halves(t, path)
	o := options(host(t))
	o.Core = true
	p := measured(t, o, path).Pairs[0]
	require.InDelta(t, 0.01326, p.Value("procrustes_gap"), 1e-4)
	require.InDelta(t, 0.85557, p.Value("procrustes_matched"), 1e-4)
	require.InDelta(t, get(geometry.CKA(a, b)), p.Value("cka"), 1e-5)
	count, err := geometry.Hubs(a, b, hubsOf)
	require.NoError(t, err)
	require.InDelta(t, geometry.SkewnessOfCounts(count), p.Value("hubness_ab"), 1e-5)
}

// The rotation from products on the device is that of the singular value decomposition, also
// where rows have more dimensions than there are rows, so that it is not unique.
func TestAlikeOfFewRows(t *testing.T) {
	for _, shape := range [][2]int{{60, 96}, {200, 24}} {
		a, b := synthetic(shape[0], shape[1], 21)
		want := likeByGeometry(t, a, b)
		for _, d := range devices(t) {
			o := options(d)
			o.Core = true
			p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
			for key, w := range want {
				require.InDelta(t, w, p.Value(key), 2e-5*math.Max(1, w), "%s of %v on %s", key, shape, d.Name())
			}
		}
	}
}

// Intervals are those of geometry's jackknife over the rows themselves. Hubness looks again for
// the best among the rows that are left.
func TestAlikeIntervals(t *testing.T) {
	a, b := synthetic(160, 10, 11)
	keys := []string{"cka", "procrustes_gap", "procrustes_matched", "hubness_ab", "hubness_ba", "centroid_share"}
	for _, d := range devices(t) {
		o := options(d)
		p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
		want, err := geometry.Jackknife(a.N, groups, level, o.Seed, func(keep []int) ([]float64, error) {
			x, y := a.Take(keep), b.Take(keep)
			v := likeByGeometry(t, x, y)
			g, err := geometry.CentroidGap(x, y)
			v["centroid_share"] = g.Distance * g.Distance / get(geometry.Alignment(x, y))
			var out []float64
			for _, key := range keys {
				out = append(out, v[key])
			}
			return out, err
		})
		require.NoError(t, err)
		for k, key := range keys {
			m := p.find(key)
			require.InDelta(t, want[k].Value, float64(m.Value), 2e-5, "%s on %s", key, d.Name())
			require.InDelta(t, want[k].Lo, float64(m.CI[0]), 2e-4, "%s on %s", key, d.Name())
			require.InDelta(t, want[k].Hi, float64(m.CI[1]), 2e-4, "%s on %s", key, d.Name())
		}
	}
}

// Floors: of CKA as geometry has it, of Procrustes that of one more random pairing.
func TestAlikeFloors(t *testing.T) {
	a, b := synthetic(120, 8, 12)
	p := measured(t, options(host(t)), write(t, a), write(t, b)).Pairs[0]
	sa, err := geometry.CKASideOf(a)
	require.NoError(t, err)
	sb, err := geometry.CKASideOf(b)
	require.NoError(t, err)
	want, err := geometry.CKAFloor(a.N, p.Value("cka"), sa, sb)
	require.NoError(t, err)
	got := p.find("cka").Floor
	require.InEpsilon(t, want.Mean, got.Mean, 1e-5)
	require.InEpsilon(t, want.Hi, got.Hi, 1e-5)
	require.Zero(t, got.Pairings)
	require.Less(t, got.P, 1e-6)

	perm := make([]int, b.N)
	for i := range perm {
		perm[i] = (7*i + 3) % b.N
	}
	random := likeByGeometry(t, a, b.Take(perm))
	for _, key := range []string{"procrustes_gap", "procrustes_matched"} {
		f := p.find(key).Floor
		require.Equal(t, rotations, f.Pairings)
		require.InDelta(t, f.Mean, random[key], 2*(f.Hi-f.Lo), key)
	}
	require.Greater(t, p.find("procrustes_gap").Floor.P, 0.05, "random pairs can be brought together as well")
	require.InDelta(t, 1.0/(1+rotations), p.find("procrustes_matched").Floor.P, 1e-12)
}

// A matrix of known singular vectors: its values, which span four orders, do not matter.
func TestRotation(t *testing.T) {
	const n = 24
	u, v := geometry.Zeros(n, n), geometry.Zeros(n, n) // rotations of planes
	for i := range n {
		u.Row(i)[(i+1)%n], v.Row(i)[(5*i+2)%n] = 1, 1
	}
	turn := func(m geometry.Rows, angle float64) {
		for k := 0; k+1 < n; k += 2 {
			for i := range n {
				x, y := m.Row(i)[k], m.Row(i)[k+1]
				m.Row(i)[k], m.Row(i)[k+1] = math.Cos(angle)*x-math.Sin(angle)*y, math.Sin(angle)*x+math.Cos(angle)*y
			}
		}
	}
	turn(u, 0.3)
	turn(v, 1.1)
	c, want := geometry.Zeros(n, n), geometry.Zeros(n, n)
	for k := range n {
		for i := range n {
			floats.AddScaled(c.Row(i), 7*math.Pow(10, -4*float64(k)/n)*u.Row(i)[k], column(v, k))
			floats.AddScaled(want.Row(i), u.Row(i)[k], column(v, k))
		}
	}
	for _, d := range devices(t) {
		got, err := rotation(t.Context(), d, c)
		require.NoError(t, err)
		require.InDeltaSlice(t, want.Data, got.Data, 2e-3, d.Name()) // float32's rounding of the smallest value, 1e-4 of |C|
		got, err = rotation(t.Context(), d, geometry.Zeros(3, 3))
		require.NoError(t, err)
		require.Equal(t, make([]float64, 9), got.Data)
	}
}

func column(m geometry.Rows, k int) []float64 {
	out := make([]float64, m.N)
	for i := range out {
		out[i] = m.Row(i)[k]
	}
	return out
}

// Floors of all rows where pairs are a sample: a random pairing of all rows lies within them.
func TestFloorsOfASample(t *testing.T) {
	a, b := synthetic(4000, 12, 12)
	o := options(host(t))
	whole := measured(t, o, write(t, a), write(t, b)).Pairs[0]
	o.Sample = 400
	part := measured(t, o, write(t, a), write(t, b)).Pairs[0]
	for _, key := range []string{"matched", "rmg", "l2i", "alignment"} {
		w, p := whole.find(key).Floor, part.find(key).Floor
		require.Equal(t, 4000, w.Rows)
		require.Equal(t, 400, p.Rows)
		spread := w.Hi - w.Lo
		require.InDelta(t, spread, p.Hi-p.Lo, 0.25*spread, key) // of 1000 pairings each, of 400 rows
		require.InDelta(t, w.Mean, p.Mean, 2*spread, key)
	}
	require.InDelta(t, whole.find("matched").Floor.Mean, part.find("matched").Floor.Mean, 0.1*(whole.find("matched").Floor.Hi-whole.find("matched").Floor.Lo))
}
