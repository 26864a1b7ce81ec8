package paper

import (
	"context"
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive"
)

var dims = &Experiment{
	Name: "dims", Where: "Supplementary Figure 16", Title: "The gap and the dimension", Needs: []string{clipData},
	Doc:    "The same training from scratch with embeddings of 64, 128, 256 and 512 dimensions. In the paper the gap is nearly the same with each.",
	Inputs: trainingDigests,
	Run: func(ctx context.Context, e *Env) (*report.Result, error) {
		l, err := labOf(e, false)
		if err != nil {
			return nil, err
		}
		if !l.own {
			l.epochs = 15 // the paper's, on Conceptual Captions
		}
		return dimsAt(ctx, e, l)
	},
}

// dimensions are those of Supplementary Figure 16.
var dimensions = []int{64, 128, 256, 512}

// dimsRun is a dimension and a seed.
type dimsRun struct {
	seed uint64
	*leg
}

func dimsAt(ctx context.Context, e *Env, l *lab) (*report.Result, error) {
	var runs []dimsRun
	var legs []*leg
	for k := range trainingSeeds {
		seed := e.Seed + uint64(k)
		for _, dim := range dimensions {
			g := &leg{name: fmt.Sprintf("dim-%d-%d", dim, seed), seed: seed, dim: dim, config: l.config, steps: l.epochs * l.stepsPerEpoch()}
			g.config.Seed, g.config.Scale = seed, contrastive.Scaling{Tau: startTau, Learn: true}
			runs, legs = append(runs, dimsRun{seed, g}), append(legs, g)
		}
	}
	out, err := l.do(ctx, e, "dims", legs)
	if err != nil {
		return nil, err
	}
	gaps := map[int][]float64{} // by dimension, then by seed
	table := &report.Table{
		Doc:     fmt.Sprintf("The gap of %d held-out pairs after training, by dimension of the embeddings and seed.", l.held),
		Columns: []string{"dim", "seed", "gap"},
	}
	for _, r := range runs {
		gap := out[r.leg].Held.Gap
		gaps[r.dim] = append(gaps[r.dim], gap)
		table.Add(r.dim, r.seed, gap)
	}
	inputs := fmt.Sprintf("%s; %d steps of batches of %d at rate %g, temperature learned from %g", l.inputs(e), runs[0].steps, l.config.Batch, l.config.Rate.Rate, startTau)
	return &report.Result{
		Inputs: inputs, Claims: dimsClaims(gaps),
		Tables: map[string]*report.Table{"dims": table, "figure16": dimsDrawn(gaps)}, Figures: dimsFigures(l),
	}, nil
}

func dimsDrawn(gaps map[int][]float64) *report.Table {
	t := &report.Table{Doc: "Means with intervals as drawn.", Columns: []string{"dim", "gap", "low", "high"}}
	for _, dim := range dimensions {
		o := interval(gaps[dim])
		t.Add(dim, o.mean, o.lo(), o.hi())
	}
	return t
}

func dimsClaims(gaps map[int][]float64) []report.Claim {
	lo, hi := math.Inf(1), 0.0
	for _, dim := range dimensions {
		o := interval(gaps[dim])
		lo, hi = min(lo, o.mean), max(hi, o.mean)
	}
	var x, slopes []float64
	for _, dim := range dimensions {
		x = append(x, math.Log2(float64(dim)))
	}
	for k := range trainingSeeds {
		var y []float64
		for _, dim := range dimensions {
			y = append(y, gaps[dim][k])
		}
		slopes = append(slopes, slope(x, y))
	}
	o := interval(slopes)
	const statement = "the gap is nearly constant"
	return []report.Claim{
		{
			ID: "nearly-constant", Kind: report.Observation, Text: "The largest mean gap of the four dimensions over the smallest.",
			Paper: statement, Got: hi / lo, Want: "<= 1.25", Holds: hi <= 1.25*lo,
		}, {
			ID: "no-trend", Kind: report.Observation,
			Text:  fmt.Sprintf("The change of the gap when the dimension doubles: %v over %d seeds (95 %% interval), beside a gap of %.3g at 64.", o, trainingSeeds, interval(gaps[64]).mean),
			Paper: statement, Got: o.mean, Want: "an interval with 0 in it", Holds: o.lo() <= 0 && o.hi() >= 0,
		},
	}
}

func dimsFigures(l *lab) []report.Figure {
	return []report.Figure{{
		Name: "figure16", Table: "figure16", Title: "The gap by dimension of the embeddings (Supplementary Figure 16)" + l.titleMark(),
		Caption: fmt.Sprintf("Means of %d runs with 95 %% intervals. The paper prints its numbers in a picture only.%s", trainingSeeds, l.captionMark()),
		X:       report.Axis{Column: "dim", Label: "dimensions", Log: true}, Y: report.Axis{Column: "gap", Label: "gap"},
		Low: "low", High: "high",
	}}
}
