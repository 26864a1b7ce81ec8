package contrastive

import (
	"cmp"
	"context"
	"time"
)

// Record is what a run says now and then.
type Record struct {
	Step  int     `json:"step"`       // steps done
	Epoch float64 `json:"epoch"`      // passes over the data
	Loss  float64 `json:"train_loss"` // mean of the steps since the record before; 0 at step 0
	Measures
	Seconds  float64 `json:"seconds"` // since the run began or went on
	PerPairs float64 `json:"pairs_per_second"`
}

// Plan says how long a run is and what is looked at on the way.
type Plan struct {
	Steps int // in all, with those that a resumed run has behind it
	Every int // steps between two records; the first record is made before the first step
	// Measure looks at held-out pairs; nil: only the loss is recorded.
	Measure func() (Measures, error)
	// Report takes each record; an error ends the run.
	Report func(Record) error
	// Step is told of every step, for a line of progress; nil: nobody.
	Step func(done int)
	// Checkpoint is the file to save to, every SaveEvery steps, at the end, and when ctx ends; "":
	// none. A run whose loss is not a number keeps the file as it was.
	Checkpoint string
	SaveEvery  int
	Texts      map[string]string // to keep in the checkpoint
}

// Run trains to the end of the plan. When ctx ends it saves a checkpoint and returns ctx's
// cause, or why nothing could be saved. A run that was resumed makes the records that it would
// have made without the interruption.
func (t *Trainer) Run(ctx context.Context, p Plan) error {
	began, before := time.Now(), t.step
	record := func() error {
		loss, err := t.takeMean()
		if err != nil {
			return err
		}
		r := Record{Step: t.step, Epoch: t.Epochs(), Loss: loss}
		if p.Measure != nil {
			if r.Measures, err = p.Measure(); err != nil {
				return cmp.Or(t.checkFinite(), err) // embeddings that are no numbers come from parameters that are none
			}
		}
		r.Seconds = time.Since(began).Seconds()
		r.PerPairs = float64((t.step-before)*t.Config.Batch) / r.Seconds
		if p.Report == nil {
			return nil
		}
		return p.Report(r)
	}
	save := func() error {
		if p.Checkpoint == "" {
			return nil
		}
		return t.Save(p.Checkpoint, p.Texts)
	}
	if t.step == 0 {
		if err := record(); err != nil {
			return err
		}
	}
	for t.step < p.Steps {
		if ctx.Err() != nil {
			return cmp.Or(save(), context.Cause(ctx))
		}
		if err := t.Step(); err != nil {
			return err
		}
		if p.Step != nil {
			p.Step(t.step)
		}
		if p.Every > 0 && t.step%p.Every == 0 || t.step == p.Steps {
			if err := record(); err != nil {
				return err
			}
		}
		if p.SaveEvery > 0 && t.step%p.SaveEvery == 0 && t.step < p.Steps {
			if err := save(); err != nil {
				return err
			}
		}
	}
	return save()
}
