package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"mindgap/cmd/mindgap/internal/report"
)

func (h *harmData) tables(list []harmCounts) map[string]*report.Table {
	table := &report.Table{
		Doc:     "A row per shift of the images and group: x - delta u; gap is the remaining distance of the pairs that give u, signed; harm_a and harm_b are the percentages of the group's pictures that were taken for a prompt of either family (a: " + h.families[0] + "; b: " + h.families[1] + "), sum both, n the pictures.",
		Columns: []string{"delta", "gap", "group", "harm_a", "harm_b", "sum", "n"},
	}
	accuracy := &report.Table{Doc: "The share of all pictures whose most similar prompt is the true one, by shift.", Columns: []string{"delta", "top1"}}
	groups := &report.Table{Doc: "The confusion matrix by group: how many pictures of a group were taken for a prompt, by shift.", Columns: []string{"delta", "group", "predicted", "family", "count"}}
	classes := &report.Table{Doc: "The confusion matrix by class: how many pictures of a class were taken for a prompt, by shift.", Columns: []string{"delta", "class", "predicted", "count"}}
	curves := &report.Table{Doc: "The percentages over the gap as drawn.", Columns: []string{"kind", "group", "gap", "percent"}}
	names := [3]string{"none", h.families[0], h.families[1]}
	prompts := &report.Table{Doc: "The prompts (Supplementary Figure 11), and the family of errors that each belongs to.", Columns: []string{"class", "prompt", "family"}}
	for k, c := range h.classes {
		prompts.Add(c, h.prompts[k], names[h.family[k]])
	}
	for _, c := range list {
		for _, r := range h.rates(c) {
			table.Add(c.delta, c.gap, r.group, r.a, r.b, r.sum, r.n)
		}
		accuracy.Add(c.delta, c.top1)
		for g, row := range c.byGroup {
			for k, n := range row {
				groups.Add(c.delta, h.groups[g], h.classes[k], names[h.family[k]], n)
			}
		}
		for k, row := range c.byClass {
			for j, n := range row {
				if h.family[k] == 0 { // no picture is of the others
					classes.Add(c.delta, h.classes[k], h.classes[j], n)
				}
			}
		}
	}
	h.addCurves(curves, list)
	return map[string]*report.Table{
		"table2": table, "accuracy": accuracy, "confusion": groups, "confusion_classes": classes, "curves": curves, "prompts": prompts,
		"paper": table2Published(), "paper_accuracy": table2PublishedAccuracy(),
	}
}

func (h *harmData) addCurves(curves *report.Table, list []harmCounts) {
	list = slices.SortedFunc(slices.Values(list), func(a, b harmCounts) int { return cmp.Compare(a.gap, b.gap) }) // lines run along the gap
	for i, kind := range []string{h.families[0], h.families[1], "either"} {
		for _, c := range list {
			for _, r := range h.rates(c) {
				curves.Add(kind, r.group, c.gap, [...]float64{r.a, r.b, r.sum}[i])
			}
		}
	}
	for _, c := range list {
		curves.Add("right class", "all", c.gap, 100*c.top1)
	}
}

func table2Published() *report.Table {
	t := &report.Table{
		Doc:     "Table 2 and Supplementary Table 4 as the authors' notebook has them: CLIP ViT-B/32 on FairFace, percentages with one decimal.",
		Columns: []string{"delta", "gap", "group", "crime", "non_human", "sum"},
	}
	for _, delta := range table2Deltas {
		for _, race := range fairFaceRaces {
			p := fairFacePrinted[delta][race]
			t.Add(delta, fairFaceGap[delta], race, p[0], p[1], p[2])
		}
	}
	return t
}

func table2PublishedAccuracy() *report.Table {
	t := &report.Table{Doc: "The notebook's top-1 accuracies by shift, and their change, which the paper's text prints as 0.0008 at -0.20 (a misprint).", Columns: []string{"delta", "top1", "change"}}
	for _, delta := range table2Deltas {
		t.Add(delta, fairFaceAccuracy[delta], math.Round(1e7*(fairFaceAccuracy[delta]-fairFaceAccuracy[0]))/1e7)
	}
	return t
}

func (h *harmData) figures() []report.Figure {
	return []report.Figure{{
		Name: "harm", Table: "curves", Title: "Errors by group over the gap (Table 2, Supplementary Table 4)",
		Caption: "The percentage of each group's pictures that are taken for a prompt of a family of errors, and of all pictures that get the right class, when the images are moved along the gap. " + h.mark,
		X:       report.Axis{Column: "gap", Label: "remaining gap"}, Y: report.Axis{Column: "percent", Label: "percent of pictures"},
		Series: report.Group{Column: "group"}, Panel: report.Group{Column: "kind"}, FreeY: true, Across: 4, LegendAbove: true,
	}}
}

// The confusion picture, in points.
const (
	confusionCell = 16
	confusionLeft = 128
	confusionTop  = 28
)

// confusionSketch draws the confusion matrix at one shift: the darker, the larger the share of
// a class's pictures.
func (h *harmData) confusionSketch(c harmCounts) report.Sketch {
	k := len(h.classes)
	width, height := float64(confusionLeft+confusionCell*k+12), float64(confusionTop+confusionCell*k+12)
	s := report.Sketch{
		Name: "confusion", Title: "What pictures are taken for", Width: width, Height: height,
		Caption: "A row for each true class, a column for each prompt, in the same order; without a shift. Blue is a class that pictures have, orange (" + h.families[0] + ") and green (" + h.families[1] + ") are false of all of them, so that their rows are empty; the darker, the larger the share of the row. " + h.mark,
	}
	for i, row := range c.byClass {
		y := height - confusionTop - confusionCell*float64(i+1)
		x := confusionLeft + confusionCell*(float64(i)+.5)
		total := 0
		for _, n := range row {
			total += n
		}
		s.Shapes = append(s.Shapes,
			report.Shape{Text: fmt.Sprintf("%s  %d", h.classes[i], i+1), At: [2]float64{confusionLeft - 5, y + confusionCell/2}, Size: 8.5, Anchor: "end"},
			report.Shape{Text: fmt.Sprint(i + 1), At: [2]float64{x, height - confusionTop + 8}, Size: 8.5})
		for j, n := range row {
			cell := box(confusionLeft+confusionCell*float64(j), y, confusionCell, confusionCell)
			s.Shapes = append(s.Shapes, report.Shape{Line: cell, Closed: true, Width: .4, Color: "grid"})
			if n > 0 {
				s.Shapes = append(s.Shapes, report.Shape{
					Line: cell, Closed: true, Color: []string{"s0", "s1", "s2"}[h.family[j]], Fill: max(float64(n)/float64(total), .02),
				})
			}
		}
	}
	return s
}
