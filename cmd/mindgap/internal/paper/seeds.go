package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// trainingSeeds is how many times each training run is repeated with other random numbers, as
// in Section 4.4.
const trainingSeeds = 3

// overSeeds is the mean of a quantity over seeds with its 95 % t-interval.
type overSeeds struct{ mean, half float64 }

func (o overSeeds) lo() float64 { return o.mean - o.half }
func (o overSeeds) hi() float64 { return o.mean + o.half }

// String reads "0.412 +- 0.031".
func (o overSeeds) String() string { return fmt.Sprintf("%.3g +- %.2g", o.mean, o.half) }

// interval is the mean and interval of values, one of each seed: at least two.
func interval(values []float64) overSeeds {
	t, err := geometry.TInterval(values, .95)
	if err != nil {
		return overSeeds{math.NaN(), math.NaN()}
	}
	return overSeeds{t.Value, t.Hi - t.Value}
}

// slope is that of the line of least squares through points (x, y).
func slope(x, y []float64) float64 {
	var mx, my, xy, xx float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(x))
	}
	for i := range x {
		xy, xx = xy+(x[i]-mx)*(y[i]-my), xx+(x[i]-mx)*(x[i]-mx)
	}
	return xy / xx
}

// below and above are observations that a quantity lies on one side of a limit, with its whole
// interval.
func below(id, text string, paper any, o overSeeds, limit float64) report.Claim {
	return report.Claim{
		ID: id, Kind: report.Observation, Text: fmt.Sprintf("%s: %v over %d seeds (95 %% interval).", text, o, trainingSeeds),
		Paper: paper, Got: o.mean, Want: fmt.Sprintf("< %g, with its interval", limit), Holds: o.hi() < limit,
	}
}

func above(id, text string, paper any, o overSeeds, limit float64) report.Claim {
	return report.Claim{
		ID: id, Kind: report.Observation, Text: fmt.Sprintf("%s: %v over %d seeds (95 %% interval).", text, o, trainingSeeds),
		Paper: paper, Got: o.mean, Want: fmt.Sprintf("> %g, with its interval", limit), Holds: o.lo() > limit,
	}
}
