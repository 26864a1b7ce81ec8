package paper

import (
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
)

func (x *initOpt) tables() map[string]*report.Table {
	pairs, others := fmt.Sprintf("%d held-out pairs", x.lab.held), fmt.Sprintf("the first %d training pairs", len(x.lab.seen()))
	if x.published {
		pairs, others = others, pairs
	}
	gap := &report.Table{
		Doc:     "The gap before and after training, by initialisation and seed, of " + pairs + ".",
		Columns: []string{"init", "seed", "gap_before", "gap_after"},
	}
	other := &report.Table{Doc: "The same of " + others + ".", Columns: gap.Columns}
	for _, r := range x.runs {
		before, besideBefore := x.gaps(r.before)
		after, besideAfter := x.gaps(r.after)
		gap.Add(r.init, r.seed, before, after)
		other.Add(r.init, r.seed, besideBefore, besideAfter)
	}
	intervals := &report.Table{
		Doc:     fmt.Sprintf("Means over %d seeds and halves of the 95 %% t-interval.", trainingSeeds),
		Columns: []string{"init", "when", "mean", "half_width"},
	}
	for _, init := range []string{original, amended} {
		before, after := x.of(init)
		for i, list := range [][]float64{before, after} {
			o := interval(list)
			intervals.Add(init, []string{"before", "after"}[i], o.mean, o.half)
		}
	}
	mismatch := &report.Table{
		Doc:     "The gap after training, with the original initialisation, when the texts of a share of the training pairs were exchanged among each other for the whole run, of the same pairs as in gap; and R@1 of held-out pairs.",
		Columns: []string{"rate", "seed", "gap", "r1_image", "r1_text"},
	}
	for _, r := range x.mismatch {
		o := x.out[r.leg].Held
		mismatch.Add(r.rate, r.seed, x.gap(r.leg), o.RecallImages, o.RecallTexts)
	}
	return map[string]*report.Table{
		"gap": gap, "other_pairs": other, "interval": intervals, "mismatch": mismatch,
		"section44": x.drawn(), "section43": x.drawnMismatch(),
	}
}

// drawn is the picture of Section 4.4: 0 stands for before training, 1 for after.
func (x *initOpt) drawn() *report.Table {
	t := &report.Table{
		Doc:     "Means with intervals as drawn: 0 is before training, 1 after.",
		Columns: []string{"panel", "init", "trained", "gap", "low", "high"},
	}
	for _, init := range []string{original, amended} {
		before, after := x.of(init)
		for i, list := range [][]float64{before, after} {
			o := interval(list)
			t.Add(x.lab.ours(), init, i, o.mean, o.lo(), o.hi())
		}
	}
	for i, g := range gapRuns {
		t.Add(seriesPaper, []string{original, amended}[i/2], i%2, g.mean, g.mean-g.ci, g.mean+g.ci)
	}
	return t
}

func (x *initOpt) drawnMismatch() *report.Table {
	t := &report.Table{Doc: "Means with intervals as drawn.", Columns: []string{"rate", "gap", "low", "high"}}
	for _, rate := range mismatchRates {
		o := interval(x.mismatched(rate))
		t.Add(rate, o.mean, o.lo(), o.hi())
	}
	return t
}

// mismatched are the gaps with a share of wrong pairs, by seed.
func (x *initOpt) mismatched(rate float64) (list []float64) {
	for _, r := range x.mismatch {
		if r.rate == rate {
			list = append(list, x.gap(r.leg))
		}
	}
	return list
}

func (x *initOpt) figures() []report.Figure {
	title, caption := x.lab.titleMark(), x.lab.captionMark()
	return []report.Figure{
		{
			Name: "section44", Table: "section44", Title: "The gap before and after training, by initialisation (Section 4.4)" + title,
			Caption: fmt.Sprintf("Means of %d runs with 95 %% intervals, before and after training at temperature 1/100. Amended: before training, texts are turned onto the images, which takes the gap away.%s", trainingSeeds, caption),
			X:       report.Axis{Column: "trained", Names: []string{"before training", "after training"}}, Y: report.Axis{Column: "gap", Label: "gap"},
			Low: "low", High: "high", Series: report.Group{Column: "init"}, Panel: report.Group{Column: "panel"}, LegendAbove: true,
		}, {
			Name: "section43", Table: "section43", Title: "The gap and wrong pairs (Section 4.3)" + title,
			Caption: fmt.Sprintf("The gap after training at temperature 1/100 when the texts of a share of the training pairs were exchanged among each other: means of %d runs with 95 %% intervals. The paper shows this cause in a simulation only (Figure 3e-g).%s", trainingSeeds, caption),
			X:       report.Axis{Column: "rate", Label: "share of wrong pairs"}, Y: report.Axis{Column: "gap", Label: "gap"},
			Low: "low", High: "high",
		},
	}
}
