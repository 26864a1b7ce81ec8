package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn/models"
)

var fig2c = &Experiment{
	Name: "fig2c", Where: "Figure 2(c); Supplementary Figures 5, 13", Title: "Other random numbers, other cone",
	Doc:    "The same data go through 25 networks that differ in nothing but the seed of their random weights. Each makes its own narrow cone, apart from the others. Two encoders of a two-tower model are two such networks, so they begin with a gap. The networks are ResNet-18, the two towers of CLIP ViT-B/32, and those of Figure 2(b), ReLU with normal biases; the data are noise (Supplementary Figure 5). Beside them stand a few small networks after training (Supplementary Figure 13).",
	Inputs: weightDigests,
	Run:    runFig2c,
}

// fig2cSize: networks, inputs that all of them see, width, and the depths to look at.
type fig2cSize struct {
	seeds, n, width int
	depths          []int
	inputs          int // of the networks of Figure 2(a)
	trained, steps  int // networks that are trained, and how long
}

func fig2cScale(e *Env) fig2cSize {
	size := fig2cSize{seeds: 25, n: 80, width: 512, depths: []int{5, 25}, inputs: 20, trained: 5, steps: 60}
	if e.Scale == Paper {
		size.n, size.inputs, size.trained, size.steps = 1024, 5000, 11, 1500
	}
	return size
}

const fig2cStream = 2000

// cones are the outputs of all networks at one depth. Gram matrix and neighbours are the
// device's; what is left on the processor are means, d x d matrices, and the layout of UMAP.
type cones struct {
	network string
	net     *network // nil: the MLP
	input   string   // what all networks saw
	own     bool     // drawn scenes: a surrogate
	trained bool     // the networks have been trained
	depth   int
	size    fig2cSize
	rows    geometry.Rows // unit rows, network by network
	within  float64       // mean cosine of pairs within a network
	across  float64       // and of pairs of different networks
	spread  float64       // derived standard deviation of across

	singular []float64
	dominant int
	purity   float64
	pca      geometry.Rows
	umap     geometry.Rows
}

func runFig2c(ctx context.Context, e *Env) (*report.Result, error) {
	return fig2cAt(ctx, e, fig2cScale(e), networks)
}

// fig2cSays is what the networks saw.
func fig2cSays(e *Env, size fig2cSize, list []*cones) string {
	says := "synthetic noise"
	for _, c := range list {
		if c.input == "noise" || c.trained {
			continue
		}
		says += "; " + c.input
		if c.own {
			says = fmt.Sprintf("synthetic noise; surrogate: %s, seed %d", c.input, e.Seed)
		}
		break // the others saw the same
	}
	if size.trained > 0 {
		says += "; " + trainedSays(e, size)
	}
	return says
}

func fig2cAt(ctx context.Context, e *Env, size fig2cSize, nets []*network) (*report.Result, error) {
	list, err := makeCones(ctx, e, size)
	if err != nil {
		return nil, err
	}
	more, err := networkCones(ctx, e, nets, size)
	if err != nil {
		return nil, err
	}
	list = append(more, list...)
	if size.trained > 0 {
		trained, err := trainedCones(ctx, e, size)
		if err != nil {
			return nil, err
		}
		list = append(list, trained)
	}
	near := make([]*geometry.Neighbours, len(list))
	for i, c := range list {
		if near[i], err = c.measure(ctx, e); err != nil {
			return nil, err
		}
	}
	if err := drawCones(ctx, e, list, near); err != nil {
		return nil, err
	}
	return &report.Result{Inputs: fig2cSays(e, size, list), Claims: fig2cClaims(list), Tables: fig2cTables(list), Figures: fig2cFigures(e, size)}, nil
}

// makeCones runs every network on the same inputs and keeps unit rows of the wanted depths.
func makeCones(ctx context.Context, e *Env, size fig2cSize) ([]*cones, error) {
	s := e.Device.Scope()
	defer s.Close()
	inputs := s.Floats(size.n, size.width)
	kernels.NewRandom(e.Seed, fig2cStream).Normal(inputs, 0, 1)
	x, y := s.Floats(size.n, size.width), s.Floats(size.n, size.width)
	unit, norms := s.Floats(size.n, size.width), s.Floats(size.n)
	w := models.NewWeights(s, size.width, false)
	net := models.MLP{Bias: models.NormalBias, Activation: models.ActivationByName("relu")}
	var out []*cones
	var data = make([][]float32, len(size.depths))
	for _, depth := range size.depths {
		out = append(out, &cones{network: fmt.Sprintf("mlp, %d layers", depth), depth: depth, input: "noise", size: size})
	}
	deepest := size.depths[len(size.depths)-1]
	e.Progress.Start("fig2c", float64(size.seeds*deepest), "layers")
	for seed := range size.seeds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		random := kernels.NewRandom(e.Seed, fig2cStream+1+uint32(seed))
		x.CopyFrom(inputs)
		for layer, next := 1, 0; layer <= deepest; layer++ {
			w.Draw(random)
			net.Layer(y, x, w)
			x, y = y, x
			if layer != size.depths[next] {
				continue
			}
			kernels.RowNormalise(unit, norms, x)
			rows, err := unit.Floats()
			if err != nil {
				return nil, err
			}
			data[next] = append(data[next], rows...)
			next++
		}
		e.Progress.Add(float64(deepest))
	}
	for i, c := range out {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows, err := geometry.FromFloat32(size.seeds*size.n, size.width, data[i])
		if err != nil {
			return nil, err
		}
		if c.rows, err = rows.Normalise(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
