package paper

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// sigmas is how many standard deviations a check allows: one in 3.5 million by chance.
const sigmas = 5

// rateLimit is the largest violation rate that agrees with a reference rate: 1.3 times it (EXPERIMENTS.md,
// Part 2, item 11), or the reference plus five standard deviations of the difference
// of two frequencies of n draws, where that is more. A frequency of 0 stands for up to 1/n.
func rateLimit(reference float64, n int) float64 {
	p := max(reference, 1/float64(n))
	spread := math.Sqrt(2 * p * (1 - p) / float64(n))
	return max(1.3*reference, reference+sigmas*spread)
}

func thm1Tables(cells []thm1Cell) map[string]*report.Table {
	v := &report.Table{
		Doc:     "A row per pair of inputs and width: how often the cosine after the layer was not larger than before, and its mean beside the exact value at infinite width.",
		Columns: []string{"r", "rho", "d_out", "draws", "rate", "mean_cosine", "exact_cosine"},
	}
	l := &report.Table{
		Doc:     "Violation rates beside those of independent draws, and the largest rate that agrees with them.",
		Columns: []string{"r", "rho", "d_out", "rate", "reference", "limit"},
	}
	for i, c := range cells {
		v.Add(c.pair.R, c.pair.Rho, c.width.DOut, c.width.Draws, c.rate(), c.mean, c.pair.exact())
		if c.pair.Reference != nil {
			ref := c.pair.Reference[i%len(thm1Widths)]
			l.Add(c.pair.R, c.pair.Rho, c.width.DOut, c.rate(), ref, rateLimit(ref, c.width.Draws))
		}
	}
	return map[string]*report.Table{"violations": v, "reference": l, "cosine": thm1Growth(cells)}
}

// thm1Growth is the cosine after the layer over the cosine before it.
func thm1Growth(cells []thm1Cell) *report.Table {
	t := &report.Table{
		Doc:     "The cosine after the layer by the cosine before it: exact at infinite width, and as measured at the largest width.",
		Columns: []string{"r", "rho", "source", "cosine"},
	}
	widest := thm1Widths[len(thm1Widths)-1].DOut
	for _, r := range []float64{1, 1.5, 2} {
		for i := range 51 {
			rho := float64(i) / 50
			t.Add(r, rho, "after, exact", geometry.LayerCosine(r, rho))
		}
		for _, c := range cells {
			if c.pair.R == r && c.width.DOut == widest {
				t.Add(r, c.pair.Rho, "after, measured", c.mean)
			}
		}
		for i := range 51 {
			rho := float64(i) / 50
			t.Add(r, rho, "before", rho)
		}
	}
	return t
}

func thm1Claims(cells []thm1Cell) []report.Claim {
	const statement = "probability >= 1 - O(1/d_out)"
	nw := len(thm1Widths)
	inside := 0
	for _, p := range thm1Pairs {
		if p.Rho < geometry.Theorem1Bound(p.R) {
			inside++
		}
	}
	worstRate, zero, worstFall, worstCosine := 0.0, 0, math.Inf(-1), 0.0
	constant, expected := 0.0, 0.0
	for i := 0; i < len(cells); i += nw {
		row := cells[i : i+nw]
		for j, c := range row {
			if ref := c.pair.Reference; ref != nil {
				worstRate = max(worstRate, c.rate()/rateLimit(ref[j], c.width.Draws))
			}
			constant = max(constant, c.rate()*float64(c.width.DOut))
		}
		zero += row[nw-1].violations
		expected += expectedViolations(row[nw-2], row[nw-1])
		worstFall = max(worstFall, fall(row[0], row[3]), fall(row[1], row[2]), fall(row[2], row[3]))
		worstCosine = max(worstCosine, cosineDeviation(row[2], row[3]))
	}
	most := mostViolations(expected)
	return []report.Claim{
		{
			ID: "conditions", Kind: report.Check,
			Text:  "Every pair of inputs is within the theorem's condition cos(u,v) < 2r/(1+r^2).",
			Paper: "cos(u,v) < (1/2 (r + 1/r))^-1", Got: float64(inside), Want: fmt.Sprintf("= %d", len(thm1Pairs)), Holds: inside == len(thm1Pairs),
		}, {
			ID: "rates", Kind: report.Check,
			Text:  "Violation rates agree with those of independent draws: the largest ratio of a rate to its limit (1.3 times the other, or 5 standard deviations above it).",
			Paper: statement, Got: worstRate, Want: "<= 1", Holds: worstRate <= 1,
		}, {
			ID: "none-at-1024", Kind: report.Observation,
			Text:  fmt.Sprintf("Violations among all %d layers of width 1024.", len(cells)/nw*cells[nw-1].width.Draws),
			Paper: statement, Got: float64(zero), Want: "= 0", Holds: zero == 0,
		}, {
			ID: "few-at-1024", Kind: report.Check,
			Text:  fmt.Sprintf("These violations agree with the normal law of the cosine, extrapolated from width 256: it expects %.2g.", expected),
			Paper: statement, Got: float64(zero), Want: fmt.Sprintf("<= %d", most), Holds: zero <= most,
		}, {
			ID: "falls-as-1/d", Kind: report.Check,
			Text:  "The violation rate falls at least as fast as 1/d_out, from 16 to 1024 and at each step from 64 on: the largest excess, in standard deviations.",
			Paper: statement, Got: worstFall, Want: "<= 5", Holds: worstFall <= sigmas,
		}, {
			ID: "mean-cosine", Kind: report.Check,
			Text:  "The mean cosine, extrapolated from widths 256 and 1024 to infinity, is the exact kappa((1+r rho)/sqrt(2(1+r^2))): the largest deviation, in standard errors.",
			Paper: "E cos >= (1+u.v)/sqrt((1+|u|^2)(1+|v|^2))", Got: worstCosine, Want: "<= 5", Holds: worstCosine <= sigmas,
		}, {
			ID: "constant", Kind: report.Observation,
			Text:  "The constant of O(1/d_out) that these inputs ask for: the largest rate times d_out.",
			Paper: "not given", Got: constant, Want: "finite", Holds: !math.IsInf(constant, 0),
		},
	}
}

