package paper

import (
	"context"

	"mindgap/contrastive"
)

// outcome is what a leg gives.
type outcome struct {
	Held     contrastive.Measures `json:"held_out"` // of held-out pairs
	Seen     contrastive.Measures `json:"seen"`     // of the first training pairs
	ZeroShot *float64             `json:"zero_shot,omitempty"`
}

// measure looks at the model at the end of a leg.
func (t *training) measure(ctx context.Context, m *contrastive.Dual, g *leg) (*outcome, error) {
	scale, err := m.LogitScale()
	if err != nil {
		return nil, err
	}
	if g.steps == 0 && !g.pretrained { // no trainer has set it
		scale = 1 / g.config.Scale.Tau
	}
	o := &outcome{}
	for _, x := range []struct {
		to       *contrastive.Measures
		examples []int
	}{{&o.Held, t.lab.heldOut()}, {&o.Seen, t.lab.seen()}} {
		pairs, err := m.Embed(t.Device, x.examples, t.lab.chunk)
		if err != nil {
			return nil, err
		}
		if *x.to, err = measurePairs(ctx, pairs, scale); err != nil {
			return nil, err
		}
	}
	o.ZeroShot, err = t.lab.zeroShot(t.Env, m)
	return o, err
}

// measurePairs is pairs.Measure, which takes seconds for the paper's 5,000 pairs; an interrupt
// does not wait for it.
func measurePairs(ctx context.Context, pairs *contrastive.Pairs, scale float64) (contrastive.Measures, error) {
	type result struct {
		contrastive.Measures
		err error
	}
	done := make(chan result, 1)
	go func() {
		m, err := pairs.Measure(scale)
		done <- result{m, err}
	}()
	select {
	case r := <-done:
		return r.Measures, r.err
	case <-ctx.Done():
		return contrastive.Measures{}, ctx.Err()
	}
}
