package paper

import (
	"context"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
)

// oneLayer is the mean cosine between two unit vectors after one wide ReLU layer.
type oneLayer struct {
	bias       bool
	rho        float64
	mean       float64
	exact      float64
	acceptance float64 // EXPERIMENTS.md, E6; 0: none given
}

// The pairs of E6, with biases N(0, 1/width) and without.
func oneLayers() []oneLayer {
	list := []oneLayer{
		{bias: true, rho: -1, acceptance: .318310}, {bias: true, rho: -.5, acceptance: .453310},
		{bias: true, rho: 0, acceptance: .608998}, {bias: true, rho: .25, acceptance: .695294},
		{bias: true, rho: .5, acceptance: .788002}, {bias: true, rho: .75, acceptance: .888348},
		{bias: true, rho: .9, acceptance: .953364}, {bias: true, rho: .99, acceptance: .995106},
		{rho: 0, acceptance: .318310}, {rho: .25, acceptance: .453310}, {rho: .5, acceptance: .608998},
		{rho: .75, acceptance: .788002}, {rho: .9, acceptance: .909538}, {rho: .99, acceptance: .990300},
	}
	for i := range list {
		l := &list[i]
		if l.exact = geometry.Kappa(l.rho); l.bias {
			l.exact = geometry.LayerCosine(1, l.rho)
		}
	}
	return list
}

// A single layer scatters by about .01, its
// tolerance, so several are averaged.
const (
	oneLayerWidth = 4096
	oneLayerDraws = 50
)

// oneLayer measures one layer on the device, as Theorem 1 does.
func (f *fig2bData) oneLayer(ctx context.Context, e *Env) error {
	f.layers = oneLayers()
	random := kernels.NewRandom(e.Seed, fig2bStream+500)
	sd := float32(1 / math.Sqrt(oneLayerWidth))
	for i := range f.layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		l := &f.layers[i]
		cosines, err := thm1Cosines(e.Device, thm1Pair{R: 1, Rho: l.rho}, oneLayerDraws, oneLayerWidth, func(w, b *tensor) {
			random.Normal(w, 0, sd)
			if b.Zero(); l.bias {
				random.Normal(b, 0, sd)
			}
		})
		if err != nil {
			return err
		}
		for _, c := range cosines {
			l.mean += float64(c) / oneLayerDraws
		}
	}
	return nil
}

func (f *fig2bData) layerTable() *report.Table {
	t := &report.Table{
		Doc:     "Two unit vectors of cosine rho after one ReLU layer of width 4096, with biases N(0, 1/width) or without: the mean cosine over 50 layers, and the exact one at infinite width.",
		Columns: []string{"bias", "rho", "mean_cosine", "exact_cosine"},
	}
	for _, l := range f.layers {
		t.Add(l.bias, l.rho, l.mean, l.exact)
	}
	return t
}

func (f *fig2bData) layerClaims() []report.Claim {
	closed, measured := 0.0, 0.0
	for _, l := range f.layers {
		closed = max(closed, abs(l.exact-l.acceptance))
		measured = max(measured, abs(l.mean-l.exact))
	}
	return []report.Claim{
		check("one-layer-exact", "The exact cosine after one ReLU layer, kappa(rho) without biases and kappa((1+rho)/2) with them, agrees at 14 pairs with values computed elsewhere, to six digits (1/pi at rho = 0): the largest difference.",
			"1/pi = 0.318310; 0.608998 with biases", closed, 5e-7),
		check("one-layer", "One ReLU layer of width 4096, the mean of 50, has the exact cosine: the largest difference, of which 0.01 is what layers of this width may scatter.",
			"kappa", measured, .01),
	}
}

// check is a claim that something is at most a limit.
func check(id, text string, paper any, got, most float64) report.Claim {
	return report.Claim{ID: id, Kind: report.Check, Text: text, Paper: paper, Got: got, Want: wantMost(most), Holds: got <= most}
}
