package paper

import (
	"strings"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn/models"
)

// stacking is a network of the released notebook's old figure: n times the same steps.
type stacking struct {
	name  string
	steps string // what runs: it differs from the name where the notebook does something else
	bias  models.Bias
}

// stackings of the old figure, and the appendix's linear network with default biases. The
// notebook is called "no bias", but its layers before activations have PyTorch's default
// biases, and its linear+relu+linear applies a second ReLU (quirk D4).
func stackings(asPublished bool) []stacking {
	bias, second := models.NoBias, ""
	if asPublished {
		bias, second = models.UniformBias, "+relu"
	}
	return []stacking{
		{"relu+linear", "relu+linear", bias},
		{"linear+relu", "linear+relu", bias},
		{"linear+relu+linear", "linear+relu+linear" + second, bias},
		{"linear+leaky_relu", "linear+leaky_relu", bias},
		{"linear", "linear", models.NoBias},
		{"linear with default bias", "linear", models.UniformBias},
	}
}

// apply is one time the steps, x to y; each linear step takes weights of its own.
func (k stacking) apply(y, x, spare *tensor, w []*models.Weights) {
	steps := strings.Split(k.steps, "+")
	if len(steps)%2 == 0 { // so that the last step ends in y
		y, spare = spare, y
	}
	for _, step := range steps {
		switch step {
		case "linear":
			models.MLP{Bias: k.bias, Activation: models.ActivationByName("linear")}.Layer(y, x, w[0])
			w = w[1:]
		case "relu":
			kernels.ReLU(y, x)
		case "leaky_relu":
			kernels.LeakyReLU(y, x)
		}
		x, y, spare = y, spare, y
	}
}

// theory is the cosine at infinite width after each n.
func (k stacking) theory(width, depth int) []float64 {
	s := geometry.LayerState{Square: float64(width)}
	out := []float64{s.Cosine}
	for range depth {
		for _, step := range strings.Split(k.steps, "+") {
			if step == "linear" {
				s = s.Linear(k.bias.Variance())
			} else {
				s = s.Apply(geometry.ActivationByName(step), width)
			}
		}
		out = append(out, s.Cosine)
	}
	return out
}

// stackingTables are every seed, the theory, and what the old figure shows.
func (f *fig2bData) stackingTables(t map[string]*report.Table) {
	all := &report.Table{
		Doc:     "The stackings of the released notebook's old figure, n times the same steps: the mean cosine of pairs i != j after each n, and with the diagonal included.",
		Columns: []string{"stacking", "steps", "bias", "seed", "layer", "mean_cosine", "mean_cosine_full"},
	}
	theory := &report.Table{
		Doc:     "The same at infinite width.",
		Columns: []string{"stacking", "steps", "bias", "layer", "mean_cosine", "mean_cosine_full"},
	}
	drawn := &report.Table{
		Doc:     "What the figure of the stackings shows: means over the seeds.",
		Columns: []string{"stacking", "layer", "average_cosine"},
	}
	for _, k := range f.stacks {
		for seed, list := range k.cosine {
			for n, c := range list {
				all.Add(k.name, k.steps, k.bias.String(), seed, n, c, f.full(c))
			}
		}
		for n, c := range k.theory(f.size.width, f.size.depth) {
			theory.Add(k.name, k.steps, k.bias.String(), n, c, f.full(c))
			drawn.Add("n x ("+k.name+")", n, f.plotted(mean(k.cosine, n)))
		}
	}
	t["stackings"], t["stackings_theory"], t["figure_stackings"] = all, theory, drawn
}

// stackingDeviation is the largest distance of a stacking's mean from its theory.
func (f *fig2bData) stackingDeviation() float64 {
	worst := 0.0
	for _, k := range f.stacks {
		for n, c := range k.theory(f.size.width, f.size.depth) {
			worst = max(worst, abs(mean(k.cosine, n)-c))
		}
	}
	return worst
}
