package paper

import (
	"context"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn/models"
)

var fig2b = &Experiment{
	Name: "fig2b", Where: "Figure 2(b)", Title: "Each layer narrows the cone",
	Doc: "A network with random weights is fed with random vectors. After each layer the average cosine between them is larger: non-linear activations squeeze everything into a cone, layer by layer. A linear network hardly does that, and not at all without biases. The experiment runs nine activations with three kinds of bias, and holds every layer against the theory of infinitely wide networks.",
	Run: runFig2b,
}

// fig2bSize is the size of the experiment: n inputs N(0, I), layers of one width, and how
// many networks (seeds) of each kind. The paper has one of each.
type fig2bSize struct{ n, width, depth, seeds int }

func fig2bScale(e *Env) fig2bSize {
	size := fig2bSize{n: 1024, width: 512, depth: 25, seeds: 2}
	switch {
	case e.AsPublished:
		size.seeds = 1
	case e.Scale == Paper:
		size.seeds = 10
	}
	return size
}

// fig2bStream numbers the streams of random numbers: one per seed.
const fig2bStream = 1000

// curve is one kind of network: the mean cosine of pairs i != j by seed and layer, and what
// the theory says of each layer.
type curve struct {
	net    models.MLP
	cosine [][]float64
	theory []geometry.LayerState
	spread []float64 // standard deviation between networks
	shift  float64   // of the first layer, of order 1/width
}

func (f fig2bSize) curve(net models.MLP) *curve {
	a, v := geometry.ActivationByName(net.Activation.Name), net.Bias.Variance()
	return &curve{
		net: net, theory: geometry.MLPTheory(a, v, f.width, f.depth),
		spread: geometry.MLPSpread(a, v, f.width, f.n, f.depth), shift: geometry.FirstLayerShift(a, v, f.width),
	}
}

// stack is one of the old figure's stackings, likewise.
type stack struct {
	stacking
	cosine [][]float64
}

func runFig2b(ctx context.Context, e *Env) (*report.Result, error) {
	return fig2bAt(ctx, e, fig2bScale(e))
}

// fig2bAt is the experiment at a size.
func fig2bAt(ctx context.Context, e *Env, size fig2bSize) (*report.Result, error) {
	f := newFig2bData(size, e.AsPublished)
	networks := size.seeds * (len(f.curves) + len(f.stacks))
	e.Progress.Start("fig2b", float64(networks*size.depth), "layers")
	for seed := range size.seeds {
		if err := f.run(ctx, e, seed); err != nil {
			return nil, err
		}
	}
	if err := f.oneLayer(ctx, e); err != nil {
		return nil, err
	}
	return &report.Result{
		Inputs: f.inputs(), Claims: f.claims(), Tables: f.tables(), Figures: f.figures(),
	}, nil
}

// fig2bData is what was measured.
type fig2bData struct {
	size      fig2bSize
	published bool
	curves    []*curve
	stacks    []*stack
	layers    []oneLayer
}

// newFig2bData has all networks, and no measures yet.
func newFig2bData(size fig2bSize, published bool) *fig2bData {
	f := &fig2bData{size: size, published: published}
	for _, b := range models.Biases {
		for _, a := range models.Activations {
			f.curves = append(f.curves, size.curve(models.MLP{Bias: b, Activation: a}))
		}
	}
	for _, s := range stackings(published) {
		f.stacks = append(f.stacks, &stack{stacking: s})
	}
	return f
}

// run sends one set of inputs through every network of a seed. The networks of a seed share
// their random numbers, as far as they use them: what differs is bias and activation.
func (f *fig2bData) run(ctx context.Context, e *Env, seed int) error {
	s := e.Device.Scope()
	defer s.Close()
	random := kernels.NewRandom(e.Seed, fig2bStream+uint32(seed))
	x := s.Floats(f.size.n, f.size.width)
	random.Normal(x, 0, 1)
	first, err := kernels.AllPairsCosineMean(x)
	if err != nil {
		return err
	}
	var nets []*walk
	for _, c := range f.curves {
		layer := c.net.Layer
		nets = append(nets, newWalk(s, x, &c.cosine, first, func(y, x *tensor, w []*models.Weights) { layer(y, x, w[0]) }))
	}
	spare := s.Floats(f.size.n, f.size.width)
	for _, c := range f.stacks {
		nets = append(nets, newWalk(s, x, &c.cosine, first, func(y, x *tensor, w []*models.Weights) { c.apply(y, x, spare, w) }))
	}
	y := s.Floats(f.size.n, f.size.width)
	w := []*models.Weights{models.NewWeights(s, f.size.width, true), models.NewWeights(s, f.size.width, false)}
	for range f.size.depth {
		for _, w := range w {
			w.Draw(random)
		}
		for _, net := range nets {
			if err := ctx.Err(); err != nil {
				return err
			}
			if y, err = net.step(y, w); err != nil {
				return err
			}
			e.Progress.Add(1)
		}
	}
	return nil
}

func (f *fig2bData) full(cosine float64) float64 { return geometry.FullMean(cosine, f.size.n) }

// find gives the curve of a bias and an activation.
func (f *fig2bData) find(b models.Bias, activation string) *curve {
	for _, c := range f.curves {
		if c.net.Bias == b && c.net.Activation.Name == activation {
			return c
		}
	}
	panic("paper: no curve " + b.String() + " " + activation)
}

// mean is over the seeds, of one layer.
func mean(cosine [][]float64, layer int) float64 {
	sum := 0.0
	for _, c := range cosine {
		sum += c[layer]
	}
	return sum / float64(len(cosine))
}
