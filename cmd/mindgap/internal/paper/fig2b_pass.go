package paper

import (
	"context"

	"mindgap/engine"
	"mindgap/nn/models"
)

// Fig2bPass is Figure 2(b) as the paper has it, for timing it beside another program: at its size,
// one network of each activation with normal biases, the walk through them and the measures,
// without tables and claims.
type Fig2bPass struct {
	N, Width, Depth int
	Networks        []Fig2bNetwork
	size            fig2bSize
}

// Fig2bNetwork is a network of layers; Steps are those of one, each "linear", "maxout" or the name
// of an activation.
type Fig2bNetwork struct {
	Bias  string
	Steps []string
}

// NewFig2bPass gives the pass of the paper's size.
func NewFig2bPass() *Fig2bPass {
	return newFig2bPass(fig2bScale(&Env{AsPublished: true}))
}

func newFig2bPass(size fig2bSize) *Fig2bPass {
	p := &Fig2bPass{N: size.n, Width: size.width, Depth: size.depth, size: size}
	for _, a := range models.Activations {
		steps := []string{"linear", a.Name}
		if a.Name == "linear" || a.Name == "maxout" {
			steps = []string{a.Name}
		}
		p.Networks = append(p.Networks, Fig2bNetwork{models.NormalBias.String(), steps})
	}
	return p
}

// Run goes through all networks once.
func (p *Fig2bPass) Run(ctx context.Context, d *engine.Device) error {
	_, err := p.walk(ctx, d)
	return err
}

func (p *Fig2bPass) walk(ctx context.Context, d *engine.Device) (*fig2bData, error) {
	f := &fig2bData{size: p.size}
	for _, a := range models.Activations {
		f.curves = append(f.curves, &curve{net: models.MLP{Bias: models.NormalBias, Activation: a}})
	}
	return f, f.run(ctx, &Env{Device: d, Seed: 1}, 0)
}
