package paper

import (
	"context"
	"time"

	"gonum.org/v1/gonum/floats"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/nn"
	"mindgap/nn/models"
)

// lab is what an experiment trains: dual encoders of one kind, and pairs for them. Examples 0 to
// train-1 are trained on and the next held are for measuring alone. Those after are a zero-shot
// classification: pictures of known class, and among the texts templates of each class, class by
// class.
type lab struct {
	says        string // encoders and data, for results
	own         bool   // a surrogate
	train, held int
	labels      []int // of the pictures after the pairs; none: nothing to classify
	classes     int
	dim         int // of the embeddings
	chunk       int // examples that are embedded at once for measuring
	// config is how training from random weights goes, but for temperature and seed; on says the
	// same of going on from a trained model. epochs is how long either is.
	config, on contrastive.Config
	epochs     int
	saveEvery  time.Duration // between two checkpoints
	// build makes an encoder with random weights, in scope s.
	build func(s *engine.Scope, seed uint64, dim int) (*contrastive.Dual, error)
	// pretrained makes the trained model that finetune begins with, which pretrainedSays names;
	// nil: it trains one of its own.
	pretrained     func(s *engine.Scope) (*contrastive.Dual, error)
	pretrainedSays string
}

// labStream is the stream of random numbers that weights are drawn from.
const labStream = 8000

// labOf is the lab of a scale: small towers on the attributes of drawn scenes, at the paper's
// scale the project's own image and text transformers on the pictures of scenes, and CLIP where
// its data are given; finetune needs its weights as well.
func labOf(e *Env, needsWeights bool) (*lab, error) {
	if e.Scale != Paper {
		return attributesLab(e, quickPairs), nil
	}
	data, _, err := e.captioned()
	if err != nil {
		return nil, err
	}
	if data == "" {
		return scenesLab(e, paperPairs), nil
	}
	file := ""
	if needsWeights {
		if file, err = clipFile(e.Weights); err != nil {
			return nil, err
		}
		if file == "" {
			return scenesLab(e, paperPairs), nil
		}
	}
	return clipLab(e, file, data, models.CLIPB16)
}

// inputs says what a result was computed on.
func (l *lab) inputs(e *Env) string {
	says := l.says
	if l.own {
		says = "surrogate: " + says + "; --scale paper with --weights (CLIP), --data (COCO) and --vocab is the published experiment"
	}
	if e.AsPublished {
		says += "; as published: the temperature is learned, and the model after the first epoch counts"
	}
	return says
}

// ours, titleMark and captionMark say in figures what is a surrogate.
func (l *lab) ours() string {
	if l.own {
		return "ours (surrogate)"
	}
	return "ours"
}

func (l *lab) titleMark() string {
	if l.own {
		return ": surrogate"
	}
	return ""
}

func (l *lab) captionMark() string {
	if l.own {
		return " Ours is a surrogate: " + l.says + "."
	}
	return ""
}

// stepsPerEpoch is the number of whole batches of a pass.
func (l *lab) stepsPerEpoch() int { return l.train / l.config.Batch }

// examples are the numbers lo..hi.
func examples(lo, hi int) []int {
	list := make([]int, hi-lo)
	for i := range list {
		list[i] = lo + i
	}
	return list
}

// heldOut are the pairs to measure with, seen the first of the training pairs: the 500 that the
// authors' notebook measures with (quirk D9).
func (l *lab) heldOut() []int { return examples(l.train, l.train+l.held) }
func (l *lab) seen() []int    { return examples(0, min(500, l.train)) }

// zeroShot is the accuracy of the classification, a class being the normalised mean of its
// texts; nil where there is none.
func (l *lab) zeroShot(e *Env, m *contrastive.Dual) (*float64, error) {
	if len(l.labels) == 0 {
		return nil, nil
	}
	first := l.train + l.held
	images, err := contrastive.EmbedRows(e.Device, m.EmbedImages, examples(first, first+len(l.labels)), l.chunk)
	if err != nil {
		return nil, err
	}
	texts, err := contrastive.EmbedRows(e.Device, m.EmbedTexts, examples(first, first+l.classes*templates), l.chunk)
	if err != nil {
		return nil, err
	}
	classes := geometry.Zeros(l.classes, texts.D)
	for i := range texts.N {
		floats.Add(classes.Row(i/templates), texts.Row(i))
	}
	if classes, err = classes.Normalise(); err != nil {
		return nil, err
	}
	a := contrastive.Accuracy(contrastive.Predict(images, classes), l.labels)
	return &a, nil
}

// interruptible makes the towers ask ctx before each chunk of examples, so that neither a step
// nor a measurement holds an interrupt up.
func interruptible(ctx context.Context, m *contrastive.Dual) {
	for _, t := range []*contrastive.Tower{&m.Image, &m.Text} {
		tower := *t
		*t = contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return tower.Embed(tp, examples)
		})
	}
}
