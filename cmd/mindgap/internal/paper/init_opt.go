package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive"
)

var initVsOpt = &Experiment{
	Name: "init-vs-opt", Where: "Section 4.4; Section 4.3", Title: "Initialisation or optimisation?", Needs: []string{clipData},
	Doc:    "Two-tower models are trained from scratch at temperature 1/100, once as they are and once with the gap removed before training. In the paper both end with a gap, a smaller one where it was removed: part of the gap is the initialisation's, and the optimisation opens one even where there was none. Pairs that do not belong together are another cause (Section 4.3); here a share of the training pairs is exchanged to see it.",
	Inputs: trainingDigests,
	Run: func(ctx context.Context, e *Env) (*report.Result, error) {
		l, err := labOf(e, false)
		if err != nil {
			return nil, err
		}
		return initVsOptAt(ctx, e, l)
	},
}

// initTau is the temperature of Section 4.4.
const initTau = 1. / 100

// mismatchRates are the shares of training pairs that do not belong together.
var mismatchRates = []float64{0, .1, .25, .5}

// The initialisations.
const (
	original = "original"
	amended  = "amended"
)

// initRun is one seed of an initialisation before and after training.
type initRun struct {
	init          string
	seed          uint64
	before, after *leg
}

// mismatchRun is one seed with a share of wrong pairs.
type mismatchRun struct {
	rate float64
	seed uint64
	*leg
}

// initOpt is all runs.
type initOpt struct {
	lab       *lab
	published bool
	runs      []*initRun
	mismatch  []*mismatchRun
	out       map[*leg]*outcome
}

func initVsOptAt(ctx context.Context, e *Env, l *lab) (*report.Result, error) {
	x := &initOpt{lab: l, published: e.AsPublished}
	var legs []*leg
	for k := range trainingSeeds {
		seed := e.Seed + uint64(k)
		for _, init := range []string{original, amended} {
			g := x.leg(fmt.Sprintf("%s-%d", init, seed), seed)
			g.amended = init == amended
			before := *g
			before.name, before.steps = g.name+"-before", 0
			x.runs = append(x.runs, &initRun{init, seed, &before, g})
			legs = append(legs, &before, g)
			if init == original {
				x.mismatch = append(x.mismatch, &mismatchRun{0, seed, g})
			}
		}
		for _, rate := range mismatchRates[1:] {
			g := x.leg(fmt.Sprintf("mismatch-%.2f-%d", rate, seed), seed)
			g.config.Mismatch = rate
			x.mismatch = append(x.mismatch, &mismatchRun{rate, seed, g})
			legs = append(legs, g)
		}
	}
	var err error
	if x.out, err = l.do(ctx, e, "init-vs-opt", legs); err != nil {
		return nil, err
	}
	inputs := fmt.Sprintf("%s; %d steps of batches of %d at rate %g", l.inputs(e), x.runs[0].after.steps, l.config.Batch, l.config.Rate.Rate)
	return &report.Result{Inputs: inputs, Claims: x.claims(), Tables: x.tables(), Figures: x.figures()}, nil
}

// leg is training from random weights. The original and the amended run of a seed have the same
// weights and the same order of pairs, and the temperature is frozen; as published it is learned
// (quirk D8) and the first epoch's checkpoint counts (D9).
func (x *initOpt) leg(name string, seed uint64) *leg {
	g := &leg{name: name, seed: seed, dim: x.lab.dim, config: x.lab.config, steps: x.lab.epochs * x.lab.stepsPerEpoch()}
	if x.published {
		g.steps = x.lab.stepsPerEpoch()
	}
	g.config.Seed, g.config.Scale = seed, contrastive.Scaling{Tau: initTau, Learn: x.published}
	return g
}

// gaps are those of held-out pairs and of the first training pairs, as published the other way
// round: the first counts, the second stands beside it.
func (x *initOpt) gaps(g *leg) (gap, beside float64) {
	o := x.out[g]
	if x.published {
		return o.Seen.Gap, o.Held.Gap
	}
	return o.Held.Gap, o.Seen.Gap
}

func (x *initOpt) gap(g *leg) float64 {
	gap, _ := x.gaps(g)
	return gap
}

// of is the gaps of an initialisation by seed.
func (x *initOpt) of(init string) (before, after []float64) {
	for _, r := range x.runs {
		if r.init == init {
			before, after = append(before, x.gap(r.before)), append(after, x.gap(r.after))
		}
	}
	return before, after
}
