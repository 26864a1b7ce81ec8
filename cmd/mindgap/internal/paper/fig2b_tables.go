package paper

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/nn/models"
)

// activationLabels are the names that figures print.
var activationLabels = map[string]string{
	"linear": "Linear", "relu": "ReLU", "leaky_relu": "Leaky ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh",
	"maxout": "Maxout", "gelu": "GELU", "quick_gelu": "QuickGELU", "elu": "ELU",
}

// biasLabels likewise.
var biasLabels = map[models.Bias]string{models.NormalBias: "normal bias", models.UniformBias: "uniform bias", models.NoBias: "no bias"}

func (f *fig2bData) inputs() string {
	if !f.published {
		return "synthetic"
	}
	return `synthetic; as published: one network of each kind, "no bias" figures with default biases before every activation and a second ReLU in linear+relu+linear, means drawn with the diagonal included`
}

// plotted is the statistic that figures show: pairs i != j, or as published with the diagonal.
func (f *fig2bData) plotted(cosine float64) float64 {
	if f.published {
		return f.full(cosine)
	}
	return cosine
}

func (f *fig2bData) tables() map[string]*report.Table {
	cone := &report.Table{
		Doc:     "Every network: the mean cosine of pairs i != j after each layer, and with the diagonal included. seed numbers the networks of a kind; those of one number share their random numbers.",
		Columns: []string{"bias", "activation", "seed", "layer", "mean_cosine", "mean_cosine_full"},
	}
	theory := &report.Table{
		Doc:     "The same at infinite width.",
		Columns: []string{"bias", "activation", "layer", "mean_cosine", "mean_cosine_full"},
	}
	spread := &report.Table{
		Doc:     "Means over the networks beside the theory (diagonal included), the standard deviation between networks as measured (from two networks on) and as derived, and the distance in derived standard deviations (on the scale of log(c/(1-c)), and at the first layer from the theory with its shift of order 1/width).",
		Columns: []string{"bias", "activation", "layer", "mean_cosine_full", "theory", "sd_measured", "sd_derived", "deviation"},
	}
	for _, c := range f.curves {
		bias, name := c.net.Bias.String(), c.net.Activation.Name
		for seed, list := range c.cosine {
			for layer, m := range list {
				cone.Add(bias, name, seed, layer, m, f.full(m))
			}
		}
		distance := f.deviations(c)
		for layer, s := range c.theory {
			theory.Add(bias, name, layer, s.Cosine, f.full(s.Cosine))
			var seeds []float64
			for _, list := range c.cosine {
				seeds = append(seeds, f.full(list[layer]))
			}
			sd := math.NaN()
			if len(seeds) > 1 {
				sd = stat.StdDev(seeds, nil)
			}
			spread.Add(bias, name, layer, f.full(mean(c.cosine, layer)), f.full(s.Cosine), sd, c.spread[layer], distance[layer])
		}
	}
	t := map[string]*report.Table{"cone": cone, "theory": theory, "spread": spread, "one_layer": f.layerTable()}
	f.figureTables(t)
	f.stackingTables(t)
	return t
}

// fig2bAuthors names the numbers that the released notebook printed.
const fig2bAuthors = "ReLU, the authors' run"

