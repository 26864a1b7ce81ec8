package paper

import (
	"fmt"
	"slices"

	"mindgap/cmd/mindgap/internal/report"
)

// claims are what the paper says in Sections 4.3 and 4.4, as measured here.
func (x *initOpt) claims() []report.Claim {
	_, kept := x.of(original)
	before, opened := x.of(amended)
	var less, share, slopes []float64
	for k := range trainingSeeds {
		less = append(less, kept[k]-opened[k])
		share = append(share, opened[k]/kept[k])
		var gaps []float64
		for _, rate := range mismatchRates {
			gaps = append(gaps, x.mismatched(rate)[k])
		}
		slopes = append(slopes, slope(mismatchRates, gaps))
	}
	o := interval(share)
	return []report.Claim{
		above("original-keeps", "With the original initialisation the gap after training is large", gapRuns[1].mean, interval(kept), .3),
		{
			ID: "amended-starts-closed", Kind: report.Observation, Text: "The amendment takes the gap away: the largest gap before training over the seeds.",
			Paper: slices.Max(gapRuns[2].runs), Got: slices.Max(before), Want: "< 0.06", Holds: slices.Max(before) < .06,
		},
		above("amended-re-opens", "Training at temperature 1/100 opens it again", gapRuns[3].mean, interval(opened), .3),
		above("initialisation-counts", "Where it was not amended, more of it is left: the difference of the two gaps after training", gapRuns[1].mean-gapRuns[3].mean, interval(less), 0),
		{
			ID: "optimisation-share", Kind: report.Observation,
			Text:  fmt.Sprintf("The gap that optimisation opens, as a share of the one with the original initialisation: %v over %d seeds (95 %% interval).", o, trainingSeeds),
			Paper: .57, Got: o.mean, Want: "between 0 and 1", Holds: o.mean > 0 && o.mean < 1,
		},
		above("mismatch", fmt.Sprintf("The more wrong pairs, the larger the gap: its change from no wrong pairs to all, by the line through %d shares", len(mismatchRates)), "wrong pairs keep a gap (Figure 3e-g)", interval(slopes), 0),
	}
}
