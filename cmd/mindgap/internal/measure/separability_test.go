package measure

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/geometry"
)

// A fold's decision is geometry's logistic regression on the rows outside the fold.
func TestSeparabilityIsLogistic(t *testing.T) {
	a, b := synthetic(240, 9, 13)
	for i := range b.Data { // nearer, so that some rows fall on the wrong side
		b.Data[i] = 0.35*b.Data[i] + 0.65*a.Data[i]
	}
	b, _ = b.Normalise()
	for _, d := range devices(t) {
		o := options(d)
		p := measured(t, o, write(t, a), write(t, b)).Pairs[0]
		fold, err := geometry.DealGroups(a.N, 5, o.Seed+1)
		require.NoError(t, err)
		// The folds are dealt by place: rows in the order of their groups.
		order := places(a.N, o.Seed)
		right := 0.0
		for f := range 5 {
			var train, test []int
			for i, g := range fold {
				if g == f {
					test = append(test, order[i])
				} else {
					train = append(train, order[i])
				}
			}
			l, err := geometry.FitLogistic(a.Take(train), b.Take(train), 1)
			require.NoError(t, err)
			for _, i := range test {
				if l.Decide(a.Row(i)) > 0 {
					right++
				}
				if l.Decide(b.Row(i)) < 0 {
					right++
				}
			}
		}
		want := right / float64(2*a.N)
		require.Less(t, want, 0.99)
		require.Greater(t, want, 0.6)
		require.InDelta(t, want, p.Value("separability"), 1e-9, d.Name())
	}
}

// places is the order in which rows are held.
func places(n int, seed uint64) []int {
	rs := &rowset{}
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	rs.arrange(rows, deal(n, seed), n)
	return rs.order
}

// The trap of corrections that are fitted on all rows (LIBRARIES 9): once the modality means
// of all rows are subtracted, held-out rows fall on the wrong side, far below chance. The
// measure shows it; it does not hide it.
func TestCentredRowsAreAntiPredictive(t *testing.T) {
	a, b := halves(t, features(t, "clip"))
	o := options(host(t))
	o.Raw, o.Core = true, true
	p := measured(t, o, write(t, a.Centred(a.Mean())), write(t, b.Centred(b.Mean()))).Pairs[0]
	require.InDelta(t, 0.205, p.Value("separability"), 0.05) // scikit-learn's folds gave 0.205
	require.InDelta(t, 0, p.Value("gap"), 1e-12)
}
