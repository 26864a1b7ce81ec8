package paper

import (
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
)

// finetunePublished are the paper's numbers by temperature, from high to low (E9): CLIP ViT-B/16
// on COCO's validation pairs, and its accuracy on a classification that the figure does not name.
var finetunePublished = struct{ gap, images, texts, accuracy []float64 }{
	gap:      []float64{.2384, .3028, .5524, .6352, .7961, 1.0006},
	images:   []float64{.0214, .1896, .1772, .2048, .2090, .1836},
	texts:    []float64{.0170, .1660, .1740, .2098, .2036, .1894},
	accuracy: []float64{.1918, .5036, .4525, .4544, .5065, .3348},
}

// finetunePublishedStart is the gap before training on.
const finetunePublishedStart = .8262

func (f *finetuned) tables(e *Env) map[string]*report.Table {
	t := &report.Table{
		Doc:     fmt.Sprintf("A row per temperature and seed: the gap, R@1 both ways and the loss of %d held-out pairs at the end, and the accuracy of a zero-shot classification (of drawn scenes by colour, %d captions standing for a class).", f.lab.held, templates),
		Columns: []string{"tau", "learn_scale", "seed", "gap", "r1_image", "r1_text", "zero_shot", "loss", "step"},
	}
	for _, r := range f.runs {
		t.Add(r.tau, f.learn, e.Seed+uint64(r.seed), r.Held.Gap, r.Held.RecallImages, r.Held.RecallTexts, zeroShotOf(r.outcome), r.Held.InfoNCE, r.steps)
	}
	start := &report.Table{
		Doc:     "The models that training goes on from, by seed; tau as it is then.",
		Columns: []string{"seed", "gap", "r1_image", "r1_text", "zero_shot", "tau"},
	}
	for k, o := range f.start {
		start.Add(e.Seed+uint64(k), o.Held.Gap, o.Held.RecallImages, o.Held.RecallTexts, zeroShotOf(o), 1/o.Held.LogitScale)
	}
	seen := &report.Table{
		Doc:     "The gap of the first 500 training pairs, which the released code looks at, beside that of held-out pairs, and tau at the end.",
		Columns: []string{"tau", "seed", "gap_training_pairs", "gap_held_out", "tau_end"},
	}
	for _, r := range f.runs {
		seen.Add(r.tau, e.Seed+uint64(r.seed), r.Seen.Gap, r.Held.Gap, 1/r.Held.LogitScale)
	}
	return map[string]*report.Table{"temperature": t, "start": start, "training_pairs": seen, "figure8": f.drawn()}
}

// The series of Supplementary Figure 8.
const (
	seriesBefore = "ours before training on"
	seriesTexts  = "ours, texts choose among images"
	seriesPaper  = "the paper's (CLIP on COCO)"
	seriesPaper0 = "the paper's before"
	seriesPaperT = "the paper's, texts choose among images"
)

// drawn is what the figure shows: our means with intervals, and the paper's numbers.
func (f *finetuned) drawn() *report.Table {
	t := &report.Table{
		Doc:     "Means over seeds with 95 % intervals, and the paper's numbers, as drawn.",
		Columns: []string{"panel", "series", "tau", "value", "low", "high"},
	}
	for _, p := range []struct {
		panel, series string
		of            func(*outcome) float64
		paper         string
		published     []float64
	}{
		{"gap", f.lab.ours(), gapOf, seriesPaper, finetunePublished.gap},
		{"R@1", f.lab.ours(), recallImagesOf, seriesPaper, finetunePublished.images},
		{"R@1", seriesTexts, recallTextsOf, seriesPaperT, finetunePublished.texts},
		{"zero-shot accuracy", f.lab.ours(), zeroShotOf, seriesPaper, finetunePublished.accuracy},
	} {
		for i, tau := range taus {
			o := f.at(tau, p.of)
			t.Add(p.panel, p.series, tau, o.mean, o.lo(), o.hi())
			t.Add(p.panel, p.paper, tau, p.published[i], nil, nil)
		}
		if p.panel != "gap" {
			continue
		}
		before := f.before()
		for _, tau := range []float64{taus[0], taus[len(taus)-1]} {
			t.Add(p.panel, seriesBefore, tau, before.mean, nil, nil)
			t.Add(p.panel, seriesPaper0, tau, finetunePublishedStart, nil, nil)
		}
	}
	return t
}

// before is the gap that training goes on from.
func (f *finetuned) before() overSeeds {
	var list []float64
	for _, o := range f.start {
		list = append(list, o.Held.Gap)
	}
	return interval(list)
}

func (f *finetuned) figures() []report.Figure {
	return []report.Figure{{
		Name: "figure8", Table: "figure8", Title: "Training on at six temperatures (Supplementary Figure 8)" + f.lab.titleMark(),
		Caption: fmt.Sprintf("Gap, R@1 and zero-shot accuracy after training on at each temperature: means of %d runs with 95 %% intervals. Dashed: the gap before. The paper's numbers are of another model and other data; what may agree is the shape.%s", trainingSeeds, f.lab.captionMark()),
		X:       report.Axis{Column: "tau", Label: "temperature", Log: true}, Y: report.Axis{Column: "value"},
		Low: "low", High: "high",
		Series: report.Group{Column: "series"}, Panel: report.Group{Column: "panel"},
		Marks: []string{seriesBefore, seriesPaper0}, FreeY: true, LegendAbove: true,
	}}
}
