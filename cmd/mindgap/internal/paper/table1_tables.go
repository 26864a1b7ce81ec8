package paper

import (
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// table1Paper is Table 1: top-1 accuracy, or the area under the ROC curve, of CLIP ViT-B/16
// without a shift and with the best of 40 on the test data; and what the shift does to the gap.
var table1Paper = []struct {
	name, metric, prompt string
	start, shifted       float64
	direction            string
}{
	{"CIFAR10", "accuracy", "a photo of [class].", .9013, .9081, "up"},
	{"CIFAR100", "accuracy", "a photo of [class].", .6658, .6737, "down"},
	{"EuroSAT", "accuracy", "a centered satellite photo of [class].", .5410, .5645, "down"},
	{"SVHN", "accuracy", `a street sign of the number: "[class]".`, .5389, .5396, "up"},
	{"HatefulMemes", "auc", "a meme. / a hatespeech meme.", .5800, .5811, "up"},
}

func table1Tables(e *Env, sets []*table1Set) map[string]*report.Table {
	table := &report.Table{
		Doc:     "A row per data set: the metric without a shift, and with the best of 40 shifts chosen on the same pictures, as the paper has it; whether that shift makes the gap larger (up) or smaller (down); the p-value of the chi-square test of two proportions that the paper reports, which takes the shift as if it had not been picked; and the metric with the shift that is best on one half, scored on the other.",
		Columns: []string{"dataset", "default", "modified", "direction", "p_value", "held_out_modified"},
	}
	half := &report.Table{
		Doc:     "The shift chosen on one half of the pictures and scored on the other: a gain that is not made by picking. p_value is that of two proportions on the scored half, as the paper's; but both are of the same pictures, for which McNemar's exact test is the right one: paired_p, of the pictures that only the shift gets right (gained) and that only it gets wrong (lost).",
		Columns: []string{"dataset", "metric", "chosen_on", "scored_on", "delta", "direction", "default", "modified", "gain", "p_value", "gained", "lost", "paired_p"},
	}
	sweep := &report.Table{
		Doc:     "A row per data set, shift and metric: x - delta/2 u and y + delta/2 u, u the unit direction of the gap between the pictures and the texts of the classes; distance is the remaining gap, positive on the original side. hit@5: the class is among the five most similar; r5_image: an image's caption is among its five, r5_text the reverse; auc: the area under the ROC curve.",
		Columns: []string{"dataset", "delta", "distance", "metric", "value"},
	}
	shape := &report.Table{
		Doc:     "What each data set is to the model: classes, pictures, the gap between pictures and the texts of the classes; lambda is the paper's factor of the best shift, delta/(2 |gap|).",
		Columns: []string{"dataset", "prompt", "classes", "n", "gap", "best_delta", "lambda"},
	}
	curves := &report.Table{Doc: "The metrics over the gap as drawn (of retrieval, R@1 alone), and the gap before the shift.", Columns: []string{"dataset", "curve", "distance", "value"}}
	points := &report.Table{Doc: "Pictures and texts of the classes in the plane of the uncentred SVD of both, at most 300 of each.", Columns: []string{"dataset", "modality", "x", "y"}}
	for _, t := range sets {
		if t.retrieval == "" {
			var other any
			if h := t.half; h != nil {
				other = h.shifted
				half.Add(t.Name, t.metrics()[0].name, h.chosenOn, h.scoredOn, h.delta, h.direction(), h.start, h.shifted, h.shifted-h.start, h.p, h.gained, h.lost, h.paired)
			}
			table.Add(t.Name, t.all.start, t.all.shifted, t.all.direction(), t.all.p, other)
			shape.Add(t.Name, t.Prompt, len(t.Classes), len(t.labels), t.gap, t.all.delta, geometry.LambdaOfDelta(t.all.delta, t.gap))
		}
		t.addSweep(sweep, curves)
		if t.retrieval != "text" {
			t.addPoints(points)
		}
	}
	out := map[string]*report.Table{
		"table1": table, "sweep": sweep, "sets": shape, "curves": curves, "svd": points, "paper": table1Published(), "table5": table5Published(),
	}
	if !e.AsPublished {
		out["held_out"] = half
	}
	return out
}

func (t *table1Set) addSweep(sweep, curves *report.Table) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range t.metrics() {
		for _, p := range t.points {
			v := t.value(m, p, nil)
			sweep.Add(t.Name, p.delta, p.distance, m.name, v)
			if t.retrieval == "" || m.hits == 1 {
				lo, hi = min(lo, v), max(hi, v)
				curves.Add(t.Name, m.name, p.distance, v)
			}
		}
	}
	if t.retrieval != "text" {
		curves.Add(t.Name, shiftStart, t.gap, lo)
		curves.Add(t.Name, shiftStart, t.gap, hi)
	}
}

// table1Drawn is how many points of a modality a picture shows.
const table1Drawn = 300

func (t *table1Set) addPoints(points *report.Table) {
	if t.svd == nil {
		return
	}
	for _, side := range []struct {
		name string
		rows geometry.Rows
	}{{"image", t.svd.A}, {"text", t.svd.B}} {
		for i := range min(side.rows.N, table1Drawn) {
			points.Add(t.Name, side.name, side.rows.Row(i)[0], side.rows.Row(i)[1])
		}
	}
}

func table1Published() *report.Table {
	t := &report.Table{
		Doc:     "Table 1 as printed: CLIP ViT-B/16, the best of 40 shifts on the test data.",
		Columns: []string{"dataset", "metric", "prompt", "default", "modified", "direction"},
	}
	for _, x := range table1Paper {
		t.Add(x.name, x.metric, x.prompt, x.start, x.shifted, x.direction)
	}
	return t
}

func table5Published() *report.Table {
	t := &report.Table{
		Doc:     "Supplementary Table 5: accuracies on whole data sets as printed, the p-value that follows from them, and the printed one.",
		Columns: []string{"dataset", "n", "default", "modified", "p_value", "paper_p_value"},
	}
	for _, z := range zeroShotChanges {
		p, err := z.pValue()
		if err != nil {
			p = math.NaN()
		}
		t.Add(z.name, z.n, z.original, z.shifted, p, z.p)
	}
	return t
}

func table1Figures(mark string) []report.Figure {
	return []report.Figure{
		{
			Name: "sweep", Table: "curves", Title: "Zero-shot metrics over the gap (Supplementary Figure 10)",
			Caption: "Images and texts of each data set are moved along the gap between them. From right to left: gap widened, as it is (dashed), closed (0), crossed. The top of a curve beside the dashed line is a better gap than the one that training left. " + mark,
			X:       report.Axis{Column: "distance", Label: "remaining gap, signed"}, Y: report.Axis{Column: "value", Label: "metric"},
			Series: report.Group{Column: "curve"}, Panel: report.Group{Column: "dataset"},
			Marks: []string{shiftStart}, FreeY: true, Across: 3, LegendAbove: true,
		}, {
			Name: "svd", Table: "svd", Title: "Images and class texts in the plane (Supplementary Figure 10, right)",
			Caption: "The two largest singular directions of the stacked, uncentred rows: images and the few texts of the classes lie apart. " + mark,
			X:       report.Axis{Column: "x", Label: "SVD 1"}, Y: report.Axis{Column: "y", Label: "SVD 2"},
			Series: report.Group{Column: "modality"}, Panel: report.Group{Column: "dataset"},
			Points: []string{"image", "text"}, FreeX: true, FreeY: true, Across: 3, LegendAbove: true,
		},
	}
}
