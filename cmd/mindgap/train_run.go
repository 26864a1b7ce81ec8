package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mindgap/cmd/mindgap/internal/train"
	"mindgap/contrastive"
	"mindgap/engine"
)

func (a *app) train(ctx context.Context, f *trainFlags, data []string) error {
	folder, data, err := f.folder(data)
	if err != nil {
		return err
	}
	// The device is not interrupted by Ctrl-C: the step that is under way ends, and is saved.
	d, err := engine.Open(f.device, a.tuning(f.device))
	if err != nil {
		return err
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	settings := &train.Settings{
		Command: f.command(data), Kind: f.kind, Data: data, Flags: f.settings(), Program: programName(),
		Device: d.Name(), On: d.Caps().Where(),
	}
	if folder.Begun != nil && folder.Begun.Where() != settings.Where() {
		a.log.Warn(fmt.Sprintf("the run was begun on %s and goes on on %s: not bit for bit as it would have there", folder.Begun.Where(), settings.Where()))
	}
	job, err := a.trainJob(ctx, s, f, data)
	if err != nil {
		return err
	}
	for _, note := range job.Notes {
		a.log.Info(note)
	}
	watch := a.newTrainWatch(job)
	defer watch.end()
	stop := context.AfterFunc(ctx, func() { a.log.Info("interrupted: saving a checkpoint; a second Ctrl-C ends at once") })
	defer stop()
	out, err := train.Run(ctx, d, job, folder, f.options, settings, watch.Watch)
	watch.end()
	if err != nil {
		return a.trainFailed(ctx, folder, out, err)
	}
	return a.reportTrain(f, folder, job, out)
}

// folder opens the folder of the run, with the flags and the data of the one that goes on.
func (f *trainFlags) folder(data []string) (*train.Folder, []string, error) {
	if !f.resume {
		if err := f.settle(data); err != nil {
			return nil, nil, err
		}
	}
	folder, err := train.OpenFolder(f.out, f.resume)
	if err != nil || !f.resume {
		return folder, data, err
	}
	begun := folder.Begun
	if (begun.Kind == train.KindScenes) != (f.kind == train.KindScenes) && (f.kind != "" || len(data) > 0) {
		return nil, nil, fmt.Errorf("--resume: the run in %s is on %s: %s", f.out, trainKindText[begun.Kind], begun.Command)
	}
	if len(data) == 0 {
		f.kind, data = begun.Kind, begun.Data
	}
	if err := f.takeFrom(begun); err != nil {
		return nil, nil, err
	}
	return folder, data, f.settle(data)
}

// trainJob opens the data and makes the model.
func (a *app) trainJob(ctx context.Context, s *engine.Scope, f *trainFlags, data []string) (*train.Job, error) {
	switch f.kind {
	case train.KindScenes:
		if info, err := os.Stat(train.KindScenes); err == nil && info.IsDir() {
			a.log.Info("scenes are drawn anew; for the folder of that name: mindgap train ./scenes")
		}
		return train.OpenScenes(s, f.options)
	case train.KindEmbeddings:
		return train.OpenEmbeddings(s, data, f.options)
	}
	return train.OpenPairs(ctx, s, data[0], f.options, a.progress)
}

// trainFailed says what is left of a run that has not come to its end.
func (a *app) trainFailed(ctx context.Context, folder *train.Folder, out *train.Outcome, err error) error {
	on := "mindgap train --resume --out " + shellWord(folder.Dir)
	switch {
	case out == nil || !folder.Saved():
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		a.log.Info(fmt.Sprintf("step %d of %d is saved; go on with: %s", out.Steps, out.Of, on))
	case errors.As(err, new(*contrastive.NotFinite)):
		a.log.Info("the last good checkpoint is kept: " + filepath.Join(folder.Dir, train.CheckpointFile))
	default:
		a.log.Info("what was saved before is kept; go on with: " + on)
	}
	return err
}
