package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

// shiftTolerance is for the landscape (EXPERIMENTS.md, Part 2, item 6): of a loss
// and of a distance.
const shiftTolerance = 1e-3

// Reference values for features_clip.npy (E8), in float64: distances and symmetric losses at
// 1/tau = 100 and 1 for some shifts.
var (
	shiftRefDelta    = []float64{-5, -4, -3, -2, -1, -.75, -.5, -.25, 0, .25, .5, .75, 1, 1.25, 1.5, 2, 3, 4, 4.75}
	shiftRefDistance = []float64{1.9108, 1.8739, 1.8101, 1.6883, 1.4294, 1.3245, 1.1958, 1.0392, .8514, .6315, .3831, .1149, -.1605, -.4270, -.6721, -1.0707, -1.5304, -1.7348, -1.8147}
	shiftRefLoss     = map[int][]float64{
		0: {2.5210, 2.0896, 1.5607, 1.0939, .8201, .7513, .6730, .5989, .5660, .6306, .8736, 1.3495, 1.9506, 2.5001, 2.8167, 2.6633, 1.6477, 1.4820, 1.7337},
		5: {3.8964, 3.8902, 3.8798, 3.8609, 3.8252, 3.8125, 3.7983, 3.7830, 3.7676, 3.7535, 3.7428, 3.7374, 3.7383, 3.7454, 3.7571, 3.7869, 3.8386, 3.8680, 3.8805},
	}
)

// shiftRef is one row of E8's second table: the loss without a shift, and the smallest on
// the grid with its shift. Of the symmetric loss also the bottom between the grid points and
// the one local maximum and other local minimum, where there are such.
type shiftRef struct {
	curve              int
	start, loss, delta float64
	distance           float64
	bottom             float64
	turns              [][2]float64 // distance, loss: maximum, then minimum
}

var shiftRefSymmetric = []shiftRef{
	{0, .56602, .56602, 0, .8514, .56596, [][2]float64{{-.8876, 2.8470}, {-1.6973, 1.4515}}},
	{1, .66970, .66455, .25, .6315, .65490, [][2]float64{{-.8876, 1.8876}, {-1.4482, 1.7580}}},
	{3, 1.64373, 1.49397, .5, .3831, 1.49314, nil},
	{5, 3.76756, 3.73737, .75, .1149, 3.73696, nil},
}

var shiftRefPublished = []shiftRef{
	{0, .52316, .52316, 0, .8514, math.NaN(), nil},
	{1, .64862, .63024, .25, .6315, math.NaN(), nil},
	{3, 1.64287, 1.49414, .5, .3831, math.NaN(), nil},
	{5, 3.76759, 3.73754, .75, .1149, math.NaN(), nil},
}

func (r *shiftRun) claims() []report.Claim {
	out := []report.Claim{
		checkAtMost("engine-loss", "The device's losses agree with float64: the largest difference as a share of its bound, which follows from float32's rounding of rows, products and exponentials.", float64(r.loss), 1),
		checkAtMost("engine-distance", "The device's distances agree with float64: the largest difference as a share of its bound.", float64(r.distance), 1),
	}
	if r.Authors {
		out = append(out, r.referenceClaims()...)
	}
	return append(out, r.observations()...)
}

// checkAtMost is a check that a number does not exceed a limit.
func checkAtMost(id, text string, got, limit float64) report.Claim {
	return report.Claim{ID: id, Kind: report.Check, Text: text, Got: got, Want: wantMost(limit), Holds: got <= limit}
}

// checkEquals is a check that a number is exactly what it has to be.
func checkEquals(id, text string, got, want float64) report.Claim {
	return report.Claim{ID: id, Kind: report.Check, Text: text, Got: got, Want: fmt.Sprintf("= %g", want), Holds: got == want}
}

