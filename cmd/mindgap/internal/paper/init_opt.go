package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive"
)

var initVsOpt = &Experiment{
	Name: "init-vs-opt", Where: "Section 4.4; Section 4.3", Title: "Initialisation or optimisation?", Needs: []string{clipData},
	Doc:    "Two-tower models are trained from scratch at temperature 1/100, once as they are and once with the gap removed before training. Both begin and end differently: part of the gap is the initialisation's, and the optimisation opens one even where there was none. What else opens a gap is a share of pairs that do not belong together.",
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

// mismatchRates are the shares of training pairs that do not belong together; mismatchTau is the
// temperature at which that is looked at.
var mismatchRates = []float64{0, .1, .25, .5}

const mismatchTau = 1. / 50

// The initialisations.
const (
	original = "original"
	amended  = "amended"
)

// initRun is one seed of an initialisation before and after training, in the pairs that count and
// in the others: held-out pairs and training pairs, as published the other way round.
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
			g := x.leg(fmt.Sprintf("%s-%d", init, seed), seed, initTau)
			g.amended = init == amended
			before := *g
			before.name, before.steps = g.name+"-before", 0
			x.runs = append(x.runs, &initRun{init, seed, &before, g})
			legs = append(legs, &before, g)
		}
		for _, rate := range mismatchRates {
			g := x.leg(fmt.Sprintf("mismatch-%.2f-%d", rate, seed), seed, mismatchTau)
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
func (x *initOpt) leg(name string, seed uint64, tau float64) *leg {
	g := &leg{name: name, seed: seed, dim: x.lab.dim, config: x.lab.config, steps: x.lab.epochs * x.lab.stepsPerEpoch()}
	if x.published {
		g.steps = x.lab.stepsPerEpoch()
	}
	g.config.Seed, g.config.Scale = seed, contrastive.Scaling{Tau: tau, Learn: x.published}
	return g
}

// gap is that of held-out pairs, as published that of the first training pairs; other is the
// other one.
func (x *initOpt) gap(g *leg) float64 {
	if x.published {
		return x.out[g].Seen.Gap
	}
	return x.out[g].Held.Gap
}

func (x *initOpt) other(g *leg) float64 {
	return x.out[g].Seen.Gap + x.out[g].Held.Gap - x.gap(g)
}

// gaps are those of an initialisation by seed.
func (x *initOpt) gaps(init string) (before, after []float64) {
	for _, r := range x.runs {
		if r.init == init {
			before, after = append(before, x.gap(r.before)), append(after, x.gap(r.after))
		}
	}
	return before, after
}
