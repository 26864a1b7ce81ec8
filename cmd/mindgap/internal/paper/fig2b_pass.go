package paper

import (
	"context"
	"strings"

	"mindgap/engine"
	"mindgap/nn/models"
)

// Fig2bPass is Figure 2(b) at the paper's size with one network of each kind, for timing it beside
// another program: the walk through the networks and the measures, without tables and claims.
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
	for _, b := range models.Biases {
		for _, a := range models.Activations {
			steps := []string{"linear", a.Name}
			if a.Name == "linear" || a.Name == "maxout" {
				steps = []string{a.Name}
			}
			p.Networks = append(p.Networks, Fig2bNetwork{b.String(), steps})
		}
	}
	for _, s := range stackings(false) {
		p.Networks = append(p.Networks, Fig2bNetwork{s.bias.String(), strings.Split(s.steps, "+")})
	}
	return p
}

// Run goes through all networks once.
func (p *Fig2bPass) Run(ctx context.Context, d *engine.Device) error {
	_, err := p.walk(ctx, d)
	return err
}

func (p *Fig2bPass) walk(ctx context.Context, d *engine.Device) (*fig2bData, error) {
	f := newFig2bData(p.size, false)
	return f, f.run(ctx, &Env{Device: d, Seed: 1}, 0)
}
