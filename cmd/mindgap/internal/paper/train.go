package paper

import (
	"context"
	"fmt"
	"time"

	"mindgap/contrastive"
	"mindgap/engine"
)

// leg is one training run of an experiment, and what is measured after it.
type leg struct {
	name string // of its files
	seed uint64 // of random weights, and of the order of the pairs
	dim  int
	// start is the leg whose model this one goes on from; nil: random weights, or the lab's
	// pretrained ones.
	start      *leg
	pretrained bool
	// amended turns the texts onto the images before training (Section 4.4).
	amended bool
	goesOn  bool // it is the start of others: its checkpoint is kept
	config  contrastive.Config
	steps   int // 0: the model is measured as it is
}

// training does the legs of an experiment one after another.
type training struct {
	*Env
	lab     *lab
	name    string // of the experiment
	folder  string // for what is done in part; "": none
	weights map[*leg][][]float32
}

// do does all legs and gives their outcomes. What was done of them before, in the folder of
// e.Scratch, is taken from there.
func (l *lab) do(ctx context.Context, e *Env, name string, legs []*leg) (map[*leg]*outcome, error) {
	t := &training{Env: e, lab: l, name: name, weights: map[*leg][][]float32{}}
	if e.Scratch != nil {
		var err error
		if t.folder, err = e.Scratch(); err != nil {
			return nil, err
		}
	}
	out := map[*leg]*outcome{}
	var left []*leg
	for _, g := range legs {
		o, err := t.finished(g)
		if err != nil {
			return nil, err
		}
		if o == nil {
			left = append(left, g)
		}
		out[g] = o
	}
	if err := t.estimate(ctx, left); err != nil {
		return nil, err
	}
	e.Progress.Start(name, float64(steps(left)), "steps")
	for _, g := range left {
		o, err := t.leg(ctx, g)
		if err == nil {
			err = t.keep(g, o)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.name, err)
		}
		out[g] = o
	}
	return out, nil
}

func steps(legs []*leg) (n int) {
	for _, g := range legs {
		n += g.steps
	}
	return n
}

// leg trains and measures.
func (t *training) leg(ctx context.Context, g *leg) (*outcome, error) {
	s := t.Device.Scope()
	defer s.Close()
	m, err := t.trained(ctx, s, g)
	if err != nil {
		return nil, err
	}
	if g.goesOn && !g.pretrained {
		if err := t.remember(m, g); err != nil {
			return nil, err
		}
	}
	return t.measure(ctx, m, g)
}

// trained is the model at the end of a leg, in scope s.
func (t *training) trained(ctx context.Context, s *engine.Scope, g *leg) (*contrastive.Dual, error) {
	m, err := t.model(ctx, s, g)
	if err != nil {
		return nil, err
	}
	return m, t.train(ctx, m, g)
}

// train brings a model to the end of its leg, from its checkpoint where there is one. An
// interrupt costs the steps since the last checkpoint.
func (t *training) train(ctx context.Context, m *contrastive.Dual, g *leg) error {
	if g.steps == 0 {
		return nil
	}
	tr, err := contrastive.NewTrainer(t.Device, m, t.lab.train, g.config)
	if err != nil {
		return err
	}
	defer tr.Close()
	file := t.checkpoint(g)
	if exists(file) {
		if err := tr.Resume(file); err != nil {
			return err
		}
		if tr.Steps() < g.steps {
			t.Progress.Add(float64(tr.Steps()))
		}
	}
	saved := time.Now()
	for tr.Steps() < g.steps {
		if err := tr.Step(); err != nil {
			return err
		}
		t.Progress.Add(1)
		if file != "" && (time.Since(saved) > t.lab.saveEvery || tr.Steps() == g.steps) {
			if err := tr.Save(file, nil); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	_, err = tr.Losses() // all of them are numbers
	return err
}
