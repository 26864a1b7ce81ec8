package bench

import (
	"context"
	"fmt"

	"mindgap/engine"
	"mindgap/kernels"
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
	var rows []Row
	for _, n := range sizes {
		step(fmt.Sprintf("infonce %d", n))
		got, err := loss(ctx, d, n, roof, l)
		if err != nil {
			return rows, fmt.Errorf("infonce, %d pairs: %w", n, err)
		}
		rows = append(rows, got...)
	}
	return rows, nil
}

func loss(ctx context.Context, d *engine.Device, n int, roof Roofline, l Limits) ([]Row, error) {
	d.Trim()
	s := d.Scope()
	defer s.Close()
	forward, both := pairLoss(s, n, LossDim)
	got, err := Measure(ctx, l, onDevice("forward", d, forward), onDevice("forward and gradients", d, both))
	if err != nil {
		return nil, err
	}
	// The logits take 2 N^2 D flops, made again for the gradients, which take twice as much.
	pairs, dim := float64(n)*float64(n), float64(LossDim)
	bytes := 4 * float64(n) * dim
	costs := []engine.Cost{{Flops: 2 * pairs * dim, Bytes: 2 * bytes}, {Flops: 8 * pairs * dim, Bytes: 6 * bytes}}
	var rows []Row
	for i, variant := range []string{"forward", "forward and gradients"} {
		row := Row{Suite: "loss", Kernel: "infonce", Variant: variant, Case: fmt.Sprintf("n=%d d=%d", n, LossDim), Seconds: got[i], Peak: d.Memory().Held}
		row.Rate = rate(costs[i], got[i].Median, roof)
		rows = append(rows, row)
	}
	return rows, nil
}

// pairLoss lays out the inputs of a symmetric loss of n pairs of rows of a width, and gives
// what queues it forward, and forward with all gradients.
func pairLoss(s *engine.Scope, n, width int) (forward, both func()) {
	q, k := s.Upload(unitRows(n, width, 1), n, width), s.Upload(unitRows(n, width, 2), n, width)
	dq, dk, dscale := s.Floats(n, width), s.Floats(n, width), s.Floats(1)
	value, lseRow, lseCol := s.Floats(1), s.Floats(n), s.Floats(n)
	scale, one := s.Upload([]float32{100}, 1), s.Upload([]float32{1}, 1)
	forward = func() { kernels.InfoNCE(value, lseRow, lseCol, q, k, scale, kernels.InfoNCESymmetric) }
	return forward, func() {
		forward()
		kernels.InfoNCEBack(dq, dk, dscale, one, q, k, scale, lseRow, lseCol, kernels.InfoNCESymmetric, false)
	}
}
