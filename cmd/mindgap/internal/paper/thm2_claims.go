package paper

import (
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

func thm2Tables(shares []share) map[string]*report.Table {
	v := &report.Table{
		Doc:     "Layer by layer: the share of the variance that the initialisation contributes, beta of the layer before, the closed form of the share at infinite width, and the bound 1 - 0.73347 (1 - beta) that the proof of Theorem 4 gives.",
		Columns: []string{"layer", "ratio", "beta", "closed_form", "tighter_bound"},
	}
	errors := &report.Table{
		Doc:     "Standard errors of the measured numbers (delete-one jackknife over the networks), and beta at infinite width. above_tighter is the ratio less the tighter bound.",
		Columns: []string{"layer", "ratio", "ratio_se", "beta", "beta_se", "beta_exact", "above_tighter", "above_tighter_se"},
	}
	drawn := &report.Table{Doc: "What the figure shows.", Columns: []string{"curve", "layer", "share"}}
	for _, s := range shares {
		v.Add(s.Layer, s.ratio, s.beta, s.Ratio, 1-proofFactor*(1-s.beta))
		errors.Add(s.Layer, s.ratio, s.ratioError, s.beta, s.betaError, s.Beta, s.slack, s.slackE)
	}
	for _, c := range []struct {
		name string
		of   func(share) float64
	}{
		{"closed form", func(s share) float64 { return s.Ratio }},
		{"tighter bound", func(s share) float64 { return s.Tighter }},
		{"beta", func(s share) float64 { return s.Beta }},
	} {
		for _, s := range shares {
			drawn.Add(c.name, s.Layer, c.of(s))
		}
	}
	for _, s := range shares {
		drawn.Add("measured", s.Layer, s.ratio)
	}
	return map[string]*report.Table{"variance": v, "errors": errors, "figure": drawn}
}

// thm2Claims: both bounds are checked; as published only the one that the theorem states
// (quirk D16).
func thm2Claims(shares []share, asPublished bool) []report.Claim {
	const statement = "Var[E[h|Theta]] / Var[h] >= beta"
	form, beta, above, tighter, sigma := 0.0, 0.0, math.Inf(1), math.Inf(1), math.Inf(-1)
	for _, s := range shares {
		form = max(form, abs(s.ratio-s.Ratio))
		beta = max(beta, abs(s.beta-s.Beta))
		above = min(above, s.ratio-s.beta)
		tighter = min(tighter, s.slack)
		sigma = max(sigma, -s.slack/s.slackE)
	}
	out := []report.Claim{
		check("closed-form", fmt.Sprintf("The share of the initialisation at layers 1 to %d is (rho_L - 1/pi)/(1 - 1/pi): the largest difference, of which 0.01 is what so many networks and inputs may scatter.", len(shares)),
			"not given", form, .01),
		check("beta", "beta of the layer before is rho_(L-1) = kappa((1 + rho_(L-2))/2): the largest difference, of which 0.01 is what so many networks and inputs may scatter.",
			"not given", beta, .01),
		{
			ID: "theorem-4", Kind: report.Check, Text: "The share of the initialisation is at least beta at every layer: the smallest difference.",
			Paper: statement, Got: above, Want: ">= 0", Holds: above >= 0,
		},
	}
	if asPublished {
		return out
	}
	return append(out, check("tighter", "The share is at least 1 - 0.73347 (1 - beta), which the proof gives (with the factor 1/2 that its intermediate line drops): how far it falls below at any layer, in standard errors of the difference. In a deep network the two are nearly equal.",
		"from the proof", sigma, sigmas), report.Claim{
		ID: "tighter-difference", Kind: report.Observation, Text: "The same difference itself, as measured and without regard to its error: the smallest over the layers. Where it is negative the draw lies below the bound of the proof.",
		Paper: "from the proof", Got: tighter, Want: ">= 0", Holds: tighter >= 0,
	})
}

func thm2Figures() []report.Figure {
	return []report.Figure{{
		Name: "variance", Table: "figure", Title: "The share of the initialisation in the variance of a layer",
		Caption: "Points: measured over 200 networks and 200 inputs. Lines: the closed form at infinite width, the bound that the proof of Theorem 4 gives, and beta, the bound of the theorem itself. From the fourth layer on more than nine tenths of the variance come from the random weights.",
		X:       report.Axis{Column: "layer", Label: "layer"},
		Y:       report.Axis{Column: "share", Label: "share of the variance"},
		Series:  report.Group{Column: "curve"}, Points: []string{"measured"},
		Lines: []string{"closed form", "tighter bound", "beta"},
	}}
}
