package paper

import (
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

// pointRefs are E11's losses at z = 0, by logit scale: matched, swapped, as published. NaN:
// not given there.
var pointRefs = map[float64][3]float64{
	1: {1.444198, 1.445184, 1.444691}, 5: {.537853, .542784, .540318}, 10: {.253487, .263349, .258418},
	50: {.130744, .180056, .155400}, 100: {.110148, .208771, .159460},
	500: {.022934, math.NaN(), .269491}, 1000: {.002611, math.NaN(), .495726},
}

// pointMinimum is one of E11's minimisers among the published heights, with the loss there.
type pointMinimum struct {
	labels   geometry.Labelling
	scale, z float64
	loss     float64
}

var pointMinima = []pointMinimum{
	{geometry.AsPublished, 50, .555556, .154815}, {geometry.AsPublished, 100, .818182, .154822},
	{geometry.AsPublished, 500, .959596, .154924}, {geometry.AsPublished, 1000, .979798, .154938},
	{geometry.Swapped, 50, .717172, .168360}, {geometry.Swapped, 100, .858586, .168549},
}

func pointClaims(curves []pointCurve) []report.Claim {
	var share, zero, poles, minima, half worstShare
	centre := 0
	of := map[geometry.Labelling]map[float64][]float64{}
	for _, c := range curves {
		share = max(share, worstShare(c.share))
		if of[c.labels] == nil {
			of[c.labels] = map[float64][]float64{}
		}
		of[c.labels][c.scale] = c.loss
		if want := pointRefs[c.scale][c.labels]; !math.IsNaN(want) {
			zero.see(c.loss[len(c.loss)/2], want, 1)
		}
		poles.see(c.loss[0], math.Log(9), 1)
		poles.see(c.loss[len(c.loss)-1], math.Log(9), 1)
		z, loss := c.argmin()
		if c.labels == geometry.Matched && math.Abs(z-1./99) < 1e-12 {
			centre++
		}
		for _, m := range pointMinima {
			if m.labels == c.labels && m.scale == c.scale {
				minima.see(z, m.z, 1)
				minima.see(loss, m.loss, 1)
			}
		}
	}
	for scale, published := range of[geometry.AsPublished] {
		for k, v := range published {
			half.see(v, (of[geometry.Matched][scale][k]+of[geometry.Swapped][scale][k])/2, 1)
		}
	}
	return []report.Claim{
		checkAtMost("engine", "The device's loss of the points agrees with the closed form for all rows: the largest difference as a share of its bound, which follows from float32's rounding.", float64(share), 1),
		checkAtMost("zero", "Losses at z = 0 at seven logit scales are those computed by other means, for the three kinds of labels: the largest difference.", float64(zero), 1e-5),
		checkAtMost("poles", "At z = -1 and 1 all logits are equal and the loss is ln 9: the largest difference (rounding of the sum).", float64(poles), 1e-12),
		checkEquals("matched-at-centre", "With right labels the loss is smallest at the centre of the grid, z = 1/99, at every logit scale: how many of 7.", float64(centre), float64(len(pointScales))),
		checkAtMost("minima", "The heights of the smallest loss with wrong labels, and these losses, are those computed by other means: the largest difference.", float64(minima), 1e-5),
		checkAtMost("half-a-swap", "The released code swaps half: its loss is the mean of those of right and of swapped labels (rounding).", float64(half), 1e-12),
	}
}

func pointTables(curves []pointCurve, shown geometry.Labelling) (map[string]*report.Table, error) {
	t := &report.Table{
		Doc:     "A row per kind of labels, logit scale 1/T and height: nine images at height z on the unit sphere and nine texts at -z, so that 2|z| is the gap. Labels as_published are what the released code computes where a swap was meant.",
		Columns: []string{"labels", "logit_scale", "z", "loss"},
	}
	m := &report.Table{
		Doc:     "The smallest loss among the published heights, of two that tie the upper one.",
		Columns: []string{"labels", "logit_scale", "z", "loss"},
	}
	g := &report.Table{Doc: "The curves as drawn.", Columns: []string{"labels", "temperature", "z", "loss"}}
	for i, c := range curves {
		for k, z := range c.z {
			t.Add(c.labels.String(), c.scale, z, c.loss[k])
			if c.labels == geometry.Matched || c.labels == shown {
				g.Add(pointPanels[c.labels], pointNames[i%len(pointNames)], z, c.loss[k])
			}
		}
		z, loss := c.argmin()
		m.Add(c.labels.String(), c.scale, z, loss)
	}
	view, err := pointView()
	return map[string]*report.Table{"points": t, "minima": m, "curves": g, "svd": view}, err
}

var pointPanels = map[geometry.Labelling]string{
	geometry.Matched: "right labels", geometry.Swapped: "two labels swapped", geometry.AsPublished: "labels as in the released code",
}

// pointViewHeight is the configuration that the released notebook draws.
const pointViewHeight = 0.98

// pointView is the two sets at z = 0.98 along the two largest singular directions.
func pointView() (*report.Table, error) {
	x, y := geometry.NinePoints(pointViewHeight)
	v, err := geometry.UncentredSVD(x, y)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Doc: "The points at z = 0.98 along the two largest singular directions of all.", Columns: []string{"modality", "point", "svd1", "svd2"}}
	for _, set := range []struct {
		name string
		rows geometry.Rows
	}{{"text", v.B}, {"image", v.A}} {
		for i := range set.rows.N {
			t.Add(set.name, i, set.rows.Row(i)[0], set.rows.Row(i)[1])
		}
	}
	return t, nil
}

func pointFigures() []report.Figure {
	return []report.Figure{{
		Name: "loss", Table: "curves", Title: "The loss over the distance of the two circles",
		Caption: "Nine images at height z and nine texts at -z. With right labels the loss is smallest with no gap (z = 0) at every temperature T. With two wrong labels, low temperatures have their smallest loss at a gap.",
		X:       report.Axis{Column: "z", Label: "height z of the images"}, Y: report.Axis{Column: "loss", Label: "contrastive loss"},
		Series: report.Group{Column: "temperature", Label: "T"}, Panel: report.Group{Column: "labels"}, LegendAbove: true, Across: 2,
	}, {
		Name: "svd", Table: "svd", Title: "The points at z = 0.98",
		Caption: "Two small circles near the poles, seen along the first two singular directions: the gap is the first of them.",
		X:       report.Axis{Column: "svd1", Label: "SVD 1"}, Y: report.Axis{Column: "svd2", Label: "SVD 2"},
		Series: report.Group{Column: "modality"}, Points: []string{"text", "image"}, LegendAbove: true, Across: 2,
	}}
}
