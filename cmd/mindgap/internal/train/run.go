package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mindgap/contrastive"
	"mindgap/engine"
)

// Watch is told how a run goes; each function may be nil.
type Watch struct {
	Amend  func(done, of int)        // pairs embedded for --init amended
	Begin  func(done, of, batch int) // before the first step: what a run that goes on has behind it
	Step   func()                    // after every step
	Record func(r Record, perSecond float64)
}

// Outcome is what a run has come to.
type Outcome struct {
	Steps   int      `json:"steps"` // done
	Of      int      `json:"of"`
	Records []Record `json:"records"`
}

// Run trains a job to its end, or goes on with it where the folder has a checkpoint. It writes
// log, checkpoint and page on the way, and at the end the weights and the embeddings of the
// measured pairs. When ctx ends it saves a checkpoint and returns ctx's cause; the device should
// not be interrupted, or nothing can be saved. settings say what the run depends on: one that goes
// on must have been begun with the same.
func Run(ctx context.Context, d *engine.Device, j *Job, f *Folder, o Options, settings *Settings, w Watch) (*Outcome, error) {
	s := d.Scope()
	defer s.Close()
	r, err := j.run(d, f, o)
	if err != nil {
		return nil, err
	}
	o, settings.Inputs = r.options, j.Inputs
	if err := f.begin(settings); err != nil {
		return nil, err
	}
	if err := r.amend(ctx, s, w); err != nil {
		return nil, err
	}
	t, err := contrastive.NewTrainer(d, j.Model, j.Pairs, r.config)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if f.Saved() {
		if err := t.Resume(f.path(CheckpointFile)); err != nil {
			return nil, err
		}
	}
	if r.log, err = openLog(f.path(LogFile), t.Steps()); err != nil {
		return nil, err
	}
	defer r.log.close()
	if w.Begin != nil {
		w.Begin(t.Steps(), o.Steps, o.Batch)
	}
	err = t.Run(ctx, contrastive.Plan{
		Steps: o.Steps, Every: o.Every, SaveEvery: o.SaveEvery, Checkpoint: f.path(CheckpointFile), Measure: r.measure,
		Report: func(c contrastive.Record) error { return r.record(c, w) },
		Step: func(int) {
			if w.Step != nil {
				w.Step()
			}
		},
	})
	if err == nil {
		err = r.finish(s, t.First())
	}
	if errors.Is(err, engine.ErrMemory) {
		err = fmt.Errorf("%w; take --chunk, which holds so many pairs at once, or a smaller --batch", err)
	}
	out := &Outcome{t.Steps(), o.Steps, r.log.Records}
	if page := r.page(out); err == nil { // what a failed or interrupted run has shown is kept, too
		err = page
	}
	return out, err
}

// run is one call of Run.
type run struct {
	*Job
	folder  *Folder
	options Options
	config  contrastive.Config
	device  *engine.Device
	log     *runLog
	paged   time.Time
}

// run prepares a run, and refuses settings that the data cannot be trained with.
func (j *Job) run(d *engine.Device, f *Folder, o Options) (*run, error) {
	o = o.resolve(j)
	r := &run{Job: j, folder: f, options: o, config: o.config(), device: d}
	r.config.InOrder = j.inOrder
	return r, r.config.Check(j.Pairs)
}

// measure looks at the held-out pairs.
func (r *run) measure() (contrastive.Measures, error) {
	p, err := r.Model.Embed(r.device, r.measured(), r.Chunk)
	if err != nil {
		return contrastive.Measures{}, err
	}
	scale, err := r.Model.LogitScale()
	if err != nil {
		return contrastive.Measures{}, err
	}
	return p.Measure(scale)
}

// record takes a record into the log, and now and then into the page.
func (r *run) record(c contrastive.Record, w Watch) error {
	line := Record{Step: c.Step, Epoch: c.Epoch, Rate: r.config.Rate.At(c.Step), Measures: c.Measures}
	if c.Step > 0 {
		line.TrainLoss = &c.Loss
	}
	if err := r.log.add(line); err != nil {
		return err
	}
	if w.Record != nil {
		w.Record(line, c.PerPairs)
	}
	if time.Since(r.paged) < 20*time.Second {
		return nil
	}
	r.paged = time.Now()
	return r.page(&Outcome{c.Step, r.options.Steps, r.log.Records})
}
