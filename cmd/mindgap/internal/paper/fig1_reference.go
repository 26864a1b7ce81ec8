package paper

import "math"

// fig1Reference is a number that was computed from the authors' file in float64 (EXPERIMENTS.md,
// E2 and Part 2) with the deviation that is allowed.
type fig1Reference struct {
	Model, Init, Quantity string
	Value, Tolerance      float64
	Claim                 string // that it belongs to
}

// fig1Columns are E2's quantities in the order of fig1Rows, with their tolerances of Part 2;
// half a unit of the last digit printed where Part 2 names none.
var fig1Columns = []struct {
	Quantity  string
	Tolerance float64
	Claim     string
}{
	{"gap", 1e-5, "gap"},
	{"norm_mean_a", 1e-5, "cosines"}, {"norm_mean_b", 1e-5, "cosines"}, {"cos_means", 1e-5, "cosines"},
	{"within_a", 1e-5, "cosines"}, {"within_a_min", 1e-5, "cosines"}, {"within_a_max", 1e-5, "cosines"}, {"within_a_sd", 1e-5, "cosines"},
	{"within_b", 1e-5, "cosines"}, {"within_b_min", 1e-5, "cosines"}, {"within_b_max", 1e-5, "cosines"}, {"within_b_sd", 1e-5, "cosines"},
	{"matched", 1e-5, "cosines"}, {"mismatched", 1e-5, "cosines"},
	{"r1_ab", 0, "retrieval"}, {"r1_ba", 0, "retrieval"},
	{"margin", 1e-4, "margin"}, {"pc1_gap_cos", 1e-4, "pc1"}, {"pc1_explained", 1e-4, "explained"},
	{"s1", 1e-3, "singular"}, {"s2", 1e-3, "singular"}, {"svd_gap", 1e-4, "svd-gap"},
}

var fig1Rows = []struct {
	Model, Init string
	Values      []float64
}{
	{"clip", Pretrained, []float64{0.851352, 0.729671, 0.718445, 0.308819, 0.531483, 0.161442, 0.963163, 0.096089, 0.515194, 0.087570, 0.963261, 0.109591, 0.309919, 0.161595, 0.552, 0.506, 0.4159, 0.99975, 0.28018, 18.6116, 13.5641, 0.8511}},
	{"clip", Random, []float64{1.136057, 0.825870, 0.814943, 0.041281, 0.681424, -0.228284, 0.999123, 0.250508, 0.663460, 0.380190, 0.943515, 0.069710, 0.028531, 0.027782, 0.002, 0.002, 0.7994, 0.99959, 0.50279, 18.8726, 18.0205, 1.1357}},
	{"videoclip", Pretrained, []float64{1.066891, 0.831860, 0.706942, 0.045487, 0.688879, 0.487306, 0.938482, 0.064741, 0.494714, 0.209037, 0.923563, 0.103667, 0.091525, 0.026096, 0.37, 0.24, 0.8444, 0.99987, 0.41576, 8.3559, 7.0959, 1.0667}},
}

// fig1References are all references: the table above, and what E2 says of all eight files.
func fig1References() []fig1Reference {
	var out []fig1Reference
	for _, row := range fig1Rows {
		for i, c := range fig1Columns {
			out = append(out, fig1Reference{row.Model, row.Init, c.Quantity, row.Values[i], c.Tolerance, c.Claim})
		}
	}
	for _, f := range FeatureFiles {
		purity, components, accuracy := 1., 2., 1.
		if f.Model == "convirt" && f.Init == Pretrained {
			purity, components, accuracy = .99379, 1, .998
		}
		out = append(out,
			fig1Reference{f.Model, f.Init, "separability", 1, 0, "separability"},
			fig1Reference{f.Model, f.Init, "purity", purity, .5e-5, "purity"},
			fig1Reference{f.Model, f.Init, "components", components, 0, "components"},
			fig1Reference{f.Model, f.Init, "svd_accuracy", accuracy, .5e-3, "svd-accuracy"})
	}
	return out
}

// quantities are a panel's numbers by the names of the references.
func (p *fig1Panel) quantities() map[string]float64 {
	names, values := p.Device.list()
	s := &p.Shape
	out := map[string]float64{
		"separability": s.Separation.Accuracy, "margin": s.Separation.Margin,
		"pc1_gap_cos": s.PC1Gap, "pc1_explained": s.Explained,
		"s1": s.SVD.Singular[0], "s2": s.SVD.Singular[1], "svd_gap": s.SVD.Gap, "svd_accuracy": s.SVD.Accuracy,
		"purity": s.Purity, "components": float64(s.Components),
	}
	for k, side := range []string{"within_a", "within_b"} {
		out[side+"_sd"], out[side+"_min"], out[side+"_max"] = s.Cones[k].SD, s.Cones[k].Min, s.Cones[k].Max
	}
	for i, name := range names {
		out[name] = values[i]
	}
	return out
}

// fig1Compared is a reference beside what was measured.
type fig1Compared struct {
	fig1Reference
	Got float64
}

// off is the deviation. Shares of rows are whole numbers of them: they agree where the
// deviation is rounding.
func (c fig1Compared) off() float64 {
	d := math.Abs(c.Got - c.Value)
	if c.Tolerance == 0 && d < 1e-9 {
		return 0
	}
	return d
}

// fig1Compare finds the references of the panels that are the authors' unchanged files.
func fig1Compare(panels []*fig1Panel) []fig1Compared {
	var out []fig1Compared
	for _, p := range panels {
		if !p.Authors {
			continue
		}
		got := p.quantities()
		for _, r := range fig1References() {
			if r.Model == p.Model && r.Init == p.Init {
				out = append(out, fig1Compared{r, got[r.Quantity]})
			}
		}
	}
	return out
}
