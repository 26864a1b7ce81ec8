package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/engine"
	"mindgap/nn/preprocess"
)

// embedFlags are what `mindgap embed` is asked for.
type embedFlags struct {
	model                   embed.Model
	images, captions, vocab string
	device                  string
	random, json            bool
	options                 embed.Options
}

func (a *app) embedCmd() *cobra.Command {
	var f embedFlags
	c := &cobra.Command{
		Use: "embed", Short: "Turn images or captions into embeddings, by published or random weights", Args: cobra.NoArgs,
		Long: `embed runs a network over a folder of images or a file of captions and writes one row for each:

  mindgap embed --model clip --weights FILE --images DIR --out X.npy
  mindgap embed --model clip --weights FILE --captions FILE --vocab FILE --out Y.npy

Rows are in the order of the images' paths, sorted, or of the captions; X.txt beside X.npy has
the path or caption of each row. Rows have length 1, or with --raw the network's own. Files that
end in .safetensors and .csv hold the same.

Models: clip (its image or its text tower), resnet18 and resnet50 (torchvision's, before the
classifier), vit (CLIP's image tower or torchvision's), text (CLIP's text tower). --weights takes
safetensors and PyTorch files of OpenAI, Hugging Face, open_clip and torchvision, which say the
sizes. Images are prepared as the model's publisher does it. --random-init needs no weights:
resnet18, resnet50 and CLIP ViT-B/32 as they are before training, from --seed.

Captions are lines, or one JSON array of strings; for the vocabulary see mindgap tokenize --help.

What is done is kept in X.npy.partial, and the same command goes on with it after a crash or
Ctrl-C. It refuses to mix rows of other inputs, weights or devices; --restart begins anew. The
first image that cannot be read ends the run, or with --skip-bad is left out and listed.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.embed(c.Context(), f) },
	}
	deviceFlag(c, &f.device, "auto", deviceUsage)
	fl := c.Flags()
	fl.StringVar(&f.model.Name, "model", "", strings.Join(embed.Names, ", "))
	fl.StringVar(&f.model.Weights, "weights", "", "checkpoint: a `file`")
	fl.BoolVar(&f.random, "random-init", false, "an untrained model in place of --weights")
	fl.StringVar(&f.model.GELU, "gelu", "", geluUsage)
	fl.Uint64Var(&f.model.Seed, "seed", 1, "seed of --random-init")
	fl.StringVar(&f.images, "images", "", "`folder` of images, those in folders below it too")
	fl.StringVar(&f.captions, "captions", "", "`file` of captions; - is standard input")
	fl.StringVar(&f.vocab, "vocab", "", "vocabulary of the captions: a `file`, or a folder that holds one")
	fl.StringVar(&f.options.Out, "out", "", "`file` for the rows: X.npy, X.safetensors or X.csv")
	fl.BoolVar(&f.options.Raw, "raw", false, "leave rows as the network gives them")
	fl.BoolVar(&f.options.SkipBad, "skip-bad", false, "leave out images that cannot be read, and list them at the end")
	fl.BoolVar(&f.options.Restart, "restart", false, "forget the rows that an interrupted run has kept")
	fl.IntVar(&f.options.Batch, "batch", 0, "inputs at a time; 0: what suits the device's memory, at most 64")
	fl.BoolVar(&f.json, "json", false, "print one JSON document")
	return c
}

// check refuses flags that do not go together, before anything is opened.
func (f embedFlags) check() error {
	switch {
	case f.model.Name == "":
		return fmt.Errorf("embed needs a model: --model %s", strings.Join(embed.Names, "|"))
	case f.images != "" && f.captions != "":
		return errors.New("--images and --captions: one run embeds one of them; run twice")
	case f.images == "" && f.captions == "":
		return errors.New("embed needs something to embed: --images DIR, or --captions FILE")
	}
	if err := f.model.Check(f.images != ""); err != nil {
		return fmt.Errorf("--model %s: %w", f.model.Name, err)
	}
	switch {
	case f.model.Weights == "" && !f.random:
		return errors.New("embed needs weights: --weights FILE, or --random-init for an untrained model")
	case f.model.Weights != "" && f.random:
		return errors.New("--weights and --random-init exclude each other")
	case f.captions != "" && f.vocab == "":
		return errors.New("--captions needs a vocabulary: --vocab FILE, such as the tokenizer.json that lies beside a model's weights")
	case f.images != "" && f.vocab != "":
		return errors.New("--vocab is for captions; images need none")
	case f.options.Out == "":
		return errors.New("embed needs a file to write: --out X.npy")
	case f.options.Batch < 0 || f.options.Batch > 65536:
		return fmt.Errorf("--batch %d: want 1 to 65536 inputs, or 0 for what suits the device", f.options.Batch)
	}
	return embed.CheckOut(f.options.Out, f.captions, f.vocab, f.model.Weights)
}

func (a *app) embed(ctx context.Context, f embedFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	start := time.Now()
	open := a.openCaptionJob
	if f.images != "" {
		open = a.openImageJob
	}
	job, done, err := open(ctx, f)
	if err != nil {
		return err
	}
	defer done()
	begun := time.Now()
	f.options.Progress = a.progress
	r, err := job.Run(ctx, f.options)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if r.Done > 0 {
			a.log.Info(fmt.Sprintf("%d of %d %s are done and kept in %s: the same command goes on from there", r.Done, len(job.Names), job.Unit, r.Partial))
		}
		return err
	}
	return a.reportEmbed(r, job, f, begun.Sub(start), time.Since(begun))
}

// geluUsage describes --gelu.
const geluUsage = "activation of a CLIP's weights, which no tensor shows: quick (OpenAI's models) or exact (open_clip's later ones); default: what config.json or open_clip_config.json beside the file says, else what its names tell"

// warnOfGELU says when the GELU of weights is a guess.
func (a *app) warnOfGELU(g embed.GELU) {
	if g.Guess != "" {
		a.log.Warn("--weights " + g.Guess)
	}
}

// openImageJob lists the images and opens the model.
func (a *app) openImageJob(ctx context.Context, f embedFlags) (*embed.Job, func(), error) {
	pictures, err := embed.ListPictures(f.images)
	if err != nil {
		return nil, nil, fmt.Errorf("--images %w", err)
	}
	return withModel(ctx, a, f, f.model.OpenImages, func(e *embed.Images) (*embed.Job, error) {
		a.warnOfGELU(e.GELU)
		return e.Job(pictures), nil
	})
}

// openCaptionJob reads captions and vocabulary and opens the model.
func (a *app) openCaptionJob(ctx context.Context, f embedFlags) (*embed.Job, func(), error) {
	texts, err := a.readCaptions(f.captions)
	if err != nil {
		return nil, nil, fmt.Errorf("--captions %w", err)
	}
	bpe, err := preprocess.OpenBPE(f.vocab, preprocess.CLIPContext)
	if err != nil {
		return nil, nil, fmt.Errorf("--vocab %w", err)
	}
	return withModel(ctx, a, f, f.model.OpenTexts, func(e *embed.Texts) (*embed.Job, error) {
		a.warnOfGELU(e.GELU)
		if e.Size != bpe.Context() {
			if bpe, err = preprocess.OpenBPE(f.vocab, e.Size); err != nil {
				return nil, fmt.Errorf("--vocab %w", err)
			}
		}
		if err := e.Fits(bpe); err != nil {
			return nil, fmt.Errorf("--vocab %s: %w", f.vocab, err)
		}
		if bpe.Size() < e.Vocab && !f.random {
			a.log.Warn(fmt.Sprintf("--vocab %s has %d ids, and the model reads %d: is it the one that the model was trained with?", f.vocab, bpe.Size(), e.Vocab))
		}
		return e.Job(texts, bpe), nil
	})
}

// withModel opens the device and, on it, the encoder of a job. The function that it gives
// closes both.
func withModel[E any](ctx context.Context, a *app, f embedFlags, openModel func(*engine.Scope) (E, error), job func(E) (*embed.Job, error)) (*embed.Job, func(), error) {
	d, closeDevice, err := a.open(ctx, f.device)
	if err != nil {
		return nil, nil, err
	}
	s := d.Scope()
	done := func() { s.Close(); closeDevice() }
	e, err := openModel(s)
	if err == nil {
		var j *embed.Job
		if j, err = job(e); err == nil {
			return j, done, nil
		}
	}
	done()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return nil, nil, err
}
