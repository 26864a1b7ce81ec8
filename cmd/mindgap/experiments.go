package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/engine"
)

// experimentFlags say how an experiment is run.
type experimentFlags struct {
	seed        uint64
	scale       string
	asPublished bool
	features    string
	counts      string
	weights     []string
	data        []string
	vocab, gelu string
}

func (e *experimentFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.Uint64Var(&e.seed, "seed", 1, "seed of all random numbers")
	f.StringVar(&e.scale, "scale", paper.Quick, "quick (minutes) or paper (the paper's sizes)")
	f.BoolVar(&e.asPublished, "as-published", false, "reproduce the published variant where the released code deviates from the paper")
	f.StringVar(&e.features, "features", "", "folder of the authors' feature files")
	f.StringArrayVar(&e.weights, "weights", nil, "checkpoint of a pretrained network (CLIP, torchvision's ResNet or ViT); may be given several times")
	f.StringArrayVar(&e.data, "data", nil, "data set in place of drawn scenes: images and captions such as coco:DIR, or with classes such as cifar10:DIR for table1 and fairface:DIR for table2; may be given several times")
	f.StringVar(&e.vocab, "vocab", "", "CLIP's vocabulary, for captions and prompts")
	f.StringVar(&e.gelu, "gelu", "", geluUsage)
	f.StringVar(&e.counts, "fairface-counts", "", "csv file with columns race, class, count (and delta): FairFace's predictions, for stats")
}

func (e *experimentFlags) check() error {
	if e.scale != paper.Quick && e.scale != paper.Paper {
		return fmt.Errorf("--scale %s: want quick or paper", e.scale)
	}
	if err := embed.CheckGELU(e.gelu); err != nil {
		return fmt.Errorf("--gelu %s: %w", e.gelu, err)
	}
	if e.features != "" {
		if info, err := os.Stat(e.features); err != nil || !info.IsDir() {
			return fmt.Errorf("--features %s: no such folder", e.features)
		}
	}
	if e.counts != "" {
		if info, err := os.Stat(e.counts); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("--fairface-counts %s: no such file", e.counts)
		}
	}
	if _, err := os.Stat(e.vocab); e.vocab != "" && err != nil {
		return fmt.Errorf("--vocab %s: no such file", e.vocab)
	}
	for _, name := range e.weights {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			return fmt.Errorf("--weights %s: no such file", name)
		}
	}
	return nil
}

func (e *experimentFlags) env(d *engine.Device, p *progress.Line) *paper.Env {
	return &paper.Env{
		Device: d, Seed: e.seed, Scale: e.scale, AsPublished: e.asPublished,
		Features: e.features, Counts: e.counts, Weights: e.weights, Data: e.data, Vocab: e.vocab, GELU: e.gelu, Progress: p,
	}
}

// selectExperiments finds experiments by name, in the order of the paper; all that are ready
// when no name is given.
func (a *app) selectExperiments(names []string) ([]*paper.Experiment, error) {
	wanted := map[*paper.Experiment]bool{}
	for _, n := range names {
		x, nearest := paper.Find(a.experiments, n)
		switch {
		case x == nil && nearest == "":
			return nil, fmt.Errorf("no experiment is called %q; `mindgap list` names all", n)
		case x == nil:
			return nil, fmt.Errorf("no experiment is called %q; did you mean %s? `mindgap list` names all", n, nearest)
		case !x.Ready():
			return nil, fmt.Errorf("%s (%s) is not ready in this version; `mindgap list` says which are", x.Name, x.Where)
		}
		wanted[x] = true
	}
	var out []*paper.Experiment
	for _, x := range a.experiments {
		if wanted[x] || len(names) == 0 && x.Ready() {
			out = append(out, x)
		}
	}
	return out, nil
}
