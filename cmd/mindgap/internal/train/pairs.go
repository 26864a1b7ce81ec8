package train

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/contrastive"
	"mindgap/contrastive/dataset"
	"mindgap/engine"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// OpenPairs makes the job of training a CLIP on the images of a data set, with the first caption
// of each. Without --vocab a vocabulary is made from the captions that are trained on.
func OpenPairs(ctx context.Context, s *engine.Scope, spec string, o Options, line *progress.Line) (*Job, error) {
	if o.Weights != "" && (o.Vocab == "" || o.Model != "" || o.Dim != 0) {
		return nil, fmt.Errorf("--weights: the checkpoint says the model's shape, and its captions need the vocabulary that it was trained with: give --vocab FILE, and neither --model nor --dim")
	}
	pairs, err := readPairs(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	held, err := o.held(len(pairs))
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i] = p.Text
	}
	n := len(pairs) - held
	c, err := openCLIP(s, texts[:n], o)
	if err != nil {
		return nil, err
	}
	side := c.Image.Config.Image
	x, err := readPictures(ctx, pairs, preprocess.CLIP(side), line)
	if err != nil {
		return nil, err
	}
	ids, width := preprocess.EncodeAll(c.bpe, texts), c.bpe.Context()
	c.dual.Image = contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
		pixels, err := x.batch(examples)
		if err != nil {
			return nil, err
		}
		return c.Image.Forward(tp, nn.Const(tp.Scope().Upload(pixels, len(examples), side, side, 3))), nil
	})
	c.dual.Text = contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
		var rows []int32
		for _, e := range examples {
			rows = append(rows, ids[e*width:(e+1)*width]...)
		}
		return c.Text.Forward(tp, rows), nil
	})
	j := &Job{
		What: "images and captions of " + spec, A: "the images", B: "their captions", Model: c.dual, Pairs: n, Held: held, Dim: c.Text.Config.Out, Chunk: 64,
		Inputs: map[string]string{"the captions": digestOf(pairs), "the pictures": x.digest}, Notes: c.notes, rate: c.rate, projection: "text_projection", transposed: true,
		Facts: [][2]string{
			{"pairs", fmt.Sprintf("%d images with their first captions", len(pairs))},
			{"model", fmt.Sprintf("images of %d pixels, patches of %d, width %d, %d layers; texts of %d ids among %d, width %d, %d layers; %d numbers in common; %d parameters",
				side, c.Image.Config.Patch, c.Image.Config.Width, c.Image.Config.Layers, width, c.bpe.Size(), c.Text.Config.Width, c.Text.Config.Layers, c.Text.Config.Out, c.dual.Params.Count())},
			{"vocabulary", c.words},
		},
	}
	if c.merges != nil {
		j.files = map[string][]byte{MergesFile: c.merges}
	}
	if c.digest != "" {
		j.Inputs["the weights"] = c.digest
	}
	return j, nil
}

// clip is a CLIP to be trained, with its tokenizer.
type clip struct {
	*models.CLIP
	dual   *contrastive.Dual
	bpe    *preprocess.BPE
	merges []byte // the vocabulary that was made; nil: it was given
	words  string // and what it is, for people
	digest string // of the checkpoint's tensors
	notes  []string
	rate   float64
}

// openCLIP makes the model: from a checkpoint, or of a shape with initial weights from the seed.
func openCLIP(s *engine.Scope, captions []string, o Options) (*clip, error) {
	c, shape := &clip{rate: 1e-5}, models.CLIPConfig{} // the paper's rate from trained weights
	var err error
	if o.Weights != "" {
		var p *nn.Params
		if c.CLIP, p, c.digest, err = loadCLIP(s, o.Weights); err != nil {
			return nil, err
		}
		c.dual, shape = &contrastive.Dual{Params: p}, models.CLIPConfig{Image: c.Image.Config, Text: c.Text.Config}
	} else {
		if o.Model == "" {
			o.Model = shapes[0].name
		}
		if shape, c.rate, err = shapeOf(o.Model); err != nil {
			return nil, err
		}
	}
	if o.Init == "shared" {
		switch {
		case o.Weights != "":
			return nil, fmt.Errorf("--init shared: the weights of --weights are what the towers begin with; leave one of both away")
		case shape.Image.Width != shape.Text.Width || shape.Image.Layers != shape.Text.Layers:
			return nil, fmt.Errorf("--init shared: the towers of %s have other widths (%d and %d) and cannot begin the same; take --model tiny or small, whose towers are alike", o.Model, shape.Image.Width, shape.Text.Width)
		}
	}
	if c.bpe, c.merges, err = vocabulary(o.Vocab, captions, shape.Text.Context); err != nil {
		return nil, err
	}
	c.words = fmt.Sprintf("%d ids of %s", c.bpe.Size(), o.Vocab)
	if c.merges != nil {
		c.words = fmt.Sprintf("%d ids, byte pairs made from the captions that are trained on: %s", c.bpe.Size(), MergesFile)
		c.notes = append(c.notes, fmt.Sprintf("without --vocab: a vocabulary of %d ids is made from the captions, and kept in %s", c.bpe.Size(), MergesFile))
	}
	if o.Weights != "" && c.bpe.Size() > shape.Text.Vocab {
		return nil, fmt.Errorf("--vocab %s: it has %d ids, and the model of --weights reads %d: it belongs to another model", o.Vocab, c.bpe.Size(), shape.Text.Vocab)
	}
	if o.Weights == "" {
		shape.Text.Vocab = c.bpe.Size()
		if o.Dim > 0 {
			shape.Image.Out, shape.Text.Out = o.Dim, o.Dim
		}
		p, build := newBuilder(s, o.Seed)
		c.dual, c.CLIP = &contrastive.Dual{Params: p}, models.NewCLIP(build, shape)
	}
	c.dual.LogScale = c.LogitScale
	if o.Init == "shared" {
		done := share(c.dual.Params, imageTwin)
		c.notes = append(c.notes, fmt.Sprintf("--init shared: the blocks, last norm and projection of the text tower begin as those of the image tower (%d tensors); patches, tokens and positions have no like", done))
	}
	return c, nil
}

// readPairs walks a data set, and puts the pairs that are held out behind the others, by chance.
func readPairs(ctx context.Context, spec string, o Options) ([]dataset.Pair, error) {
	set, err := dataset.Open(spec, dataset.Options{})
	if err != nil {
		return nil, err
	}
	var all []dataset.Pair
	for p, err := range dataset.Pairs(set, dataset.First) {
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		all = append(all, p)
	}
	if len(all) < 2 {
		return nil, fmt.Errorf("%s: %d pair; a batch needs at least 2", spec, len(all))
	}
	pairs := make([]dataset.Pair, len(all))
	for i, k := range shuffled(o.Seed, len(all)) {
		pairs[i] = all[k]
	}
	return pairs, nil
}

// digestOf is that of names and captions, in order.
func digestOf(pairs []dataset.Pair) string {
	h := sha256.New()
	for _, p := range pairs {
		fmt.Fprintf(h, "%q %q\n", p.Name, p.Text)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