func (r *shiftRun) referenceClaims() []report.Claim {
	var distances, losses, table, extrema worstShare
	for i, delta := range shiftRefDelta {
		k := r.at(delta)
		distances.see(r.curves[0].Distance[k], shiftRefDistance[i], 1)
		for c, want := range shiftRefLoss {
			losses.see(r.curves[c].Loss[k], want[i], 1)
		}
	}
	refs := shiftRefSymmetric
	if r.published {
		refs = shiftRefPublished
	}
	where := 0
	for _, ref := range refs {
		c := r.curves[ref.curve]
		m := c.Minimum()
		table.see(c.Loss[r.at(0)], ref.start, 1)
		table.see(c.Loss[m], ref.loss, 1)
		table.see(c.Distance[m], ref.distance, 1)
		if c.Delta[m] == ref.delta {
			where++
		}
		if r.published {
			continue
		}
		extrema.see(r.optima[ref.curve].Loss, ref.bottom, 1)
		high, low := c.LocalMaxima(), c.LocalMinima()
		if n := len(ref.turns) / 2; len(high) != n || len(low) != n {
			extrema = worstShare(math.Inf(1))
		} else if n == 1 {
			for i, k := range []int{high[0], low[0]} {
				extrema.see(c.Distance[k], ref.turns[i][0], 1)
				extrema.see(c.Loss[k], ref.turns[i][1], 1)
			}
		}
	}
	out := []report.Claim{
		checkAtMost("gap", "The gap of features_clip.npy is 0.851352, as computed from that file in float64 by other means: the difference.", math.Abs(r.gap-.851352), 1e-5),
		checkAtMost("pc1", "The first principal component explains 0.28018 of the variance: the difference.", math.Abs(r.pca.Ratio[0]-.28018), 1e-4),
		checkAtMost("distances", "Remaining gaps at 19 shifts are those of that computation: the largest difference.", float64(distances), shiftTolerance),
		checkAtMost("start-and-minimum", "Losses without a shift, smallest losses and their distances at 1/tau = 100, 50, 20, 1 are those of that computation: the largest difference.", float64(table), shiftTolerance),
		checkEquals("minima", "At 1/tau = 100, 50, 20, 1 the loss is smallest at delta = 0, 0.25, 0.5, 0.75: how many of these.", float64(where), 4),
	}
	if !r.published {
		out = append(out,
			checkAtMost("losses", "Losses at 19 shifts at 1/tau = 100 and 1 are those of that computation: the largest difference.", float64(losses), shiftTolerance),
			checkAtMost("turns", "One local maximum and one other local minimum at 1/tau = 100 and 50, none at 20 and 1, with their losses and distances, and the bottom between grid points, are those of that computation: the largest difference.", float64(extrema), shiftTolerance))
	}
	return out
}

// at is the place of a shift in the grid.
func (r *shiftRun) at(delta float64) int {
	for k, d := range r.curves[0].Delta {
		if d == delta {
			return k
		}
	}
	return 0
}

// observations are what the paper says of Figure 3, on whatever embeddings there are.
func (r *shiftRun) observations() []report.Claim {
	cold, hot := r.curves[0], r.curves[len(r.curves)-1]
	c, h := cold.Minimum(), hot.Minimum()
	rises := 0
	for i := 1; i < len(r.curves); i++ {
		a, b := r.curves[i-1], r.curves[i]
		if b.Distance[b.Minimum()] > a.Distance[a.Minimum()] {
			rises++
		}
	}
	barrier := cold.Loss[r.at(0)]
	for k, d := range cold.Distance {
		if math.Abs(d) < r.gap {
			barrier = max(barrier, cold.Loss[k])
		}
	}
	return []report.Claim{
		{
			ID: "default-gap-is-best", Kind: report.Observation, Text: "At temperature 1/100 the loss is smallest at the gap as it is: the shift of the smallest loss.",
			Paper: "the default gap is the global minimum", Got: cold.Delta[c], Want: "= 0", Holds: cold.Delta[c] == 0,
		}, {
			ID: "barrier", Kind: report.Observation, Text: "At temperature 1/100 closing the gap costs: the largest loss between the gap and its mirror image, less the loss at the gap.",
			Paper: "closing the gap increases the loss", Got: barrier - cold.Loss[r.at(0)], Want: "> 0", Holds: barrier > cold.Loss[r.at(0)],
		}, {
			ID: "hot-closes", Kind: report.Observation, Text: "At temperature 1 the loss is smallest near a closed gap: the remaining gap there, as a share of the gap.",
			Paper: .084 / .822, Got: math.Abs(hot.Distance[h]) / r.gap, Want: "<= 0.25", Holds: math.Abs(hot.Distance[h]) <= r.gap/4,
		}, {
			ID: "falls-with-temperature", Kind: report.Observation, Text: "The higher the temperature, the smaller the gap at which the loss is smallest: steps from one temperature to the next at which it grows.",
			Paper: "no step", Got: float64(rises), Want: "= 0", Holds: rises == 0,
		},
	}
}
