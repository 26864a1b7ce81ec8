package bench

import (
	"context"

	"mindgap/contrastive"
	"mindgap/contrastive/sceneclip"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// trained are the dual encoders whose training steps are timed: the project's own, and a
// ViT-S/16 on pictures of 96 pixels with a text tower as its like.
var trained = []net{
	trainingStep("scene-clip", 128, sceneclip.Config()),
	trainingStep("clip-s", 16, models.CLIPConfig{
		Image: models.ViTConfig{Image: 96, Patch: 16, Width: 384, Layers: 12, Heads: 6, Out: 256},
		Text:  models.TextConfig{Context: 32, Vocab: 8192, Width: 256, Layers: 6, Heads: 4, Out: 256},
	}),
}

// Train times steps of contrastive training, forward, backward and AdamW on inputs that lie
// ready, in rounds interleaved with PyTorch's; see Nets.
func Train(ctx context.Context, device, python string, l Limits, step func(string), options ...engine.Option) (*NetsReport, error) {
	return timeNets(ctx, "training steps", device, python, trained, l, step, options...)
}

// trainingStep is a CLIP trained on one batch of random pairs again and again.
func trainingStep(name string, batch int, c models.CLIPConfig) net {
	return net{name, batch, c, func(s *engine.Scope, batch int) (func() error, func(), error) {
		p := nn.NewParams(s)
		m := models.NewCLIP(nn.NewBuilder(p, kernels.NewRandom(1, 1)), c)
		x, ids := randomImages(s, batch, c.Image.Image), randomIDs(c.Text, batch)
		dual := &contrastive.Dual{
			Params: p, LogScale: m.LogitScale,
			Image: contrastive.TowerFunc(func(tp *nn.Tape, _ []int) (*nn.Value, error) { return m.Image.Forward(tp, x), nil }),
			Text:  contrastive.TowerFunc(func(tp *nn.Tape, _ []int) (*nn.Value, error) { return m.Text.Forward(tp, ids), nil }),
		}
		t, err := contrastive.NewTrainer(s.Device(), dual, batch, contrastive.Config{
			Batch: batch, Loss: "infonce", Scale: contrastive.Scaling{Tau: 0.07, Learn: true},
			Rate: nn.Schedule{Rate: 1e-4}, Adam: nn.AdamOptions{Decay: 0.1, Decoupled: true},
		})
		if err != nil {
			return nil, nil, err
		}
		return t.Step, t.Close, nil
	}}
}
