package bench

import (
	"context"

	"mindgap/engine"
)

// LossSizes are the numbers of pairs at which the contrastive loss is timed.
var LossSizes = []int{1024, 4096, 16384}

// Loss times the contrastive loss with its gradients, by the number of pairs.
func Loss(ctx context.Context, d *engine.Device, sizes []int, roof Roofline, l Limits, step func(string)) ([]Row, error) {
	return nil, nil
}
