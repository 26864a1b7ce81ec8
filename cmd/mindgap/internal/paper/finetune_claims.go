package paper

import (
	"fmt"
	"math"
	"strings"

	"mindgap/cmd/mindgap/internal/report"
)

// claims are what the paper says of Supplementary Figure 8, as measured here.
func (f *finetuned) claims() []report.Claim {
	rises := 0
	var means []string
	for i, tau := range taus {
		o := f.at(tau, gapOf)
		means = append(means, o.String())
		if i > 0 && o.mean < f.at(taus[i-1], gapOf).mean {
			rises++
		}
	}
	hot, cold := f.of(taus[0], gapOf), f.of(taus[len(taus)-1], gapOf)
	var slopes, share, change []float64
	for k, start := range f.start {
		var x, y []float64
		for _, tau := range taus {
			x, y = append(x, math.Log10(tau)), append(y, f.of(tau, gapOf)[k])
		}
		slopes = append(slopes, slope(x, y))
		share = append(share, hot[k]/start.Held.Gap)
		change = append(change, cold[k]-start.Held.Gap)
	}
	published := finetunePublished.gap
	last := len(published) - 1
	var logs []float64
	for _, tau := range taus {
		logs = append(logs, math.Log10(tau))
	}
	return []report.Claim{
		{
			ID: "falls-with-temperature", Kind: report.Observation,
			Text:  fmt.Sprintf("The gap falls as the temperature grows: steps from one temperature to the next higher one at which the mean gap grows. From tau = 1 to 1/100 it is %s.", strings.Join(means, ", ")),
			Paper: "no step", Got: float64(rises), Want: "= 0", Holds: rises == 0,
		},
		below("slope", "The change of the gap with a temperature ten times as high", slope(logs, published), interval(slopes), 0),
		below("hot-closes", "At tau = 1 the gap closes: what is left of it, as a share of the gap before", published[0]/finetunePublishedStart, interval(share), 1),
		above("cold-opens", "At tau = 1/100, CLIP's own, the gap does not close: its change", published[last]-finetunePublishedStart, interval(change), 0),
	}
}
