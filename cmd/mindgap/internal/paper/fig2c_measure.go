package paper

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// The neighbours that UMAP looks at, the row itself included.
const conesNeighbours = 15

// conesPCA is how many singular values are looked at: the paper's PCA has 50 components.
const conesPCA = 50

// measure takes all numbers of one depth, the picture of its PCA, and the neighbours, which the
// picture of UMAP needs.
func (c *cones) measure(ctx context.Context, e *Env) (*geometry.Neighbours, error) {
	e.Progress.Start("fig2c: products of "+c.name(), 0, "")
	c.cosines()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := e.Device.Scope()
	defer s.Close()
	sets := newClusters(s, c.rows, c.size.n)
	gram, mean, err := sets.gram(ctx)
	if err != nil {
		return nil, err
	}
	spectrum, err := geometry.SpectrumFromGram(gram.Clone(), c.rows.N)
	if err != nil {
		return nil, err
	}
	for _, v := range spectrum.Variance[:min(conesPCA, len(spectrum.Variance))] {
		c.singular = append(c.singular, math.Sqrt(v*float64(c.rows.N-1)))
	}
	c.dominant = dominant(c.singular)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	pca, err := geometry.PCAFromGram(mean, gram, c.rows.N, 2)
	if err != nil {
		return nil, err
	}
	if c.pca, err = pca.Transform(c.rows); err != nil {
		return nil, err
	}
	e.Progress.Start("fig2c: neighbours of "+c.network, float64(c.rows.N), "rows")
	near, err := deviceNeighbours(ctx, sets, conesNeighbours-1, e.Progress.Add)
	if err != nil {
		return nil, err
	}
	c.purity, err = near.Purity(c.labels())
	return near, err
}

// drawCones makes the pictures of UMAP, all depths at once: each is the same on any number of
// processors.
func drawCones(ctx context.Context, e *Env, list []*cones, near []*geometry.Neighbours) error {
	o := geometry.DefaultUMAP()
	o.Seed = e.Seed
	o.Check = func(epoch int) error {
		e.Progress.Add(float64(min(epoch, 1))) // while the start is made there is none
		return ctx.Err()
	}
	epochs := 0
	for _, c := range list {
		epochs += o.EpochsFor(c.rows.N)
	}
	e.Progress.Start("fig2c: pictures", float64(epochs), "epochs")
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, c := range list {
		all.Go(func() { c.umap, errs[i] = geometry.UMAPFromNeighbours(c.rows, near[i], o) })
	}
	all.Wait()
	return first(errs)
}

// first is the first error of several.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// labels is the network of each row.
func (c *cones) labels() []int {
	out := make([]int, c.rows.N)
	for i := range out {
		out[i] = i / c.size.n
	}
	return out
}

// cosines are the means within and across networks, from the sums of each network's rows.
func (c *cones) cosines() {
	n, k := float64(c.size.n), float64(c.size.seeds)
	total := make([]float64, c.size.width)
	own := 0.0
	for seed := range c.size.seeds {
		sum := make([]float64, c.size.width)
		for i := range c.size.n {
			floats.Add(sum, c.rows.Row(seed*c.size.n+i))
		}
		floats.Add(total, sum)
		own += floats.Dot(sum, sum)
	}
	c.within = (own/(n*n*k)*n - 1) / (n - 1)
	c.across = (floats.Dot(total, total) - own) / (n * n * k * (k - 1))
	c.spread = math.NaN()
	if c.net == nil {
		c.spread = c.acrossSpread()
	}
}

// acrossSpread is the standard deviation of the mean cosine across networks: of two, the
// cosine of outputs is the mean over width units of mu mu', mu the mean of a unit's outputs
// over the inputs, with E mu = 1/sqrt(pi) sqrt q/width and E mu^2 = rho q/width. A pair
// varies by (E mu^2)^2 - (E mu)^4; pairs that share a network by E mu^2 (E mu)^2 - (E mu)^4,
// and there are 4/k of them to a pair.
func (c *cones) acrossSpread() float64 {
	const first = 1 / math.Pi // (E mu)^2, in units of q/width
	d, k := float64(c.size.width), float64(c.size.seeds)
	pair, shared := c.within*c.within-first*first, c.within*first-first*first
	return math.Sqrt((2*pair/(k*(k-1)) + 4*(k-2)*shared/(k*(k-1))) / d)
}

// dominant is where singular values fall most steeply: the k with the largest S_k/S_(k+1).
func dominant(s []float64) int {
	best, at := 0.0, 0
	for k := 1; k < len(s); k++ {
		if s[k-1] > 0 && s[k-1] > best*s[k] {
			best, at = s[k-1]/s[k], k
		}
	}
	return at
}
