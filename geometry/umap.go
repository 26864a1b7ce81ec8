package geometry

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// UMAPOptions are those of McInnes, Healy and Melville (2018) and of umap-learn, whose
// defaults DefaultUMAP gives.
type UMAPOptions struct {
	Neighbours   int     // the row itself included: 15 means 14 others
	MinDist      float64 // how tightly points may pack, in units of Spread
	Spread       float64
	Epochs       int // 0: 500 for up to 10000 rows, else 200
	Negative     int // negative samples per positive one
	LearningRate float64
	Seed         uint64
	// Check is asked before every epoch, with its number, and with 0 also while the start is
	// made; its error ends the layout and is returned. nil: nobody is asked.
	Check func(epoch int) error
}

// DefaultUMAP is umap-learn's defaults: what the paper's Figures 1 and 2c use.
func DefaultUMAP() UMAPOptions {
	return UMAPOptions{Neighbours: 15, MinDist: 0.1, Spread: 1, Negative: 5, LearningRate: 1}
}

// EpochsFor is how many epochs a layout of n rows takes.
func (o UMAPOptions) EpochsFor(n int) int {
	switch {
	case o.Epochs > 0:
		return o.Epochs
	case n > 10000:
		return 200
	}
	return 500
}

// UMAP lays the rows out in the plane, N x 2. It is deterministic for a seed. The
// picture shows neighbourhoods; distances between islands, and so a gap, it does not
// show: print the number beside it.
func UMAP(r Rows, opt UMAPOptions) (Rows, error) {
	if opt.Neighbours < 2 || opt.Neighbours > r.N {
		return Rows{}, errorf("UMAP", "%d neighbours of %d rows", opt.Neighbours, r.N)
	}
	nb, err := NearestNeighbours(r, opt.Neighbours-1)
	if err != nil {
		return Rows{}, err
	}
	return UMAPFromNeighbours(r, nb, opt)
}

// UMAPFromNeighbours is UMAP with the neighbours already found, opt.Neighbours - 1
// others of each row. The rows serve to place islands that no neighbour joins.
func UMAPFromNeighbours(r Rows, nb *Neighbours, opt UMAPOptions) (Rows, error) {
	const fn = "UMAP"
	if err := check(fn, 2, r); err != nil {
		return Rows{}, err
	}
	if nb.N != r.N || nb.K != opt.Neighbours-1 {
		return Rows{}, errorf(fn, "%d neighbours of %d rows, want %d of %d", nb.K, nb.N, opt.Neighbours-1, r.N)
	}
	if !(opt.Spread > 0) || !(opt.MinDist >= 0) || !(opt.MinDist <= 3*opt.Spread) || !(opt.LearningRate > 0) || opt.Negative < 0 || opt.Epochs < 0 {
		return Rows{}, errorf(fn, "impossible options: spread %v, minimal distance %v, rate %v, %d negative samples, %d epochs",
			opt.Spread, opt.MinDist, opt.LearningRate, opt.Negative, opt.Epochs)
	}
	opt.Epochs = opt.EpochsFor(r.N)
	a, b := curveOf(opt.Spread, opt.MinDist)
	if opt.Check == nil {
		opt.Check = func(int) error { return nil }
	}
	g := fuzzyGraph(nb)
	if err := opt.Check(0); err != nil {
		return Rows{}, err
	}
	y, err := spectralStart(r, g, opt)
	if err == nil {
		err = layout(y, g, a, b, opt)
	}
	if err != nil {
		return Rows{}, err
	}
	return y, nil
}

// curveOf fits 1/(1 + a x^2b) to the target membership (1 up to minDist, then
// exp(-(x - minDist)/spread)) at 300 points of 0..3 spread, least squares by damped
// Gauss-Newton. 1 and 0.1 give a = 1.577, b = 0.895.
func curveOf(spread, minDist float64) (a, b float64) {
	const points = 300
	cost := func(a, b float64) (sum float64, h, g [3]float64) {
		for i := 1; i < points; i++ {
			x := 3 * spread * float64(i) / (points - 1)
			want := 1.0
			if x >= minDist {
				want = math.Exp(-(x - minDist) / spread)
			}
			p := math.Pow(x, 2*b)
			f := 1 / (1 + a*p)
			da, db := -p*f*f, -2*a*p*math.Log(x)*f*f
			e := f - want
			sum += e * e
			h[0], h[1], h[2] = h[0]+da*da, h[1]+da*db, h[2]+db*db
			g[0], g[1] = g[0]+da*e, g[1]+db*e
		}
		return sum, h, g
	}
	a, b = 1, 1
	damp := 1e-3
	sum, h, g := cost(a, b)
	for range 200 {
		m := mat.NewDense(2, 2, []float64{h[0] * (1 + damp), h[1], h[1], h[2] * (1 + damp)})
		var step mat.VecDense
		if step.SolveVec(m, mat.NewVecDense(2, g[:2])) != nil {
			break
		}
		na, nbb := a-step.AtVec(0), b-step.AtVec(1)
		s2, h2, g2 := cost(na, nbb)
		if na > 0 && nbb > 0 && s2 <= sum {
			done := sum-s2 < 1e-15*sum
			a, b, sum, h, g, damp = na, nbb, s2, h2, g2, damp/5
			if done {
				break
			}
		} else {
			damp *= 10
		}
	}
	return a, b
}