// figureTables are the curves of the figures: means over the seeds.
func (f *fig2bData) figureTables(t map[string]*report.Table) {
	columns := []string{"activation", "layer", "average_cosine"}
	normal := &report.Table{Doc: "What Figure 2(b) shows: means over the networks with normal bias, and the run that the authors printed.", Columns: columns}
	none := &report.Table{Doc: "What the figure without biases shows.", Columns: columns}
	add := func(to *report.Table, b models.Bias, names ...string) {
		for _, name := range names {
			for layer := range f.size.depth + 1 {
				to.Add(activationLabels[name], layer, f.plotted(mean(f.find(b, name).cosine, layer)))
			}
		}
	}
	add(normal, models.NormalBias, "sigmoid", "relu", "leaky_relu", "tanh", "linear")
	for layer, p := range fig2bPublished[:min(len(fig2bPublished), f.size.depth+1)] {
		if !f.published { // printed with the diagonal
			p = (1024*p - 1) / 1023
		}
		normal.Add(fig2bAuthors, layer, p)
	}
	bias := models.NoBias
	if f.published {
		bias = models.UniformBias
	}
	add(none, bias, "sigmoid", "relu", "leaky_relu", "tanh", "maxout")
	add(none, models.NoBias, "linear")
	for layer := range f.size.depth + 1 {
		none.Add("1/pi", layer, 1/math.Pi)
	}
	t["figure_normal"], t["figure_no_bias"], t["figure_theory"] = normal, none, f.theoryTable()
}

// theoryTable is every activation's theory as lines, and the means as points.
func (f *fig2bData) theoryTable() *report.Table {
	t := &report.Table{
		Doc:     "Every activation: the theory for each kind of bias, and the means over the networks (measured).",
		Columns: []string{"activation", "source", "layer", "average_cosine"},
	}
	for _, a := range models.Activations {
		for _, b := range models.Biases {
			for layer, s := range f.find(b, a.Name).theory {
				t.Add(activationLabels[a.Name], biasLabels[b], layer, f.plotted(s.Cosine))
			}
		}
		for _, b := range models.Biases {
			for layer := range f.size.depth + 1 {
				t.Add(activationLabels[a.Name], "measured", layer, f.plotted(mean(f.find(b, a.Name).cosine, layer)))
			}
		}
	}
	return t
}

func (f *fig2bData) figures() []report.Figure {
	x := report.Axis{Column: "layer", Label: "Number of layers (n)"}
	y := report.Axis{Column: "average_cosine", Label: "Average cos similarity"}
	which := fmt.Sprintf("Means over %d networks of each kind, pairs of different inputs.", f.size.seeds)
	noBias := "No layer has a bias."
	if f.published {
		which = "One network of each kind, with the pairs of an input with itself included, as published."
		noBias = "As published: all but the linear network have PyTorch's default biases."
	}
	return []report.Figure{
		{
			Name: "fig2b", Table: "figure_normal", Title: "Average cosine by depth, with random biases (Figure 2b)",
			Caption: "Random networks of width 512 on 1024 random vectors. Sigmoid, ReLU and leaky ReLU soon send all inputs in one direction, tanh slowly, and a linear network hardly. " + which,
			X:       x, Y: y, Series: report.Group{Column: "activation"}, Points: []string{fig2bAuthors}, LegendAbove: true,
		}, {
			Name: "no-bias", Table: "figure_no_bias", Title: "The same without biases",
			Caption: noBias + " What is left of the effect is the activation's own: ReLU starts at 1/pi and rises, linear and odd (tanh) networks stay at 0. " + which,
			X:       x, Y: y, Series: report.Group{Column: "activation"}, Marks: []string{"1/pi"}, LegendAbove: true,
		}, {
			Name: "theory", Table: "figure_theory", Title: "Nine activations against the theory of infinitely wide networks",
			Caption: "Lines: theory, for the three kinds of bias. Rings: what was measured. GELU and its relatives wait until the signal has become as small as the biases, then fall into a cone at once. " + which,
			X:       x, Y: y, Series: report.Group{Column: "source"}, Panel: report.Group{Column: "activation"}, Points: []string{"measured"},
			Lines: []string{biasLabels[models.NormalBias], biasLabels[models.UniformBias], biasLabels[models.NoBias]}, Across: 3, LegendAbove: true,
		}, {
			Name: "stackings", Table: "figure_stackings", Title: "The stackings of the old figure",
			Caption: "n times the same steps. Where the stack ends in a linear map the cone is as narrow as after the activation before it. " + which,
			X:       x, Y: y, Series: report.Group{Column: "stacking"}, LegendAbove: true,
		},
	}
}
