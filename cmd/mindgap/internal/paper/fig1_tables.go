package paper

import (
	"fmt"
	"strings"

	"mindgap/cmd/mindgap/internal/report"
)

func fig1Tables(panels []*fig1Panel) map[string]*report.Table {
	gap := &report.Table{
		Doc:     "A row per model and initialisation: a is the image, video, X-ray or protein, b the text. Means of cosines are over pairs of different rows; r1 is the share of rows whose partner is the nearest; separability is the accuracy of a cut along the gap. Computed on the device, rows normalised in float64.",
		Columns: []string{"model", "init", "note", "n", "d", "gap", "within_a", "within_b", "matched", "mismatched", "cos_means", "r1_ab", "r1_ba", "separability", "pc1_gap_cos"},
	}
	shape := &report.Table{
		Doc: "How the two sets lie: lengths of the means; the cosines within a modality; projections on the gap; the first principal component; the plane of the uncentred SVD; the graph of the 14 nearest neighbours.",
		Columns: []string{"model", "init", "norm_mean_a", "norm_mean_b",
			"within_a_sd", "within_a_min", "within_a_max", "within_b_sd", "within_b_min", "within_b_max",
			"a_from", "a_to", "b_from", "b_to", "margin", "pc1_explained", "s1", "s2", "svd_gap", "svd_accuracy", "purity", "components"},
	}
	for _, p := range panels {
		n, s := p.Device, p.Shape
		gap.Add(p.Model, p.Init, p.Note, p.N, p.D, n.Gap, n.WithinA, n.WithinB, n.Matched, n.Mismatched, n.CosMeans, n.RecallA, n.RecallB, s.Separation.Accuracy, s.PC1Gap)
		a, b, cut := s.Cones[0], s.Cones[1], s.Separation
		shape.Add(p.Model, p.Init, n.NormA, n.NormB, a.SD, a.Min, a.Max, b.SD, b.Min, b.Max,
			cut.RangeA[0], cut.RangeA[1], cut.RangeB[0], cut.RangeB[1], cut.Margin, s.Explained, s.SVD.Singular[0], s.SVD.Singular[1], s.SVD.Gap, s.SVD.Accuracy, s.Purity, s.Components)
	}
	out := map[string]*report.Table{"gap": gap, "shape": shape, "float64": fig1Exact(panels), "points": fig1Points(panels)}
	if compared := fig1Compare(panels); len(compared) > 0 {
		t := &report.Table{
			Doc:     "Ours beside numbers computed from the authors' files in float64 by other means, with the largest difference allowed.",
			Columns: []string{"model", "init", "quantity", "value", "reference", "difference", "tolerance"},
		}
		for _, c := range compared {
			t.Add(c.Model, c.Init, c.Quantity, c.Got, c.Value, c.off(), c.Tolerance)
		}
		out["reference"] = t
	}
	return out
}

func fig1Exact(panels []*fig1Panel) *report.Table {
	t := &report.Table{
		Doc:     "The same numbers on the device and in float64.",
		Columns: []string{"model", "init", "quantity", "device", "float64", "difference"},
	}
	for _, p := range panels {
		names, device := p.Device.list()
		_, exact := p.Exact.list()
		for i, name := range names {
			t.Add(p.Model, p.Init, name, device[i], exact[i], device[i]-exact[i])
		}
	}
	return t
}

// fig1Points holds the pictures; the text comes first, as the first colour is its blue.
func fig1Points(panels []*fig1Panel) *report.Table {
	t := &report.Table{
		Doc:     "The pictures: a row per embedding, with its place in the plane of each view. modality is a (image, video, X-ray, protein) or b (text); rows of one panel and pair belong together.",
		Columns: []string{"panel", "model", "init", "modality", "pair"},
	}
	for _, v := range panels[0].Views {
		t.Columns = append(t.Columns, v.Name+"_x", v.Name+"_y")
	}
	for _, p := range panels {
		for _, side := range []struct {
			name string
			from int
		}{{"b", p.N}, {"a", 0}} {
			for i := range p.N {
				row := []any{p.title(), p.Model, p.Init, side.name, i}
				for _, v := range p.Views {
					at := v.Rows.Row(side.from + i)
					row = append(row, at[0], at[1])
				}
				t.Add(row...)
			}
		}
	}
	return t
}

// title heads a panel of the figures: the picture does not show the gap, the number does.
func (p *fig1Panel) title() string {
	name := map[string]string{
		"clip": "CLIP", "videoclip": "VideoCLIP", "convirt": "ConVIRT", "clasp": "CLASP",
		"clip-random": "CLIP run here", "clip-weights": "CLIP of --weights", "own": "own model",
	}[p.Model]
	init := p.Init
	if strings.HasPrefix(p.Note, "surrogate") {
		name = map[bool]string{true: "surrogate of ", false: "surrogate: "}[p.featureSet.Note == ""] + name
	}
	if strings.HasPrefix(p.Note, "random except") {
		init = "random*"
	}
	return fmt.Sprintf("%s, %s: gap %.2f", name, init, p.Device.Gap)
}

func fig1Figures(e *Env, panels []*fig1Panel) []report.Figure {
	rows := "First the pretrained models (Figure 1b), then the same with random weights (Figure 1c)."
	if e.Features == "" {
		rows = "Surrogate: random encoders of this program in place of the four models' (Figure 1c)."
	} else if !e.AsPublished {
		rows += " * VideoCLIP and ConVIRT are random except for a pretrained text model."
	}
	for _, p := range panels {
		if p.featureSet.Note != "" {
			rows += fmt.Sprintf(" Run here: %s (%s).", p.title(), p.featureSet.Note)
		}
	}
	tsne := "t-SNE of the same rows."
	if e.Scale == Quick {
		tsne = fmt.Sprintf("t-SNE of the same rows, %d iterations instead of 1000 at the quick scale.", fig1Iterations)
	}
	var out []report.Figure
	for _, v := range []struct{ name, axis, title, caption string }{
		{"umap", "UMAP", "Two modalities, two islands (Figure 1b, 1c)", "UMAP of the stacked rows with umap-learn's default options. " + rows + " Each thin line joins a pair. Positions, axes and distances between islands mean nothing; that there are two does. The number is the distance between the means in the full space."},
		{"svd", "SVD", "The same without UMAP's freedom (Supplementary Figure 4)", "The two largest singular directions of the stacked, uncentred rows: a linear view, in which the gap is nearly its true size. " + rows},
		{"pca", "PC", "Principal components", "The two first principal components of the stacked rows. The first one runs along the gap. " + rows},
		{"tsne", "t-SNE", "t-SNE", tsne + " " + rows},
	} {
		out = append(out, report.Figure{
			Name: v.name, Table: "points", Title: v.title, Caption: v.caption,
			X:      report.Axis{Column: v.name + "_x", Label: v.axis + " 1"},
			Y:      report.Axis{Column: v.name + "_y", Label: v.axis + " 2"},
			Series: report.Group{Column: "modality", Names: []string{"text", "image, video, X-ray or protein"}},
			Panel:  report.Group{Column: "panel"}, Join: "pair", Across: 4, LegendAbove: true,
		})
	}
	return out
}
