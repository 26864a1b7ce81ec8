package train

import (
	"fmt"
	"math/rand/v2"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// Job is pairs with a dual encoder to train on them.
type Job struct {
	What   string // for people: "images and captions of coco"
	A, B   string // what the two modalities are called
	Facts  [][2]string
	Inputs map[string]string // a digest of each input, by what people call it
	Notes  []string          // what a user should hear before the run

	// Model embeds examples: 0..Pairs-1 are trained on, the Held ones behind them are measured.
	Model       *contrastive.Dual
	Pairs, Held int
	Dim         int
	Chunk       int // examples that are embedded at once to be measured

	// projection is the parameter whose output is the embedding of the second modality;
	// transposed: its rows are inputs, x P, not outputs, x W^T.
	projection string
	transposed bool
	inOrder    bool              // Config.InOrder
	rate       float64           // the learning rate where none is given
	files      map[string][]byte // to lie beside the weights
	// texts are more that the file of weights says, measured at the end; nil: nothing.
	texts func(d *engine.Device) (map[string]string, error)
}

// measured are the examples that records are about: those held out, or else the first of training.
func (j *Job) measured() []int {
	lo, hi := j.Pairs, j.Pairs+j.Held
	if j.Held == 0 {
		lo, hi = 0, min(j.Pairs, 1000)
	}
	return span(lo, hi)
}

func span(lo, hi int) []int {
	list := make([]int, hi-lo)
	for i := range list {
		list[i] = lo + i
	}
	return list
}

// MeasuredOn says in a few words what records are about.
func (j *Job) MeasuredOn() string {
	if j.Held == 0 {
		return fmt.Sprintf("%d training pairs", len(j.measured()))
	}
	return fmt.Sprintf("%d held-out pairs", j.Held)
}

// The streams of a job's random numbers beside the trainer's.
const (
	streamInit  = 7100 // initial weights, on the device
	streamSplit = 0x7121
)

// shuffled is an order of n pairs by chance, of which the last are held out.
func shuffled(seed uint64, n int) []int { return rand.New(rand.NewPCG(seed, streamSplit)).Perm(n) }

// newBuilder begins a network's parameters in a scope.
func newBuilder(s *engine.Scope, seed uint64) (*nn.Params, *nn.Builder) {
	p := nn.NewParams(s)
	return p, nn.NewBuilder(p, kernels.NewRandom(seed, streamInit))
}

// share makes parameters begin as others of the same shape, and gives how many do. of gives the
// name of the one that another begins as; "": none.
func share(p *nn.Params, of func(name string) string) (n int) {
	for _, x := range p.All() {
		if from := p.Find(of(x.Name)); from != nil {
			x.Value.T.CopyFrom(from.Value.T)
			n++
		}
	}
	return n
}
