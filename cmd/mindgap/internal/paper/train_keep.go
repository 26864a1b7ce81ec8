package paper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/contrastive"
	"mindgap/engine/tensorfile"
)

func (t *training) outcomeFile(g *leg) string { return filepath.Join(t.folder, g.name+".json") }

// finished is the outcome of a leg that was done before; nil where it was not.
func (t *training) finished(g *leg) (*outcome, error) {
	if t.folder == "" {
		return nil, nil
	}
	data, err := os.ReadFile(t.outcomeFile(g))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o := &outcome{}
	if err := json.Unmarshal(data, o); err != nil {
		return nil, fmt.Errorf("%s: %w; remove the file, and the run is done again", t.outcomeFile(g), err)
	}
	return o, nil
}

func (t *training) checkpoint(g *leg) string {
	if t.folder == "" {
		return ""
	}
	return filepath.Join(t.folder, g.name+".safetensors")
}

// keep writes the outcome of a leg. Its checkpoint is not needed any more, but where others
// begin with its model.
func (t *training) keep(g *leg, o *outcome) error {
	if t.folder == "" {
		return nil
	}
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := tensorfile.WriteFileAtomic(t.outcomeFile(g), data); err != nil {
		return err
	}
	if g.goesOn {
		return nil
	}
	if err := os.Remove(t.checkpoint(g)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// estimateSteps are timed before a long run, after estimateWarm others.
const (
	estimateWarm  = 1
	estimateSteps = 3
)

// estimate says at the paper's scale how long the legs that are left will take, from a few steps
// of a model that is then thrown away.
func (t *training) estimate(ctx context.Context, left []*leg) error {
	left = slices.DeleteFunc(slices.Clone(left), func(g *leg) bool { return g.steps == 0 })
	total := steps(left)
	if t.Scale != Paper || t.Say == nil || total == 0 {
		return nil
	}
	t.Progress.Start(t.name+": a few steps, for the time they take", 0, "steps")
	g := left[len(left)-1]
	s := t.Device.Scope()
	defer s.Close()
	m, err := t.network(ctx, s, g)
	if err != nil {
		return err
	}
	tr, err := contrastive.NewTrainer(t.Device, m, t.lab.train, g.config)
	if err != nil {
		return err
	}
	defer tr.Close()
	var began time.Time
	for i := range estimateWarm + estimateSteps {
		if err := tr.Step(); err != nil {
			return err
		}
		if i == estimateWarm-1 {
			if _, err := tr.Losses(); err != nil { // which waits for the device
				return err
			}
			began = time.Now()
		}
	}
	if _, err := tr.Losses(); err != nil {
		return err
	}
	step := time.Since(began) / estimateSteps
	t.Say(fmt.Sprintf("%s: %d training runs, %d steps of %d pairs in all, at %s a step: about %s, and some time for measuring; what is done is kept, and a run that was stopped goes on where it was",
		t.name, len(left), total, g.config.Batch, progress.Duration(step), progress.Duration(step*time.Duration(total))))
	return nil
}
