package train

import (
	"fmt"

	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
)

// SceneRecipe is what `mindgap train scenes` does where no flag says otherwise: the run that gave
// the project's own dual encoder.
func SceneRecipe() Options {
	return Options{
		Pairs: 200_000, Temperature: "learned", Tau: 0.07, Loss: "infonce", Init: "original",
		Batch: 128, Steps: 6000, Rate: 1e-3, Warmup: 300, Decay: 0.2, Clip: 1, Seed: 1, HoldOut: 1000, Every: 250,
	}
}

// OpenScenes makes the job of training the project's own dual encoder on drawn scenes, each with
// one of its captions. Held out are scenes of the other split, whose captions all differ, with
// the caption that says everything.
func OpenScenes(s *engine.Scope, o Options) (*Job, error) {
	switch {
	case o.Pairs < 2:
		return nil, fmt.Errorf("--pairs %d: want at least 2 scenes", o.Pairs)
	case o.Init == "shared":
		return nil, fmt.Errorf("--init shared: the towers of this encoder have other widths and cannot begin the same")
	}
	held := o.HoldOut
	if held < 0 {
		held = 1000
	}
	specs, err := scenes.Source{Seed: o.Seed, Split: scenes.HeldOut}.Distinct(held)
	if err != nil {
		return nil, fmt.Errorf("--hold-out %d: %w", held, err)
	}
	varied := sceneclip.Varied(scenes.Source{Seed: o.Seed})
	m := sceneclip.New(s, sceneclip.Config(), o.Seed)
	dual := m.Dual(sceneclip.Examples{
		At: func(i int) scenes.Spec {
			if i < o.Pairs {
				return varied.At(i)
			}
			return specs[i-o.Pairs]
		},
		Caption: func(x scenes.Spec) string {
			if x.Split() == scenes.HeldOut {
				return x.Caption()
			}
			return varied.Caption(x)
		},
	})
	addBias(dual, o)
	return &Job{
		What: "drawn scenes", A: "the images", B: "their captions", Model: dual, Pairs: o.Pairs, Held: held,
		Dim: m.Text.Config.Out, Chunk: 100, projection: "text_projection", transposed: true, Inputs: map[string]string{"the drawing of scenes": fmt.Sprint(scenes.Version)},
		Facts: [][2]string{
			{"pairs", fmt.Sprintf("%d scenes of %d pixels, each with one of its captions", o.Pairs, sceneclip.Side)},
			{"model", fmt.Sprintf("%d parameters", dual.Params.Count())},
		},
	}, nil
}
