// Package paper holds the experiments of "Mind the Gap: Understanding the Modality Gap in
// Multi-modal Contrastive Representation Learning" (Liang, Zhang, Kwon, Yeung, Zou; NeurIPS
// 2022): one file per figure, table and theorem, all of them in All.
package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/names"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

// Experiment is one figure, table or theorem of the paper.
type Experiment struct {
	Name  string   // as the program takes it: "fig2b"
	Where string   // in the paper: "Figure 2(b)"
	Title string   // a few words
	Doc   string   // what it is and shows, for a reader who has not read the paper
	Needs []string // beside a device: data, weights; nothing for what is drawn from a seed
	// Widget is what the page lets the reader play with; nil: nothing.
	Widget *report.Widget
	// Inputs gives the digest of each file that Run would read, by name, or says what is wrong
	// with one; nil: it reads none.
	Inputs func(e *Env) (map[string]string, error)
	// Run computes claims, tables, figures and says what the inputs were; nil: not ready
	// yet. It returns ctx's error when it is interrupted. Do calls it.
	Run func(ctx context.Context, e *Env) (*report.Result, error)
}

// Ready reports whether the program can run it.
func (x *Experiment) Ready() bool { return x.Run != nil }

// Env is what an experiment runs in.
type Env struct {
	Device      *engine.Device
	Seed        uint64
	Scale       string   // Quick or Paper
	AsPublished bool     // the published variant, where the released code deviates from the paper
	Features    string   // folder of the authors' feature files; "" when not given
	Weights     []string // checkpoints of pretrained networks; each says by its tensors what it is
	GELU        string   // of CLIPs among Weights, as embed.Model takes it
	Data        []string // data sets, as dataset.Open takes them; each experiment takes those that suit it
	Vocab       string   // CLIP's vocabulary, for captions of Data
	Counts      string   // file of FairFace's counts; "" when not given
	Progress    *progress.Line
	// Scratch makes a folder in which a long experiment keeps what it has done in part, and gives
	// its path: the same for a run that goes on after a kill. It is taken away when the experiment
	// is finished. nil: nothing is kept.
	Scratch func() (string, error)
	Say     func(string) // tells people something beforehand; nil: nobody
}

// Scales of a run: Quick takes minutes on a laptop, Paper has the paper's own sizes.
const (
	Quick = "quick"
	Paper = "paper"
)

// Do runs the experiment and heads its result with where and how it was computed.
func (x *Experiment) Do(ctx context.Context, e *Env) (*report.Result, error) {
	defer e.Progress.Stop()
	r, err := x.Run(ctx, e)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("%s: %w", x.Name, err)
	}
	c := e.Device.Caps()
	r.Schema, r.Experiment, r.Where = report.Schema, x.Name, x.Where
	r.Scale, r.Seed, r.AsPublished = e.Scale, e.Seed, e.AsPublished
	r.Device = report.Device{Name: c.Name, Renderer: c.Renderer, Tuning: c.Tuning}
	return r, nil
}

// Find gives the experiment of a name; where there is none, the name that is nearest to it, or
// "" where none is near.
func Find(list []*Experiment, name string) (x *Experiment, nearest string) {
	var all []string
	for _, x := range list {
		if x.Name == name {
			return x, name
		}
		all = append(all, x.Name)
	}
	return nil, names.Nearest(all, name)
}
