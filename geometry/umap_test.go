package geometry

import (
	"errors"
	"runtime"
	"slices"
	"testing"
)

// seededSet is ten clusters in 32 dimensions, each of three dimensions and a little
// noise, from Knuth's MMIX generator; rows i, i+10, ... belong together.
func seededSet(n int) Rows {
	state := uint64(1)
	u := func() float64 {
		state = state*6364136223846793005 + 1442695040888963407
		return float64(state>>11) / (1 << 53)
	}
	const d, clusters = 32, 10
	centre, base := Zeros(clusters, d), Zeros(3*clusters, d)
	for i := range centre.Data {
		centre.Data[i] = 4*u() - 2
	}
	for i := range base.Data {
		base.Data[i] = 2*u() - 1
	}
	x := Zeros(n, d)
	for i := range n {
		k := i % clusters
		var z [3]float64
		for t := range z {
			z[t] = u() + u() + u() + u() - 2
		}
		for j := range d {
			x.Row(i)[j] = centre.Row(k)[j] + z[0]*base.Row(3 * k)[j] + z[1]*base.Row(3*k + 1)[j] +
				z[2]*base.Row(3*k + 2)[j] + 0.1*(u()-0.5)
		}
	}
	return x
}

// What umap-learn 0.5.3 reaches with its defaults (random_state 0, 1, 2; numpy
// 1.24.2, numba 0.56.4), as scikit-learn 1.2.1's trustworthiness(X, Y,
// n_neighbors=15) and the overlap of NearestNeighbors(15) of X and Y, the row itself
// left out. X: features_clip.npy normalised in float64, images above texts; and
// seededSet(5000), written alike in Python (its sum over all numbers is in the test).
var umapLearn = []struct {
	set           string
	trust, recall [3]float64
}{
	{"clip", [3]float64{0.95126, 0.94991, 0.95201}, [3]float64{0.44493, 0.44407, 0.44767}},
	{"seeded", [3]float64{0.99344, 0.99321, 0.99313}, [3]float64{0.53973, 0.53705, 0.53745}},
}

func TestUMAPAgainstUmapLearn(t *testing.T) {
	for _, c := range umapLearn {
		t.Run(c.set, func(t *testing.T) {
			var x Rows
			if c.set == "clip" {
				x = Stack(features(t, "clip"))
			} else {
				if testing.Short() {
					t.Skip("5000 points take some seconds")
				}
				x = seededSet(5000)
				sum := 0.0
				for _, v := range x.Data {
					sum += v
				}
				near(t, "sum of the seeded set", sum, -2899.4617359086633, 1e-8)
			}
			opt := DefaultUMAP()
			y, err := UMAP(x, opt)
			if err != nil {
				t.Fatal(err)
			}
			trust, recall := must(Trustworthiness(x, y, 15)), must(NeighbourRecall(x, y, 15))
			t.Logf("trustworthiness %.5f, recall %.5f", trust, recall)
			near(t, "trustworthiness", trust, (c.trust[0]+c.trust[1]+c.trust[2])/3, 0.02)
			near(t, "recall of 15 neighbours", recall, (c.recall[0]+c.recall[1]+c.recall[2])/3, 0.02)
		})
	}
}

func TestTSNE(t *testing.T) {
	a, b := features(t, "videoclip")
	x := Stack(a, b)
	y := must(TSNE(x, DefaultTSNE()))
	// scikit-learn 1.2.1's TSNE (init pca, method exact, learning_rate auto, seeds 0 and
	// 1) reaches 0.9202 and 0.9207 in the same measure.
	trust := must(Trustworthiness(x, y, 15))
	t.Logf("trustworthiness %.4f", trust)
	near(t, "trustworthiness", trust, 0.9204, 0.02)
}

// A seed gives the same picture and the same numbers on any number of processors.
func TestDeterminism(t *testing.T) {
	x := seededSet(300)
	unit := must(x.Normalise())
	run := func() []float64 {
		out := must(UMAP(x, DefaultUMAP())).Data
		out = append(out, must(TSNE(x, TSNEOptions{Perplexity: 10, Iterations: 60})).Data...)
		out = append(out, must(Uniformity(unit)), must(InfoNCE(unit, unit, 50, Symmetric, 0)), must(CKA(x, unit)))
		return append(out, must(FitPCA(x, 3)).Components.Data...)
	}
	was := runtime.GOMAXPROCS(1)
	one := run()
	runtime.GOMAXPROCS(3)
	three := run()
	runtime.GOMAXPROCS(was)
	if !slices.Equal(one, three) {
		t.Error("one processor and three give different bits")
	}
}

// A layout ends with what its caller says, while its start is made and in any epoch.
func TestLayoutsStop(t *testing.T) {
	x := seededSet(120)
	for _, at := range []int{0, 1, 7} {
		stop := errors.New("enough")
		seen := -1
		check := func(epoch int) error {
			if seen = epoch; epoch >= at {
				return stop
			}
			return nil
		}
		u := DefaultUMAP()
		u.Check = check
		if _, err := UMAP(x, u); err != stop || seen != at {
			t.Errorf("UMAP, epoch %d: got %v at %d", at, err, seen)
		}
		s := TSNEOptions{Perplexity: 10, Iterations: 50, Check: check}
		if _, err := TSNE(x, s); err != stop || seen != at {
			t.Errorf("t-SNE, iteration %d: got %v at %d", at, err, seen)
		}
	}
}
