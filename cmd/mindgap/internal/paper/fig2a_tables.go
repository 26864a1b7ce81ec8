package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

func fig2aTables(cells []*coneStats) map[string]*report.Table {
	cosine := &report.Table{
		Doc:     "A row per cell of the figure: the cosines of all pairs of different embeddings. std divides by the number of ordered pairs less one; paper_mean is the published mean of 5,000 inputs.",
		Columns: []string{"row", "model", "n", "mean", "std", "min", "q25", "median", "q75", "max", "paper_mean", "note"},
	}
	histogram := &report.Table{Doc: "How many ordered pairs have a cosine within the bin about this value.", Columns: []string{"cell", "row", "model", "cosine", "pairs"}}
	for _, c := range cells {
		paper := fig2aPaper[c.row][c.net.name]
		if c.missing {
			none := math.NaN()
			cosine.Add(c.row, c.net.name, 0, none, none, none, none, none, none, none, paper, c.note)
			continue
		}
		cosine.Add(c.row, c.net.name, c.n, c.mean, c.std, c.min, c.q25, c.median, c.q75, c.max, paper, c.note)
		for i, count := range c.histogram.Counts {
			histogram.Add(c.cell(), c.row, c.net.name, c.histogram.Lo+(float64(i)+.5)*c.histogram.Width(), 2*float64(count))
		}
	}
	return map[string]*report.Table{"cosine": cosine, "histogram": histogram}
}

// cell names a cell of the figure for its panel.
func (c *coneStats) cell() string {
	if c.own {
		return map[string]string{"vit": "Own image tower", "text": "Own text tower"}[c.net.name] + ", trained (surrogate)"
	}
	model := map[string]string{"resnet18": "ResNet-18", "vit": "ViT-B/32", "text": "Text"}[c.net.name]
	if c.row == rowReal && c.note != "" {
		return model + ", drawn scenes"
	}
	return model + map[string]string{rowPretrained: ", pretrained", rowReal: ", real inputs", rowNoise: ", noise"}[c.row]
}

func fig2aFigures(says string) []report.Figure {
	return []report.Figure{{
		Name: "histogram", Table: "histogram", Title: "Cosines between all pairs of embeddings",
		Caption: "Each panel is one encoder (column) and one kind of weights and inputs (row), with ranges of its own: the smaller the values on the horizontal axis are spread about a value far from 0, the narrower the cone. " + marked(says),
		X:       report.Axis{Column: "cosine", Label: "cosine"}, Y: report.Axis{Column: "pairs", Label: "pairs"},
		Series: report.Group{Column: "row"}, Panel: report.Group{Column: "cell"},
		FreeX: true, FreeY: true, Across: 3, LegendAbove: true, Lines: []string{rowPretrained, rowReal, rowNoise},
	}}
}

// The acceptance for noise (EXPERIMENTS 15): the paper has one run of 5,000 inputs; means of
// other initialisations scatter by this much.
var fig2aNoise = []struct {
	model           string
	mean, tolerance float64
}{{"resnet18", .9993, .0007}, {"vit", .937, .03}, {"text", .411, .08}}

func fig2aClaims(cells []*coneStats) []report.Claim {
	var out []report.Claim
	for _, want := range fig2aNoise {
		for _, c := range cells {
			if c.row != rowNoise || c.net.name != want.model {
				continue
			}
			// A mean over the pairs of n inputs has a standard error of at most 2 std/sqrt(n).
			limit := want.tolerance + sigmas*2*c.std/math.Sqrt(float64(c.n))
			out = append(out, report.Claim{
				ID: "noise-" + want.model, Kind: report.Check,
				Text: fmt.Sprintf("%s with random weights on noise: the mean cosine (%.4f) lies as far from the paper's as other initialisations may, and five standard errors of %d inputs.",
					c.net.title, c.mean, c.n),
				Paper: fig2aPaper[rowNoise][want.model], Got: math.Abs(c.mean - want.mean), Want: fmt.Sprintf("<= %.4g", limit), Holds: math.Abs(c.mean-want.mean) <= limit,
			})
		}
	}
	for _, c := range cells {
		if c.missing {
			continue
		}
		text := "%s, %s: embeddings point the same way, mean cosine above 0."
		if c.note != "" {
			text += " (" + c.note + ")"
		}
		title := c.net.title
		if c.own {
			title = c.cell()
		}
		out = append(out, report.Claim{
			ID: "cone-" + c.row + "-" + c.net.name, Kind: report.Observation, Text: fmt.Sprintf(text, title, c.row),
			Paper: fig2aPaper[c.row][c.net.name], Got: c.mean, Want: "> 0.2", Holds: c.mean > .2,
		})
		if c.net.name == "resnet18" {
			out = append(out, report.Claim{
				ID: "nonnegative-" + c.row, Kind: report.Check,
				Text:  "ResNet-18's features have passed a ReLU, so no cosine between them is negative: part of its cone is this (quirk D6).",
				Paper: "a footnote says that no model ends in ReLU", Got: c.min, Want: ">= 0", Holds: c.min >= 0,
			})
		}
	}
	return out
}

// marked is a caption's sentence on what was run on.
func marked(says string) string { return "Run on: " + says + "." }
