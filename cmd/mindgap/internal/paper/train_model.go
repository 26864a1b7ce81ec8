package paper

import (
	"context"

	"mindgap/contrastive"
	"mindgap/engine"
)

// network is the network of a leg, pretrained or with random weights.
func (t *training) network(ctx context.Context, s *engine.Scope, g *leg) (m *contrastive.Dual, err error) {
	if g.pretrained || g.start != nil && g.start.pretrained {
		m, err = t.lab.pretrained(s)
	} else {
		m, err = t.lab.build(s, g.seed, g.dim)
	}
	if err != nil {
		return nil, err
	}
	interruptible(ctx, m)
	return m, nil
}

// model is what a leg begins with.
func (t *training) model(ctx context.Context, s *engine.Scope, g *leg) (*contrastive.Dual, error) {
	m, err := t.network(ctx, s, g)
	if err != nil {
		return nil, err
	}
	if g.start != nil && !g.start.pretrained {
		if err := t.weightsOf(ctx, g.start); err != nil {
			return nil, err
		}
		for i, p := range m.Params.All() {
			p.Value.T.Write(t.weights[g.start][i])
		}
	}
	if !g.amended {
		return m, nil
	}
	pairs, err := m.Embed(t.Device, examples(0, t.lab.train), t.lab.chunk)
	if err != nil {
		return nil, err
	}
	return m, m.AmendFrom(s, pairs)
}

// weightsOf makes sure that the weights at the end of a leg are at hand: a run that goes on
// takes them from the leg's checkpoint.
func (t *training) weightsOf(ctx context.Context, g *leg) error {
	if t.weights[g] != nil {
		return nil
	}
	s := t.Device.Scope()
	defer s.Close()
	m, err := t.trained(ctx, s, g)
	if err != nil {
		return err
	}
	return t.remember(m, g)
}

// remember keeps a model's weights, and forgets others: legs that go on from a model follow it.
func (t *training) remember(m *contrastive.Dual, g *leg) error {
	t.weights = map[*leg][][]float32{}
	for _, p := range m.Params.All() {
		list, err := p.Value.T.Floats()
		if err != nil {
			return err
		}
		t.weights[g] = append(t.weights[g], list)
	}
	return nil
}
