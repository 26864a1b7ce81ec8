package paper

import (
	"context"
	"fmt"

	"mindgap/contrastive"
	"mindgap/contrastive/sceneclip"
	"mindgap/contrastive/scenes"
	"mindgap/geometry"
	"mindgap/nn"
	"mindgap/nn/models"
)

// Supplementary Figure 13 takes 11 trained ResNet-50s. What stands in for them are small dual
// encoders, each trained by this program on the same drawn scenes from a seed of its own.

// trainedConfig is their shape.
func trainedConfig() models.CLIPConfig {
	return models.CLIPConfig{
		Image: models.ViTConfig{Image: 24, Patch: 8, Width: 64, Layers: 2, Heads: 2, Out: 64},
		Text:  models.TextConfig{Context: scenes.ContextLength, Vocab: scenes.Tokenizer().Size(), Width: 64, Layers: 1, Heads: 2, Out: 64},
	}
}

// trainedScenes is how many scenes they are trained on.
const trainedScenes = 20000

// trainedCones are the image towers' outputs for the same held-out scenes.
func trainedCones(ctx context.Context, e *Env, size fig2cSize) (*cones, error) {
	c := &cones{
		network: "trained", net: &network{name: "trained", title: fmt.Sprintf("Small ViT after %d steps of training", size.steps)},
		input: "held-out drawn scenes", own: true, trained: true, size: size,
	}
	c.size.seeds, c.size.width = size.trained, trainedConfig().Image.Out
	list := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut}.Take(0, size.n)
	e.Progress.Start("fig2c: training", float64(size.trained*size.steps), "steps")
	var data []float64
	for seed := range size.trained {
		rows, err := trainedRows(ctx, e, size, uint64(seed), list)
		if err != nil {
			return nil, err
		}
		data = append(data, rows.Data...)
	}
	c.rows = geometry.Rows{N: size.trained * size.n, D: c.size.width, Data: data}
	return c, nil
}

// trainedRows trains one encoder and gives its unit rows of scenes.
func trainedRows(ctx context.Context, e *Env, size fig2cSize, seed uint64, list []scenes.Spec) (geometry.Rows, error) {
	s := e.Device.Scope()
	defer s.Close()
	m := sceneclip.New(s, trainedConfig(), e.Seed<<8|seed)
	t, err := contrastive.NewTrainer(e.Device, m.Dual(sceneclip.Varied(scenes.Source{Seed: e.Seed})), trainedScenes, contrastive.Config{
		Batch: 64, Loss: "infonce", Scale: contrastive.Scaling{Tau: .07}, Clip: 1,
		Rate: nn.Schedule{Rate: 2e-3, Warmup: 10, Steps: size.steps}, Seed: e.Seed<<8 | seed,
	})
	if err != nil {
		return geometry.Rows{}, err
	}
	defer t.Close()
	if err := t.Run(ctx, contrastive.Plan{Steps: size.steps, Step: func(int) { e.Progress.Add(1) }}); err != nil {
		return geometry.Rows{}, err
	}
	return m.EmbedScenes(e.Device, list, ownChunk)
}

// trainedSays names what stands in for trained networks.
func trainedSays(e *Env, size fig2cSize) string {
	return fmt.Sprintf("Supplementary Figure 13: surrogate: %d small dual encoders (images of %d pixels, 2 blocks of width 64), each trained for %d steps on batches of 64 drawn scenes from a seed of its own (%d and on), in place of 11 ResNet-50s trained on ImageNet",
		size.trained, trainedConfig().Image.Image, size.steps, e.Seed<<8)
}
