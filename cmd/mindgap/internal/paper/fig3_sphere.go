package paper

import (
	"context"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

var fig3Sphere = &Experiment{
	Name: "fig3-sphere", Where: "Figure 3(e-g); Supplementary Figure 9", Title: "Six pairs on a sphere",
	Doc:    "A toy with six pairs of points on a sphere explains the barrier: when two of the pairs are swapped, the contrastive loss at low temperatures is lowest with a gap between the modalities, and closing it costs.",
	Run:    runFig3Sphere,
	Widget: sphereWidget,
}

// sphereScales are the logit scales 1/tau of Figure 3g.
var sphereScales = []float64{1, 5, 35, 50, 100}

// sphereDegrees is how far the texts are moved at most: 181 whole degrees from -90 to 90.
const sphereDegrees = 90

// sphereCurve is the loss over dtheta of one arrangement at one logit scale.
type sphereCurve struct {
	geometry.Sphere
	scale float64
	loss  []float64 // closed form, dtheta -90 to 90
	share float64   // the device's largest difference from it, as a share of the bound
}

// sphereAt is the index of dtheta degrees in a curve.
func sphereAt(dtheta int) int { return dtheta + sphereDegrees }

func runFig3Sphere(ctx context.Context, e *Env) (*report.Result, error) {
	var arrangements []geometry.Sphere
	for _, spacing := range []float64{20, 15} {
		for _, matched := range []bool{false, true} {
			arrangements = append(arrangements, geometry.Sphere{Spacing: spacing, Matched: matched})
		}
	}
	e.Progress.Start("fig3-sphere", float64(len(arrangements)*len(sphereScales)), "curves")
	var curves []sphereCurve
	for _, a := range arrangements {
		for _, scale := range sphereScales {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c := sphereCurve{Sphere: a, scale: scale}
			for d := -sphereDegrees; d <= sphereDegrees; d++ {
				c.loss = append(c.loss, a.Loss(scale, float64(d)))
			}
			if err := c.onDevice(e.Device); err != nil {
				return nil, err
			}
			curves = append(curves, c)
			e.Progress.Add(1)
		}
	}
	return &report.Result{
		Inputs: "synthetic; spacing 20 degrees as in the published curves, and 15 as in the paper's text", Claims: sphereClaims(curves),
		Tables: sphereTables(curves), Figures: sphereFigures(), Sketches: []report.Sketch{sphereSketch(false), sphereSketch(true)},
	}, nil
}

// onDevice computes the curve from the points themselves with the engine.
func (c *sphereCurve) onDevice(d *engine.Device) error {
	var sets [][2]geometry.Rows
	for k := range c.loss {
		x, y := c.Points(float64(k - sphereDegrees))
		sets = append(sets, [2]geometry.Rows{x, y})
	}
	loss, err := pointLosses(d, c.scale, sets)
	if err != nil {
		return err
	}
	c.share = pointShare(d, c.scale, 6, loss, c.loss)
	return nil
}

// pointLosses is the symmetric InfoNCE of many small sets of pairs, on the device.
func pointLosses(d *engine.Device, scale float64, sets [][2]geometry.Rows) ([]float64, error) {
	s := d.Scope()
	defer s.Close()
	n := sets[0][0].N
	sc, loss := s.Upload([]float32{float32(scale)}, 1), s.Floats(len(sets))
	lseRow, lseCol := s.Floats(n), s.Floats(n)
	for k, set := range sets {
		x, y := s.Upload(float32s(set[0].Data), n, set[0].D), s.Upload(float32s(set[1].Data), n, set[1].D)
		kernels.InfoNCE(loss.Slice(0, k, k+1), lseRow, lseCol, x, y, sc, kernels.InfoNCESymmetric)
	}
	out, err := loss.Floats()
	return float64s(out), err
}

// pointShare is the largest difference of the device's losses from the exact ones, as a
// share of its bound. The points' coordinates are rounded once.
func pointShare(d *engine.Device, scale float64, n int, got, want []float64) float64 {
	var share worstShare
	for k := range want {
		share.see(got[k], want[k], lossBound(d.Caps().Math, n, 3, scale, 2*engine.U))
	}
	return float64(share)
}

// argmin is the smallest loss on whole degrees: dtheta, not negative, and the loss.
func (c *sphereCurve) argmin() (degrees int, loss float64) {
	loss = math.Inf(1)
	for d := 0; d <= sphereDegrees; d++ {
		if v := c.loss[sphereAt(d)]; v < loss {
			degrees, loss = d, v
		}
	}
	return degrees, loss
}
