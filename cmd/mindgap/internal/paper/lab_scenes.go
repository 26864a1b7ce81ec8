package paper

import (
	"fmt"
	"slices"
	"time"

	"mindgap/contrastive"
	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/nn"
)

// pairSizes are numbers of training pairs, of held-out pairs, and of pictures to classify.
type pairSizes struct{ train, held, zeroShot int }

// The paper trains on 50,000 pairs and measures with 5,000 (E9).
var (
	quickPairs = pairSizes{4096, 500, 400}
	paperPairs = pairSizes{50000, 5000, 1000}
)

// templates is how many captions stand for a class: the same scenes' for every class, but for
// the colour of the objects.
const templates = 32

// drawn are scenes and captions of a lab, numbered as the lab's examples.
type drawn struct {
	specs  []scenes.Spec
	texts  []string
	labels []int
}

// drawnPairs draws scenes of one kind of object, each with its canonical caption, and the
// classification by colour of scenes that are held out as well.
func drawnPairs(seed uint64, n pairSizes) *drawn {
	d := &drawn{specs: slices.Concat(
		scenes.Source{Seed: seed, Content: scenes.OneKind}.Take(0, n.train),
		scenes.Source{Seed: seed, Content: scenes.OneKind, Split: scenes.HeldOut}.Take(0, n.held),
	)}
	for _, s := range d.specs {
		d.texts = append(d.texts, s.Caption())
	}
	task := &scenes.Tasks[1]
	for _, s := range task.Source(seed).Take(0, n.zeroShot) {
		d.specs = append(d.specs, s)
		d.labels = append(d.labels, task.Label(s))
	}
	for color := range scenes.Colors {
		for _, s := range (scenes.Source{Seed: seed, Content: scenes.OneObject}).Take(0, templates) {
			s.Kinds[0].Color = scenes.Color(color)
			d.texts = append(d.texts, s.Caption())
		}
	}
	return d
}

// lab is a lab of these examples without encoders.
func (d *drawn) lab(n pairSizes) *lab {
	return &lab{
		own: true, train: n.train, held: n.held, labels: d.labels, classes: len(scenes.Colors), epochs: 5, saveEvery: time.Minute,
	}
}

// scenesLab trains the project's own image and text transformers on the pictures of scenes.
func scenesLab(e *Env, n pairSizes) *lab {
	d := drawnPairs(e.Seed, n)
	l := d.lab(n)
	c := sceneclip.Config()
	l.says = fmt.Sprintf("image and text transformers of this program (%d pixels, %d and %d layers) on %d drawn scenes with captions, seed %d, in place of CLIP ViT-B/16 on COCO", sceneclip.Side, c.Image.Layers, c.Text.Layers, n.train, e.Seed)
	l.dim, l.chunk = c.Image.Out, 200
	l.config = contrastive.Config{Batch: 64, Loss: "infonce", Rate: nn.Schedule{Rate: 5e-4, Warmup: 200}, Adam: clipAdam(0)}
	l.on = l.config
	l.on.Rate = nn.Schedule{Rate: 1e-4, Warmup: 50}
	l.build = func(s *engine.Scope, seed uint64, dim int) (*contrastive.Dual, error) {
		c := sceneclip.Config()
		c.Image.Out, c.Text.Out = dim, dim
		return d.dual(sceneclip.New(s, c, seed)), nil
	}
	l.pretrained = func(s *engine.Scope) (*contrastive.Dual, error) {
		m, _, err := ownModel(s)
		if err != nil {
			return nil, err
		}
		return d.dual(m), nil
	}
	l.pretrainedSays = sceneclip.PretrainedSays()
	return l
}

// dual is the model as a dual encoder of these examples.
func (d *drawn) dual(m *sceneclip.Model) *contrastive.Dual {
	return &contrastive.Dual{
		Params: m.Params, LogScale: m.LogitScale,
		Image: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			return m.Images(tp, pickAll(d.specs, examples)), nil
		}),
		Text: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			return m.Texts(tp, pickAll(d.texts, examples)), nil
		}),
	}
}

// pickAll are the elements of a list at places.
func pickAll[T any](list []T, at []int) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = list[k]
	}
	return out
}

// clipAdam are the optimiser's constants of the paper's training (E9); decay is its classic L2
// term.
func clipAdam(decay float64) nn.AdamOptions {
	return nn.AdamOptions{Beta1: .9, Beta2: .98, Eps: 1e-6, Decay: decay}
}
