package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mindgap/cmd/mindgap/internal/train"
	"mindgap/contrastive"
)

// trainFlags are what `mindgap train` is asked for.
type trainFlags struct {
	kind         string // what the command is for; "": the arguments say
	options      train.Options
	device, out  string
	resume, json bool
	set          *pflag.FlagSet
}

func (a *app) trainCmd() *cobra.Command {
	f := trainFlags{options: train.Options{
		Temperature: "learned", Tau: 0.07, Loss: "infonce", Init: "original", Head: train.Heads[0],
		Epochs: 10, Warmup: -1, Decay: 0.2, Clip: 1, Seed: 1, HoldOut: -1,
	}}
	c := &cobra.Command{
		Use: "train DATA | A.npy B.npy | scenes", Short: "Train on your own pairs, and watch the gap: images with captions, or embeddings",
		Long: `train brings two modalities into one space by a contrastive loss, and shows on the way what
becomes of the gap, the cones and retrieval on pairs that are held out:

  mindgap train DIR --out RUN             a CLIP on images with captions
  mindgap train A.npy B.npy --out RUN     heads on the embeddings of two frozen encoders
  mindgap train scenes --out RUN          the project's own dual encoder on drawn scenes

DIR is a folder with captions.txt (name, tab, caption), webdataset archives, coco:DIR or another
set that mindgap reads; each image goes with its first caption. --model is the shape, whose
weights begin by chance; --weights begins with a checkpoint of CLIP. Captions need a vocabulary:
--vocab, or one of byte pairs that is made from the captions and kept as RUN/merges.txt.

A.npy and B.npy are rows, row i of one belonging to row i of the other: npy, npz, safetensors or
csv, or one file of shape (2, n, d). The rows' directions count, not their lengths. Only the heads
learn: y = x W^T, or with --head mlp y = gelu(x U^T + b) W^T.

--init amended turns the second modality onto the first one before the training by an orthogonal
matrix that stays (Section 4.4 of the paper); shared lets both towers begin with the same weights.
--mismatch is the share of training pairs whose partners are exchanged (Section 4.3).

RUN gets index.html with the curves, log.jsonl, checkpoint.safetensors, and at the end
weights.safetensors, which mindgap embed and inspect read where it is a CLIP, and held-out.npy for
mindgap measure. Ctrl-C saves a checkpoint; mindgap train --resume --out RUN goes on, and ends with
the same bytes as a run that was not interrupted.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.train(c.Context(), &f, args) },
	}
	f.add(c)
	fl := c.Flags()
	o := &f.options
	fl.StringVar(&o.Model, "model", "", strings.Join(train.Models(), ", ")+": the shape of the CLIP (tiny)")
	fl.StringVar(&o.Weights, "weights", "", "checkpoint of CLIP to begin with: a `file`")
	fl.StringVar(&o.Vocab, "vocab", "", "vocabulary of the captions: a `file`, or a folder that holds one")
	fl.StringVar(&o.Head, "head", o.Head, "linear or mlp: what is trained on embeddings")
	fl.IntVar(&o.Dim, "dim", 0, "numbers of an embedding in the common space; 0: as the model has, of heads at most 512")
	fl.IntVar(&o.Pairs, "pairs", 0, "of train scenes, which --resume may go on with")
	fl.MarkHidden("pairs")
	c.AddCommand(a.trainScenesCmd())
	return c
}

func (a *app) trainScenesCmd() *cobra.Command {
	f := trainFlags{kind: train.KindScenes, options: train.SceneRecipe()}
	c := &cobra.Command{
		Use: "scenes", Short: "Train the project's own dual encoder on drawn scenes", Args: cobra.NoArgs,
		Long: `train scenes draws scenes from --seed and trains the project's own dual encoder on them: a small
image transformer and a small causal text transformer. Without flags it is the run that gave the
weights which the program brings along. What RUN gets, and the flags, are as of mindgap train.`,
		RunE: func(c *cobra.Command, args []string) error { return a.train(c.Context(), &f, args) },
	}
	f.add(c)
	c.Flags().IntVar(&f.options.Pairs, "pairs", f.options.Pairs, "scenes to train on, again and again; 0: as many as the steps need")
	return c
}

// add makes the flags that all kinds of runs have.
func (f *trainFlags) add(c *cobra.Command) {
	deviceFlag(c, &f.device, "auto", deviceUsage)
	fl, o := c.Flags(), &f.options
	f.set = fl
	var losses []string
	for _, l := range contrastive.Losses {
		losses = append(losses, l.Name)
	}
	fl.StringVar(&f.out, "out", "run", "`folder` of the run")
	fl.BoolVar(&f.resume, "resume", false, "go on with the run in --out; flags that are left away are those of the run")
	fl.BoolVar(&f.json, "json", false, "print one JSON document at the end")
	fl.StringVar(&o.Temperature, "temperature", o.Temperature, strings.Join(train.Temperatures, ", "))
	fl.Float64Var(&o.Tau, "tau", o.Tau, "temperature, or where it begins")
	fl.Float64Var(&o.TauEnd, "tau-end", o.TauEnd, "where --temperature schedule ends, by equal factors from step to step")
	fl.StringVar(&o.Loss, "loss", o.Loss, strings.Join(losses, ", "))
	fl.StringVar(&o.Init, "init", o.Init, strings.Join(train.Inits, ", "))
	fl.Float64Var(&o.Mismatch, "mismatch", o.Mismatch, "`share` of training pairs with a wrong partner, 0 to 1")
	fl.IntVar(&o.Batch, "batch", o.Batch, "pairs that the loss sees at once; 0: 64, or all where there are fewer")
	fl.IntVar(&o.Chunk, "chunk", o.Chunk, "pairs that are in memory at once, with the gradients of the whole batch; 0: the batch")
	fl.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the training pairs")
	fl.IntVar(&o.Steps, "steps", o.Steps, "batches, in place of --epochs")
	fl.Float64Var(&o.Rate, "lr", o.Rate, "learning rate; 0: 1e-3 of small models, 5e-4 of published shapes, 1e-5 from --weights")
	fl.IntVar(&o.Warmup, "warmup", o.Warmup, "steps over which the learning rate rises; -1: a tenth of all, at most 2000")
	fl.Float64Var(&o.Decay, "weight-decay", o.Decay, "weight decay of AdamW, on matrices")
	fl.Float64Var(&o.Clip, "clip", o.Clip, "largest norm of all gradients; 0: no limit")
	fl.Uint64Var(&o.Seed, "seed", o.Seed, "seed of weights, batches, mismatches and of what is held out")
	fl.IntVar(&o.HoldOut, "hold-out", o.HoldOut, "`pairs` that are measured and not trained on; -1: a tenth, at most 1000; 0: measure training pairs")
	fl.IntVar(&o.Every, "every", o.Every, "steps between two records; 0: a fiftieth of all")
	fl.IntVar(&o.SaveEvery, "save-every", o.SaveEvery, "steps between two checkpoints; 0: as --every")
}

// settle finds out the kind of data, and refuses flags that do not go together.
func (f *trainFlags) settle(data []string) error {
	if f.kind == "" {
		f.kind = trainKind(data)
	}
	var stray error
	f.set.Visit(func(x *pflag.Flag) {
		if !f.means(x.Name) {
			stray = fmt.Errorf("--%s is for %s; this is a run on %s", x.Name, trainKindText[trainKindly[x.Name][0]], trainKindText[f.kind])
		}
	})
	if stray != nil {
		return stray
	}
	steps, epochs := f.set.Changed("steps"), f.set.Changed("epochs")
	switch {
	case steps && !epochs:
		f.options.Epochs = 0
	case epochs && !steps:
		f.options.Steps = 0
	}
	if f.kind != train.KindScenes && len(data) == 0 {
		return errors.New("train needs something to train on: a folder of images with captions, two files of embeddings, or scenes; `mindgap train --help` says more")
	}
	return f.options.Check()
}

var trainKindText = map[string]string{
	train.KindPairs: "images with captions", train.KindEmbeddings: "embeddings", train.KindScenes: "drawn scenes",
}

// trainKind tells embeddings from data sets: two arguments, or a file of arrays.
func trainKind(data []string) string {
	if len(data) == 2 {
		return train.KindEmbeddings
	}
	if len(data) == 1 {
		name, _, _ := strings.Cut(data[0], ".npz:")
		if strings.HasSuffix(data[0], ".npz") || name != data[0] || slices.Contains([]string{".npy", ".safetensors"}, strings.ToLower(filepath.Ext(name))) {
			return train.KindEmbeddings
		}
	}
	return train.KindPairs
}
