package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"text/tabwriter"
	"time"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/cmd/mindgap/internal/train"
)

// trainWatch shows a run: one line on a terminal, elsewhere a line for every record.
type trainWatch struct {
	train.Watch
	end func()
}

func (a *app) newTrainWatch(j *train.Job) *trainWatch {
	of, batch := 0, 0
	w := &trainWatch{end: sync.OnceFunc(a.progress.Stop)}
	embedded := 0
	w.Amend = func(done, n int) {
		if embedded == 0 {
			a.progress.Start("embed for --init amended", float64(n), "pairs")
		}
		a.progress.Add(float64(done - embedded))
		embedded = done
	}
	w.Begin = func(done, steps, size int) {
		of, batch = steps, size
		if done > 0 {
			a.log.Info(fmt.Sprintf("going on after step %d of %d", done, of))
		}
		a.log.Info(fmt.Sprintf("training on %s: %d pairs, %d steps of %d; measured on %s", j.What, j.Pairs, of, batch, j.MeasuredOn()))
		a.progress.Start("train", float64((of-done)*batch), "pairs")
	}
	w.Step = func() { a.progress.Add(float64(batch)) }
	w.Record = func(r train.Record, perSecond float64) {
		text := trainText(r)
		a.progress.Note(text)
		if a.progress.Terminal() {
			return
		}
		if left := float64((of-r.Step)*batch) / perSecond; r.Step > 0 && left > 0 {
			text += fmt.Sprintf("  %s pairs/s  %s left", progress.Count(perSecond), progress.Duration(time.Duration(left*float64(time.Second))))
		}
		a.log.Info(fmt.Sprintf("step %d of %d  %s", r.Step, of, text))
	}
	return w
}

// trainText is a record in a line. Before the first step no batch has had a loss.
func trainText(r train.Record) string {
	text := fmt.Sprintf("gap %.3f  cone %.2f %.2f  R@1 %.2f %.2f", r.Gap, r.WithinImages, r.WithinTexts, r.RecallImages, r.RecallTexts)
	if r.TrainLoss != nil {
		text = fmt.Sprintf("loss %.3f  ", *r.TrainLoss) + text
	}
	return text
}

// reportTrain says what a finished run has come to.
func (a *app) reportTrain(f *trainFlags, folder *train.Folder, j *train.Job, out *train.Outcome) error {
	file := func(name string) string { return filepath.Join(folder.Dir, name) }
	first, last := out.Records[0], out.Records[len(out.Records)-1]
	if f.json {
		return a.writeJSON(struct {
			Page     string          `json:"page"`
			Weights  string          `json:"weights"`
			HeldOut  string          `json:"held_out"`
			Settings *train.Settings `json:"settings"`
			Measured string          `json:"measured"`
			*train.Outcome
		}{file(train.PageFile), file(train.WeightsFile), file(train.HeldOutFile), folder.Begun, j.MeasuredOn(), out})
	}
	a.printf("%d steps on %s, measured on %s; A is %s, B is %s\n", out.Steps, j.What, j.MeasuredOn(), j.A, j.B)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  step\t%d\t%d\n", first.Step, last.Step)
	for _, m := range train.Shown {
		fmt.Fprintf(w, "  %s\t%.4f\t%.4f\n", m.Name, m.Of(first), m.Of(last))
	}
	w.Flush()
	a.printf("page: %s\nweights: %s\nembeddings: %s, for mindgap measure\n", file(train.PageFile), file(train.WeightsFile), file(train.HeldOutFile))
	return nil
}
