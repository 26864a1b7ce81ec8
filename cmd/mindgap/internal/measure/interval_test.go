package measure

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/geometry"
)

// Intervals from sums by group are those of geometry's jackknife over the rows themselves.
func TestIntervalsAreTheJackknifes(t *testing.T) {
	a, b := synthetic(160, 10, 11)
	for _, d := range devices(t) {
		o := options(d)
		o.LogitScales = []float64{30}
		p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
		keys := []string{"gap", "rmg", "cos_aa", "mismatched", "cos_means", "uniformity_a", "uniformity_b"}
		want, err := geometry.Jackknife(a.N, groups, level, o.Seed, func(keep []int) ([]float64, error) {
			x, y := a.Take(keep), b.Take(keep)
			g, err := geometry.CentroidGap(x, y)
			return []float64{
				g.Distance, get(geometry.RMG(x, y)), get(geometry.WithinCosine(x)), get(geometry.MismatchedCosine(x, y)), g.CosMeans,
				get(geometry.Uniformity(x)), get(geometry.Uniformity(y)), get(geometry.InfoNCE(x, y, 30, geometry.Symmetric, 0)),
			}, err
		})
		require.NoError(t, err)
		for k, key := range keys {
			require.InDelta(t, want[k].Lo, float64(p.find(key).CI[0]), 1e-5, "%s on %s", key, d.Name())
			require.InDelta(t, want[k].Hi, float64(p.find(key).CI[1]), 1e-5, "%s on %s", key, d.Name())
		}
		require.InDelta(t, want[len(keys)].Lo, float64(p.InfoNCE[0].CI[0]), 1e-4)
		require.InDelta(t, want[len(keys)].Hi, float64(p.InfoNCE[0].CI[1]), 1e-4)
	}
}

// The floor of the matched cosine has the mean of all N^2 pairs, and the spread that
// geometry's random pairings have.
func TestFloors(t *testing.T) {
	a, b := synthetic(300, 12, 12)
	o := options(host(t))
	r := measured(t, o, write(t, a), write(t, b))
	p := r.Pairs[0]
	want, err := geometry.MatchedFloor(a, b, resamples, 5)
	require.NoError(t, err)
	got := p.find("matched").Floor
	se := want.SD / math.Sqrt(resamples)
	require.InDelta(t, want.Mean, got.Mean, 8*se)
	require.InDelta(t, want.Hi-want.Lo, got.Hi-got.Lo, 0.4*want.SD)
	require.InDelta(t, 1.0/(1+resamples), got.P, 1e-12)
	require.InDelta(t, 2-2*got.Mean, p.find("alignment").Floor.Mean, 1e-6)
	require.InDelta(t, 1.0/300, p.find("r1_ab").Floor.Mean, 8/math.Sqrt(resamples)/300)
	// The loss of a random pairing, taken directly.
	perm := make([]int, b.N)
	for i := range perm {
		perm[i] = (7*i + 3) % b.N
	}
	f := p.InfoNCE[0].Floor
	loss := get(geometry.InfoNCE(a, b.Take(perm), 100, geometry.Symmetric, 0))
	require.InDelta(t, f.Mean, loss, 4*(f.Hi-f.Lo))

	// Rows paired at random have nothing above their floor, and are told so.
	slices.Reverse(perm)
	r = measured(t, o, write(t, a), write(t, b.Take(perm)))
	require.Greater(t, r.Pairs[0].find("matched").Floor.P, 0.001)
}

// Intervals cover the truth in about 95 % of the cases: at least 50 of 60, four
// standard deviations of a binomial law below.
func TestCoverage(t *testing.T) {
	d := host(t)
	o := options(d)
	const n, dim, runs = 80, 4, 60
	cover := map[string]int{}
	big := map[string]float64{}
	for _, key := range []string{"cos_aa", "mismatched", "matched"} {
		cover[key] = 0
	}
	a, b := drawLaw(100000, dim, 99)
	big["cos_aa"], big["mismatched"], big["matched"] = get(geometry.WithinCosine(a)), get(geometry.MismatchedCosine(a, b)), get(geometry.MatchedCosine(a, b))
	for run := range runs {
		x, y := drawLaw(n, dim, uint64(run))
		o.Seed = uint64(run)
		p := measured(t, o, write(t, x), write(t, y)).Pairs[0]
		for key, truth := range big {
			if ci := p.find(key).CI; float64(ci[0]) <= truth && truth <= float64(ci[1]) {
				cover[key]++
			}
		}
	}
	for key, c := range cover {
		require.GreaterOrEqual(t, c, 50, key)
	}
}
