package paper

import (
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// sphereRef is a row of E10: loss at dtheta 0, smallest loss on whole degrees and where, and
// where exactly. NaN: not given there.
type sphereRef struct {
	spacing     float64
	matched     bool
	scale       float64
	zero, least float64
	degrees     int
	exact       float64
}

var sphereRefs = []sphereRef{
	{20, false, 1, 1.547743, 1.547743, 0, 0}, {20, false, 5, 1.095220, 1.095220, 0, 0},
	{20, false, 35, .886648, .809527, 53, 52.6872}, {20, false, 50, 1.083448, .809519, 65, 64.8926},
	{20, false, 100, 2.014244, .809611, 78, 77.7512},
	{20, true, 1, 1.527640, 1.527640, 0, 0}, {20, true, 5, .994708, .994708, 0, 0}, {20, true, 35, .183062, .183062, 0, 0},
	{20, true, 50, .078325, .078325, 0, 0}, {20, true, 100, .003998, .003998, 0, 0},
	{15, false, 1, 1.635970, 1.635970, 0, 0}, {15, false, 5, 1.262897, 1.262897, 0, 0},
	{15, false, 100, 1.189438, .809100, 68, 68.019},
	{15, true, 1, 1.624612, 1.624612, 0, 0}, {15, true, 5, 1.206107, 1.206107, 0, 0}, {15, true, 100, .053632, .053632, 0, 0},
}

// Values of E10 for the mismatched arrangement at 20 degrees: losses at s = 100, and
// distances at the minima.
var (
	sphereRefAt100     = map[int]float64{30: 1.749868, 45: 1.444602, 60: 1.083448, 75: .819842}
	sphereRefDistance  = map[int]float64{53: .8645, 65: 1.0255, 78: 1.1791}
	sphereRefBestScale = 21.21580
)

func sphereClaims(curves []sphereCurve) []report.Claim {
	var losses, exact, poles, even, distances, share worstShare
	where, matchedAtZero := 0, 0
	for _, c := range curves {
		share = max(share, worstShare(c.share))
		poles.see(c.loss[0], math.Log(6), 1)
		poles.see(c.loss[len(c.loss)-1], math.Log(6), 1)
		for d := range sphereDegrees + 1 {
			even.see(c.loss[sphereAt(-d)], c.loss[sphereAt(d)], 1)
		}
		degrees, least := c.argmin()
		if c.Matched && degrees == 0 {
			matchedAtZero++
		}
		for _, ref := range sphereRefs {
			if ref.spacing != c.Spacing || ref.matched != c.Matched || ref.scale != c.scale {
				continue
			}
			losses.see(c.loss[sphereAt(0)], ref.zero, 1)
			losses.see(least, ref.least, 1)
			if !c.Matched {
				exact.see(c.ArgminDegrees(c.scale), ref.exact, 1)
			}
			if degrees == ref.degrees {
				where++
			}
		}
		if c.Spacing == 20 && !c.Matched && c.scale == 100 {
			for d, want := range sphereRefAt100 {
				losses.see(c.loss[sphereAt(d)], want, 1)
			}
		}
	}
	wide := geometry.Sphere{Spacing: 20}
	for d, want := range sphereRefDistance {
		distances.see(wide.Distance(float64(d)), want, 1)
	}
	out := []report.Claim{
		checkAtMost("engine", "The device's loss of the points agrees with the closed form for all 3620 rows: the largest difference as a share of its bound, which follows from float32's rounding.", float64(share), 1),
		checkAtMost("losses", "Losses at dtheta 0, smallest losses on whole degrees, and at s = 100 also at 30, 45, 60, 75 degrees are those computed by other means, for both spacings: the largest difference.", float64(losses), 1e-5),
		checkAtMost("poles", "At dtheta -90 and 90 all logits are equal and the loss is ln 6: the largest difference (rounding of cos 90 degrees and of the sum).", float64(poles), 1e-12),
		checkEquals("argmin", "On whole degrees the loss is smallest where that computation has it (53, 65, 78 for s = 35, 50, 100 at 20 degrees): how many of 16.", float64(where), float64(len(sphereRefs))),
		checkAtMost("exact-argmin", "The exact place of the minimum, arccos(c*/s), is that of that computation, in degrees: the largest difference.", float64(exact), 1e-3),
		checkAtMost("best-scale", "The effective scale of the smallest loss at 20 degrees is c* = 21.2158: the difference.", math.Abs(wide.BestScale()-sphereRefBestScale), 1e-4),
		checkAtMost("distances", "The gap at the minima at 20 degrees is 0.8645, 1.0255, 1.1791: the largest difference from these four digits.", float64(distances), 5e-5),
		checkEquals("matched-at-zero", "Without mismatch the loss is smallest at a closed gap, at every logit scale and spacing: how many of 10.", float64(matchedAtZero), 10),
		checkAtMost("even", "The loss does not tell up from down: the largest difference of dtheta and -dtheta.", float64(even), 1e-12),
	}
	return append(out, sphereStory(curves))
}

// sphereStory is what the paper says of Figure 3g.
func sphereStory(curves []sphereCurve) report.Claim {
	var got float64
	for _, c := range curves {
		if c.Spacing == 20 && !c.Matched && c.scale == 100 {
			_, least := c.argmin()
			got = c.loss[sphereAt(0)] - least
		}
	}
	return report.Claim{
		ID: "repulsion", Kind: report.Check, Text: "With two pairs swapped, closing the gap at temperature 1/100 costs: the loss at dtheta 0 less the smallest (closed form).",
		Paper: "a gap is preferred at low temperatures", Got: got, Want: "> 0", Holds: got > 0,
	}
}

func sphereTables(curves []sphereCurve) map[string]*report.Table {
	t := &report.Table{
		Doc:     "A row per arrangement, logit scale 1/tau and whole degree: six images on the equator, spacing degrees apart, and their texts moved dtheta degrees towards a pole; matched is false where the first two texts have changed places. The loss is the closed form in float64; distance is the signed gap.",
		Columns: []string{"spacing", "matched", "logit_scale", "dtheta", "loss", "distance"},
	}
	m := &report.Table{
		Doc:     "The smallest loss: on whole degrees (of the two places +-argmin_deg the upper one), and the exact place arccos(c*/s).",
		Columns: []string{"spacing", "matched", "logit_scale", "argmin_deg", "loss", "exact_deg"},
	}
	g := &report.Table{
		Doc:     "The curves as drawn in Figure 3g and Supplementary Figure 9.",
		Columns: []string{"panel", "temperature", "dtheta", "loss"},
	}
	names := []string{"1", "1/5", "1/35", "1/50", "1/100"}
	for i, c := range curves {
		for k, loss := range c.loss {
			d := k - sphereDegrees
			t.Add(c.Spacing, c.Matched, c.scale, d, loss, c.Distance(float64(d)))
			g.Add(spherePanel(c.Sphere), names[i%len(names)], d, loss)
		}
		degrees, loss := c.argmin()
		m.Add(c.Spacing, c.Matched, c.scale, degrees, loss, c.ArgminDegrees(c.scale))
	}
	return map[string]*report.Table{"sphere": t, "minima": m, "curves": g}
}

func spherePanel(s geometry.Sphere) string {
	name := "two pairs swapped"
	if s.Matched {
		name = "all pairs matched"
	}
	if s.Spacing == 15 {
		name += ", 15 degrees"
	}
	return name
}

func sphereFigures() []report.Figure {
	return []report.Figure{{
		Name: "loss", Table: "curves", Title: "Figure 3g and Supplementary Figure 9: the loss when the texts move towards a pole",
		Caption: "The loss of six pairs over the angle between the two modalities, at five temperatures. With two pairs swapped, low temperatures have two valleys away from 0: a gap is preferred, and closing it costs. With all pairs matched the loss is smallest with no gap. The upper row has the spacing of 20 degrees that the published curves have, the lower one the 15 degrees of the paper's text.",
		X:       report.Axis{Column: "dtheta", Label: "angle between the modalities (degrees)"}, Y: report.Axis{Column: "loss", Label: "contrastive loss"},
		Series: report.Group{Column: "temperature", Label: "temperature"}, Panel: report.Group{Column: "panel"},
		LegendAbove: true, Across: 2,
	}}
}
