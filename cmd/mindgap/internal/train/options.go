package train

import (
	"fmt"
	"slices"
	"strings"

	"mindgap/cmd/mindgap/internal/names"
	"mindgap/contrastive"
	"mindgap/nn"
)

// Options are what a run is asked for. Zeros and -1 stand for what suits the data, as the
// comments say.
type Options struct {
	Model          string // a name of Models: the shape of a CLIP
	Weights, Vocab string // a checkpoint to begin with, and the vocabulary of captions; "": none
	Head           string // a name of Heads, on embeddings
	Dim            int    // of the common space; 0: the model's own, or at most 512
	Pairs          int    // drawn scenes to train on

	Temperature string // one of Temperatures
	Tau, TauEnd float64
	Loss        string
	Init        string // one of Inits
	Mismatch    float64

	Batch, Chunk  int     // 0: 64, or all pairs where there are fewer; 0: the batch
	Epochs, Steps int     // one of them is 0
	Rate          float64 // 0: what suits the model
	Warmup        int     // steps; -1: a tenth of all, at most 2000
	Decay, Clip   float64
	Seed          uint64

	HoldOut   int // pairs to measure; -1: a tenth, at most 1000
	Every     int // steps between records; 0: a fiftieth of all
	SaveEvery int // steps between checkpoints; 0: as Every
}

// What a temperature can do, and how towers can begin.
var (
	Temperatures = []string{"fixed", "learned", "schedule"}
	Inits        = []string{"original", "amended", "shared"}
)

// smallestLearned is the least temperature that learning keeps: the logit scale stays at most
// 100, as in CLIP.
const smallestLearned = 0.01

// Check refuses what no data can be trained with.
func (o Options) Check() error {
	var losses []string
	for _, l := range contrastive.Losses {
		losses = append(losses, l.Name)
	}
	for _, c := range []struct {
		flag, value string
		list        []string
	}{{"temperature", o.Temperature, Temperatures}, {"loss", o.Loss, losses}, {"init", o.Init, Inits}} {
		if err := oneOf(c.flag, c.value, c.list); err != nil {
			return err
		}
	}
	switch {
	case o.Temperature == "schedule" && o.TauEnd == 0:
		return fmt.Errorf("--temperature schedule goes from --tau to --tau-end: say where it ends")
	case o.Temperature != "schedule" && o.TauEnd != 0:
		return fmt.Errorf("--tau-end %g is for --temperature schedule; the temperature is %s", o.TauEnd, o.Temperature)
	case o.Temperature == "learned" && o.Tau < smallestLearned && o.Tau >= 1e-6:
		return fmt.Errorf("--tau %g: a learned temperature stays at least %g, as CLIP's does; begin there, or take --temperature fixed", o.Tau, smallestLearned)
	case o.Epochs > 0 && o.Steps > 0:
		return fmt.Errorf("--epochs and --steps: give one of them")
	case o.Epochs <= 0 && o.Steps <= 0:
		return fmt.Errorf("--epochs %d, --steps %d: want a positive number of one of them", o.Epochs, o.Steps)
	case o.Batch < 0 || o.Dim < 0 || o.Every < 0 || o.SaveEvery < 0:
		return fmt.Errorf("--batch %d, --dim %d, --every %d, --save-every %d: want numbers that are not negative", o.Batch, o.Dim, o.Every, o.SaveEvery)
	case o.Warmup < -1 || o.HoldOut < -1:
		return fmt.Errorf("--warmup %d, --hold-out %d: want 0 or more, or -1 for what suits the data", o.Warmup, o.HoldOut)
	case o.HoldOut == 1:
		return fmt.Errorf("--hold-out 1: a single pair has no other to be told apart from; hold out at least 2, or 0 to measure training pairs")
	}
	return nil
}

// oneOf refuses a name that is not in a list, and suggests the nearest.
func oneOf(flag, value string, list []string) error {
	if slices.Contains(list, value) {
		return nil
	}
	text := fmt.Sprintf("--%s %q: want %s", flag, value, strings.Join(list, ", "))
	if near := names.Nearest(list, value); near != "" {
		text = fmt.Sprintf("--%s %q: did you mean %s? There are %s", flag, value, near, strings.Join(list, ", "))
	}
	return fmt.Errorf("%s", text)
}

// held is how many of n pairs are kept from training to be measured.
func (o Options) held(n int) (int, error) {
	h := o.HoldOut
	if h < 0 {
		if h = min(n/10, 1000); h < 2 {
			h = 0
		}
	}
	if n-h < 2 {
		return 0, fmt.Errorf("--hold-out %d leaves %d of %d pairs to train on; hold out fewer", h, n-h, n)
	}
	return h, nil
}

// defaultBatch is the paper's.
const defaultBatch = 64

// resolve fills in what depends on the job.
func (o Options) resolve(j *Job) Options {
	if o.Batch == 0 {
		o.Batch = min(defaultBatch, j.Pairs)
	}
	if o.Steps == 0 {
		o.Steps = o.Epochs * (j.Pairs / o.Batch)
	}
	if o.Rate == 0 {
		o.Rate = j.rate
	}
	if o.Warmup < 0 {
		o.Warmup = min(o.Steps/10, 2000)
	}
	if o.Every == 0 {
		o.Every = max(o.Steps/50, 1)
	}
	if o.SaveEvery == 0 {
		o.SaveEvery = o.Every
	}
	return o
}

// config is the trainer's part of resolved options. Weight decay is AdamW's, of matrices, with
// CLIP's constants; the learning rate falls along half a cosine after the warm-up.
func (o Options) config() contrastive.Config {
	return contrastive.Config{
		Batch: o.Batch, Chunk: o.Chunk, Loss: o.Loss,
		Scale: contrastive.Scaling{Tau: o.Tau, Learn: o.Temperature == "learned", End: o.TauEnd},
		Rate:  nn.Schedule{Rate: o.Rate, Warmup: o.Warmup, Steps: o.Steps},
		Adam:  nn.AdamOptions{Beta1: 0.9, Beta2: 0.98, Eps: 1e-6, Decay: o.Decay, Decoupled: true, MatricesOnly: true},
		Clip:  o.Clip, Mismatch: o.Mismatch, Seed: o.Seed,
	}
}
