package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

func fig2cTables(list []*cones) map[string]*report.Table {
	table := &report.Table{
		Doc:     "A row per kind of network: the share of a row's 14 nearest neighbours that come from its own network, the mean cosine between rows of different networks, and the singular values of the centred rows; dominant_directions is where they fall most steeply.",
		Columns: []string{"network", "input", "seeds", "n", "purity", "cross_seed_cosine", "dominant_directions", "s24", "s25"},
	}
	cosines := &report.Table{
		Doc:     "Mean cosines within a network and across networks, with the derived standard deviation of the latter around 1/pi.",
		Columns: []string{"network", "input", "within_seed_cosine", "cross_seed_cosine", "sd_derived"},
	}
	spectrum := &report.Table{Doc: "The singular values of the centred rows.", Columns: []string{"network", "k", "singular"}}
	points := map[string]*report.Table{}
	for _, name := range []string{"umap", "pca"} {
		points[name] = &report.Table{Doc: fmt.Sprintf("The first rows of each network, at most %d, in the plane (%s).", conesDrawn, name), Columns: []string{"network", "seed", "x", "y"}}
	}
	for _, c := range list {
		k := c.size.seeds
		table.Add(c.network, c.input, k, c.size.n, c.purity, c.across, c.dominant, c.value(k-1), c.value(k))
		cosines.Add(c.network, c.input, c.within, c.across, c.spread)
		for i, s := range c.singular {
			spectrum.Add(c.name(), i+1, s)
		}
		for i, seed := range c.labels() {
			if i%c.size.n >= conesDrawn {
				continue
			}
			points["umap"].Add(c.name(), seed, c.umap.Row(i)[0], c.umap.Row(i)[1])
			points["pca"].Add(c.name(), seed, c.pca.Row(i)[0], c.pca.Row(i)[1])
		}
	}
	return map[string]*report.Table{"cones": table, "cosines": cosines, "spectrum": spectrum, "umap": points["umap"], "pca": points["pca"]}
}

// conesDrawn is how many rows of a network the pictures show.
const conesDrawn = 80

// value is singular value k, counted from 1; NaN where there are fewer.
func (c *cones) value(k int) float64 {
	if k < 1 || k > len(c.singular) {
		return math.NaN()
	}
	return c.singular[k-1]
}

func fig2cClaims(list []*cones) []report.Claim {
	var out []report.Claim
	for _, c := range list {
		if c.net != nil {
			out = append(out, networkClaims(c)...)
			continue
		}
		id := "-" + c.id()
		want := c.size.seeds - 1
		off := abs(c.across-1/math.Pi) / c.spread
		fall := c.value(want) / c.value(want+1)
		kind := report.Observation
		if c.within > .99 { // cones are points: 25 of them span exactly 24 directions
			kind = report.Check
		}
		out = append(out,
			check("cross-seed"+id, fmt.Sprintf("%s: the mean cosine between outputs of different networks is 1/pi = 0.3183, that of independent ReLU outputs (%.4f): the distance in standard deviations, which are derived from the width and the number of networks.", c.network, c.across),
				"about 0.5 for ResNet, which ends in ReLU as well", off, sigmas),
			report.Claim{
				ID: "directions" + id, Kind: kind,
				Text:  fmt.Sprintf("%s: %d cones span %d directions about their mean, and the singular values fall most steeply after these (by a factor of %.3g).", c.network, c.size.seeds, want, fall),
				Paper: 24, Got: float64(c.dominant), Want: fmt.Sprintf("= %d", want), Holds: c.dominant == want,
			}, report.Claim{
				ID: "purity" + id, Kind: report.Observation,
				Text:  c.network + ": the 14 nearest neighbours of a row come from its own network.",
				Paper: "25 separate islands", Got: c.purity, Want: "= 1", Holds: c.purity == 1,
			}, report.Claim{
				ID: "cone" + id, Kind: report.Observation,
				Text:  c.network + ": each cone is narrower than the cones are close, mean cosine within a network less that across.",
				Paper: "disjoint cones", Got: c.within - c.across, Want: "> 0", Holds: c.within > c.across,
			})
	}
	return out
}

func fig2cFigures(e *Env, size fig2cSize) []report.Figure {
	var seeds []string
	for seed := range size.seeds {
		seeds = append(seeds, fmt.Sprint(seed))
	}
	more := ""
	if size.trained > 0 {
		more = " " + trainedSays(e, size) + "."
	}
	figure := func(name, axis, title, caption string) report.Figure {
		return report.Figure{
			Name: name, Table: name, Title: title,
			Caption: caption + fmt.Sprintf(" %d networks that differ in their random weights alone, the same random inputs for all (%d for the networks of Figure 2(a), %d for the MLP).", size.seeds, size.inputs, size.n) + more,
			X:       report.Axis{Column: "x", Label: axis + " 1"}, Y: report.Axis{Column: "y", Label: axis + " 2"},
			Series: report.Group{Column: "seed", Label: "seed"}, Panel: report.Group{Column: "network"},
			Points: seeds, LegendAbove: true, FreeX: true, FreeY: true, Across: 3,
		}
	}
	return []report.Figure{
		figure("umap", "UMAP", "Every initialisation makes its own cone (UMAP; Figure 2c)",
			"Each island is one network's outputs. The distances between islands mean nothing here."),
		figure("pca", "PC", "The same in the first two principal components (Supplementary Figure 5b)",
			"The cones lie apart in 24 directions, of which a plane shows two: they seem to overlap here, more so after 5 layers than after 25, where each has shrunk to a point."),
	}
}
