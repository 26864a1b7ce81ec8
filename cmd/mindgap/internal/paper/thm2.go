package paper

import (
	"context"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/kernels"
	"mindgap/nn/models"
)

var thm2 = &Experiment{
	Name: "thm2", Where: "Theorem 2; Appendix D, Theorem 4", Title: "Most of the variance is the initialisation's",
	Doc: "How much of the spread of an intermediate output comes from the random weights, and how much from the data? The theorem says that the share of the weights is at least the average cosine of the layer before, so nearly all of it in a deep network. The experiment draws 200 networks, sends the same 200 inputs of length 1 through each, and splits the variance at every layer.",
	Run: runThm2,
}

// thm2Size: networks, inputs to each, width of inputs and layers, layers.
type thm2Size struct{ inits, data, width, depth int }

var thm2Published = thm2Size{inits: 200, data: 200, width: 256, depth: 15}

const thm2Stream = 3000

func runThm2(ctx context.Context, e *Env) (*report.Result, error) {
	return thm2At(ctx, e, thm2Published)
}

func thm2At(ctx context.Context, e *Env, size thm2Size) (*report.Result, error) {
	layers, err := measureThm2(ctx, e, size)
	if err != nil {
		return nil, err
	}
	shares := thm2Shares(layers, size)
	inputs := "synthetic"
	if e.AsPublished {
		inputs = "synthetic; as published: the bound beta alone is checked"
	}
	return &report.Result{
		Inputs: inputs, Claims: thm2Claims(shares, e.AsPublished), Tables: thm2Tables(shares), Figures: thm2Figures(),
	}, nil
}

// split is what one layer's outputs tell of each network: the mean over the data, and the
// variance over the data, added up over the coordinates.
type split struct {
	mean   [][]float64
	within []float64
}

// measureThm2 gives layers 0 (the inputs) to depth. The inputs are uniform on the sphere, the
// same for every network.
func measureThm2(ctx context.Context, e *Env, size thm2Size) ([]split, error) {
	s := e.Device.Scope()
	defer s.Close()
	random := kernels.NewRandom(e.Seed, thm2Stream)
	inputs, norms := s.Floats(size.data, size.width), s.Floats(size.data)
	random.Normal(inputs, 0, 1)
	kernels.RowNormalise(inputs, norms, inputs)
	x, y := s.Floats(size.data, size.width), s.Floats(size.data, size.width)
	w := models.NewWeights(s, size.width, false)
	net := models.MLP{Bias: models.NormalBias, Activation: models.ActivationByName("relu")}
	m := newMoments(s, size)
	out := make([]split, size.depth+1)
	e.Progress.Start("thm2", float64(size.inits*size.depth), "layers")
	for range size.inits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x.CopyFrom(inputs)
		m.queue(x, 0)
		for layer := range size.depth {
			w.Draw(random)
			net.Layer(y, x, w)
			x, y = y, x
			m.queue(x, layer+1)
		}
		if err := m.read(out); err != nil {
			return nil, err
		}
		e.Progress.Add(float64(size.depth))
	}
	return out, nil
}

// moments keeps each layer's mean and squared distances from it on the device until a network
// is through.
type moments struct {
	size          thm2Size
	mean, squares *tensor // layers x width, layers x data
	minus, rest   *tensor
}

func newMoments(s *scope, size thm2Size) *moments {
	return &moments{
		size: size, mean: s.Floats(size.depth+1, size.width), squares: s.Floats(size.depth+1, size.data),
		minus: s.Floats(size.width), rest: s.Floats(size.data, size.width),
	}
}

// queue measures a layer: squares are those of the differences, so that a narrow cone does
// not drown its variance.
func (m *moments) queue(h *tensor, layer int) {
	centre := m.mean.At(layer)
	kernels.Centroid(centre, h)
	kernels.Scale(m.minus, -1, centre)
	kernels.BiasRows(m.rest, h, m.minus)
	kernels.RowDot(m.squares.At(layer), m.rest, m.rest)
}

// read waits, and adds the network to the layers' splits.
func (m *moments) read(out []split) error {
	mean, err := m.mean.Floats()
	if err != nil {
		return err
	}
	squares, err := m.squares.Floats()
	if err != nil {
		return err
	}
	for i := range out {
		row := make([]float64, m.size.width)
		for k := range row {
			row[k] = float64(mean[i*m.size.width+k])
		}
		sum := 0.0
		for _, q := range squares[i*m.size.data:][:m.size.data] {
			sum += float64(q)
		}
		out[i].mean = append(out[i].mean, row)
		out[i].within = append(out[i].within, sum/float64(m.size.data-1))
	}
	return nil
}
