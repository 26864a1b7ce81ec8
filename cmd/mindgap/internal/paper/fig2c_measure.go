package paper

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/geometry"
)

// The neighbours that UMAP looks at, the row itself included.
const conesNeighbours = 15

// conesPCA is how many singular values are looked at: the paper's PCA has 50 components.
const conesPCA = 50

// measure takes all numbers and pictures of one depth.
func (c *cones) measure(ctx context.Context, e *Env) error {
	c.cosines()
	pca, err := geometry.FitPCA(c.rows, min(conesPCA, c.rows.N, c.rows.D))
	if err != nil {
		return err
	}
	c.singular = pca.Singular
	c.dominant = dominant(c.singular)
	if c.pca, err = pca.Transform(c.rows); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	e.Progress.Start("fig2c: neighbours and picture of "+c.network, 0, "")
	near, err := geometry.NearestNeighbours(c.rows, conesNeighbours-1)
	if err != nil {
		return err
	}
	if c.purity, err = near.Purity(c.labels()); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o := geometry.DefaultUMAP()
	o.Seed = e.Seed
	c.umap, err = geometry.UMAPFromNeighbours(c.rows, near, o)
	return err
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
	c.spread = c.acrossSpread()
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
