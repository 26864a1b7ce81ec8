package train

import (
	"encoding/json"
	"fmt"

	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
)

// SceneRecipe is what `mindgap train scenes` does where no flag says otherwise: the run that gave
// the project's own dual encoder.
func SceneRecipe() Options {
	return Options{
		Temperature: "learned", Tau: 0.07, Loss: "infonce", Init: "original",
		Batch: 128, Steps: 3000, Rate: 1e-3, Warmup: 50, Decay: 0.1, Clip: 1, Seed: 1, HoldOut: 1000, Every: 100,
	}
}

// OpenScenes makes the job of training the project's own dual encoder on drawn scenes, each with
// one of its captions, in the order of sceneclip.Lessons: as many as the steps need, or --pairs
// of them again and again. Held out are scenes of the other split, whose captions all differ,
// with the caption that says everything.
func OpenScenes(s *engine.Scope, o Options) (*Job, error) {
	if o.Pairs == 0 {
		o.Pairs = o.Steps * o.Batch
	}
	switch {
	case o.Steps > 0 && o.Pairs < 2:
		return nil, fmt.Errorf("--pairs %d: want at least 2 scenes", o.Pairs)
	case o.Init == "shared":
		return nil, fmt.Errorf("--init shared: the towers of this encoder have other widths and cannot begin the same")
	case o.Steps == 0:
		return nil, fmt.Errorf("--epochs: scenes are drawn anew and have none; give --steps")
	}
	held := o.HoldOut
	if held < 0 {
		held = 1000
	}
	specs, err := scenes.Source{Seed: o.Seed, Split: scenes.HeldOut}.Distinct(held)
	if err != nil {
		return nil, fmt.Errorf("--hold-out %d: %w", held, err)
	}
	lessons := sceneclip.Lessons(o.Seed, o.Pairs)
	m := sceneclip.New(s, sceneclip.Config(), o.Seed)
	dual := m.Dual(sceneclip.Examples{
		At: func(i int) scenes.Spec {
			if i < o.Pairs {
				return lessons.At(i)
			}
			return specs[i-o.Pairs]
		},
		Caption: func(i int) string {
			if i < o.Pairs {
				return lessons.Caption(i)
			}
			return specs[i-o.Pairs].Caption()
		},
	})
	return &Job{
		inOrder: true, texts: qualityOf(m),
		What: "drawn scenes", A: "the images", B: "their captions", Model: dual, Pairs: o.Pairs, Held: held,
		Dim: m.Text.Config.Out, Chunk: 100, projection: "text_projection", transposed: true, Inputs: map[string]string{"the drawing of scenes": fmt.Sprint(scenes.Version)},
		Facts: [][2]string{
			{"pairs", fmt.Sprintf("%d scenes of %d pixels, each with one of its captions", o.Pairs, sceneclip.Side)},
			{"model", fmt.Sprintf("%d parameters", dual.Params.Count())},
		},
	}, nil
}

// qualityOf measures the trained model on scenes that no run is trained on.
func qualityOf(m *sceneclip.Model) func(d *engine.Device) (map[string]string, error) {
	return func(d *engine.Device) (map[string]string, error) {
		q, err := m.Quality(d)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(q)
		return map[string]string{sceneclip.QualityText: string(text)}, err
	}
}
