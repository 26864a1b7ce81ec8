package paper

import (
	"context"
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive"
)

var finetune = &Experiment{
	Name: "finetune", Where: "Section 4.2; Supplementary Figure 8", Title: "Training on at six temperatures", Needs: []string{clipData},
	Doc:    "A trained model is trained on at six temperatures. In the paper the gap that remains is the smaller, the higher the temperature: the contrastive loss itself keeps the gap at CLIP's low temperature.",
	Inputs: trainingDigests,
	Run: func(ctx context.Context, e *Env) (*report.Result, error) {
		l, err := labOf(e, true)
		if err != nil {
			return nil, err
		}
		return finetuneAt(ctx, e, l)
	},
}

// trainingDigests is the Inputs of experiments that train: files count at the paper's scale.
func trainingDigests(e *Env) (map[string]string, error) {
	if e.Scale != Paper {
		return map[string]string{}, nil
	}
	return weightDigests(e)
}

// taus are the temperatures of Supplementary Figure 8, from high to low.
var taus = []float64{1, 1. / 10, 1. / 20, 1. / 30, 1. / 50, 1. / 100}

// startTau is the temperature that CLIP's training begins with; it is learned.
const startTau = .07

// finetuneRun is a temperature and seed of the experiment.
type finetuneRun struct {
	tau  float64
	seed int // from 0 on
	*leg
	*outcome
}

// finetuned is all runs, and the models that they begin with, by seed.
type finetuned struct {
	lab   *lab
	learn bool // the temperature is where a run begins only, as published (quirk D8)
	runs  []*finetuneRun
	start []*outcome
}

func finetuneAt(ctx context.Context, e *Env, l *lab) (*report.Result, error) {
	f := &finetuned{lab: l, learn: e.AsPublished}
	var legs, starts []*leg
	for k := range trainingSeeds {
		seed := e.Seed + uint64(k)
		if k == 0 || l.pretrained == nil {
			start := &leg{name: fmt.Sprintf("start-%d", seed), seed: seed, dim: l.dim, goesOn: true, config: l.config, pretrained: l.pretrained != nil}
			start.config.Seed, start.config.Scale = seed, contrastive.Scaling{Tau: startTau, Learn: true}
			if !start.pretrained {
				start.steps = l.epochs * l.stepsPerEpoch()
			}
			starts, legs = append(starts, start), append(legs, start)
		}
		for _, tau := range taus {
			r := &finetuneRun{tau: tau, seed: k, leg: &leg{
				name: fmt.Sprintf("tau-%.2f-%d", tau, seed), seed: seed, dim: l.dim, start: starts[len(starts)-1], config: l.on, steps: l.epochs * l.stepsPerEpoch(),
			}}
			r.config.Seed, r.config.Scale = seed, contrastive.Scaling{Tau: tau, Learn: f.learn}
			if e.AsPublished { // quirk D9: the checkpoint of the first epoch
				r.steps = l.stepsPerEpoch()
			}
			f.runs, legs = append(f.runs, r), append(legs, r.leg)
		}
	}
	out, err := l.do(ctx, e, "finetune", legs)
	if err != nil {
		return nil, err
	}
	for _, r := range f.runs {
		r.outcome = out[r.leg]
	}
	for k := range trainingSeeds {
		f.start = append(f.start, out[starts[min(k, len(starts)-1)]])
	}
	return &report.Result{Inputs: l.inputs(e) + f.says(), Claims: f.claims(), Tables: f.tables(e), Figures: f.figures()}, nil
}

// says is how the runs went, for the result.
func (f *finetuned) says() string {
	temperature := "frozen"
	if f.learn {
		temperature = "only the start of a learned one"
	}
	start := f.lab.pretrainedSays
	if f.lab.pretrained == nil {
		start = fmt.Sprintf("%d models trained before, one for each seed, for %d steps from tau = %g, learned", trainingSeeds, f.lab.epochs*f.lab.stepsPerEpoch(), startTau)
	}
	return fmt.Sprintf("; from %s; %d steps at a time of batches of %d at rate %g, temperature %s", start, f.runs[0].steps, f.lab.on.Batch, f.lab.on.Rate.Rate, temperature)
}

// of is a quantity of all seeds at a temperature.
func (f *finetuned) of(tau float64, q func(*outcome) float64) (list []float64) {
	for _, r := range f.runs {
		if r.tau == tau {
			list = append(list, q(r.outcome))
		}
	}
	return list
}

// at is its mean with interval.
func (f *finetuned) at(tau float64, q func(*outcome) float64) overSeeds {
	return interval(f.of(tau, q))
}

// The quantities of Supplementary Figure 8, of held-out pairs.
func gapOf(o *outcome) float64          { return o.Held.Gap }
func recallImagesOf(o *outcome) float64 { return o.Held.RecallImages }
func recallTextsOf(o *outcome) float64  { return o.Held.RecallTexts }
func zeroShotOf(o *outcome) float64 {
	if o.ZeroShot == nil {
		return math.NaN()
	}
	return *o.ZeroShot
}
