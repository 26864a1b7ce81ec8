package paper

import (
	"context"
	"slices"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/geometry"
)

var fig3Points = &Experiment{
	Name: "fig3-points", Where: "Section 4.3, in the released code", Title: "Nine pairs of points",
	Doc: "An earlier version of the sphere: nine pairs of points on two circles, with right labels and with two of them swapped. The loss as a function of the gap between the two sets at seven temperatures.",
	Run: runFig3Points,
}

// pointScales are the logit scales 1/T of the simulation, and their names in the legend.
var (
	pointScales = []float64{1, 5, 10, 50, 100, 500, 1000}
	pointNames  = []string{"1", "1/5", "1/10", "1/50", "1/100", "1/500", "1/1000"}
)

var labellings = []geometry.Labelling{geometry.Matched, geometry.Swapped, geometry.AsPublished}

// pointHeights are the published 100 heights, and 0 between the two in the middle.
func pointHeights() []float64 {
	z := geometry.NinePointZ()
	return slices.Insert(z, len(z)/2, 0)
}

// pointCurve is the loss over z of one labelling at one logit scale.
type pointCurve struct {
	labels geometry.Labelling
	scale  float64
	z      []float64
	loss   []float64 // closed form
	share  float64   // the device's largest difference from it, as a share of the bound
}

func runFig3Points(ctx context.Context, e *Env) (*report.Result, error) {
	e.Progress.Start("fig3-points", float64(len(labellings)*len(pointScales)), "curves")
	var curves []pointCurve
	for _, l := range labellings {
		for _, scale := range pointScales {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c := pointCurve{labels: l, scale: scale, z: pointHeights()}
			for _, z := range c.z {
				c.loss = append(c.loss, geometry.NinePointLoss(scale, z, l))
			}
			if err := c.onDevice(e.Device); err != nil {
				return nil, err
			}
			curves = append(curves, c)
			e.Progress.Add(1)
		}
	}
	shown, inputs := geometry.Swapped, "synthetic; shown with a true swap of items 3 and 8"
	if e.AsPublished {
		shown, inputs = geometry.AsPublished, "synthetic; shown with the labels of the released code, which point both 3 and 8 at 8"
	}
	tables, err := pointTables(curves, shown)
	if err != nil {
		return nil, err
	}
	return &report.Result{Inputs: inputs, Claims: pointClaims(curves), Tables: tables, Figures: pointFigures()}, nil
}

// onDevice computes the curve from the points themselves with the engine. Swapped labels
// are swapped texts. With both labels at 8 each of the two changed terms is half of what the
// swap changes, since the cosines are symmetric: the loss is the mean of the other two.
func (c *pointCurve) onDevice(d *engine.Device) error {
	orders := [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, 2, 8, 4, 5, 6, 7, 3}}
	switch c.labels {
	case geometry.Matched:
		orders = orders[:1]
	case geometry.Swapped:
		orders = orders[1:]
	}
	mean := make([]float64, len(c.z))
	for _, order := range orders {
		var sets [][2]geometry.Rows
		for _, z := range c.z {
			x, y := geometry.NinePoints(z)
			sets = append(sets, [2]geometry.Rows{x, y.Take(order)})
		}
		loss, err := pointLosses(d, c.scale, sets)
		if err != nil {
			return err
		}
		for k, v := range loss {
			mean[k] += v / float64(len(orders))
		}
	}
	c.share = pointShare(d, c.scale, 9, mean, c.loss)
	return nil
}

// argmin is the smallest loss among the published heights: z, not negative, and the loss.
func (c *pointCurve) argmin() (z, loss float64) {
	return geometry.NinePointMinimum(c.scale, c.labels)
}