// fall is how far the rate at the larger width lies above the rate at the smaller one times
// the ratio of the widths, in standard deviations of that difference. A frequency of 0
// stands for up to 1/draws.
func fall(small, large thm1Cell) float64 {
	ratio := float64(small.width.DOut) / float64(large.width.DOut)
	variance := func(c thm1Cell) float64 {
		n := float64(c.width.Draws)
		p := max(c.rate(), 1/n)
		return p * (1 - p) / n
	}
	sd := math.Sqrt(variance(large) + ratio*ratio*variance(small))
	return (large.rate() - ratio*small.rate()) / sd
}

// expectedViolations extrapolates a number of violations from a smaller width: the cosine
// after the layer is nearly normal with a standard deviation that falls as 1/sqrt(d_out), so
// the distance to the cosine before it, in standard deviations, grows as sqrt(d_out).
func expectedViolations(small, large thm1Cell) float64 {
	p := max(small.rate(), 1/float64(small.width.Draws))
	z := distuv.UnitNormal.Quantile(p) * math.Sqrt(float64(large.width.DOut)/float64(small.width.DOut))
	return float64(large.width.Draws) * distuv.UnitNormal.CDF(z)
}

// mostViolations is the largest count that a Poisson law of the expected number allows,
// with the probability of five standard deviations left above it.
func mostViolations(expected float64) int {
	law := distuv.Poisson{Lambda: expected}
	k := 0
	for law.Survival(float64(k)) > distuv.UnitNormal.Survival(sigmas) {
		k++
	}
	return k
}

// cosineDeviation compares the exact cosine at infinite width with the measured means. A
// mean of a ratio of sums over d coordinates has a bias a/d + O(1/d^2); two widths remove
// a/d (Richardson): (m2 d2 - m1 d1) / (d2 - d1).
func cosineDeviation(small, large thm1Cell) float64 {
	d1, d2 := float64(small.width.DOut), float64(large.width.DOut)
	limit := (large.mean*d2 - small.mean*d1) / (d2 - d1)
	se := math.Hypot(large.se*d2, small.se*d1) / (d2 - d1)
	return math.Abs(limit-large.pair.exact()) / se
}

func thm1Figures() []report.Figure {
	return []report.Figure{
		{
			Name: "violations", Table: "violations", Title: "How often a layer does not bring vectors nearer",
			Caption: "The share of random layers after which the cosine is not larger than before, by the width of the layer, for three ratios r of the lengths. It falls faster than 1/d_out. Rates of 0 lie below the axis and are not drawn.",
			X:       report.Axis{Column: "d_out", Label: "width of the layer, d_out", Log: true},
			Y:       report.Axis{Column: "rate", Label: "violation rate", Log: true},
			Series:  report.Group{Column: "rho", Label: "cos(u,v)"}, Panel: report.Group{Column: "r", Label: "r"},
			LegendTop: true,
		}, {
			Name: "cosine", Table: "cosine", Title: "The cosine before and after one ReLU layer",
			Caption: "The cosine after a layer of infinite width (curve) and the mean at width 1024 (points) lie above the cosine before it for every pair that the theorem covers: cosines up to 2r/(1+r^2), that is 1, 0.923 and 0.8. Beyond, vectors of different length that are nearly parallel are turned apart.",
			X:       report.Axis{Column: "rho", Label: "cosine before the layer"},
			Y:       report.Axis{Column: "cosine", Label: "cosine"},
			Series:  report.Group{Column: "source"}, Panel: report.Group{Column: "r", Label: "r"},
			Points: []string{"after, measured"},
		},
	}
}
