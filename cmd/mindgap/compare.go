package main

import (
	"context"

	"mindgap/cmd/mindgap/internal/paper"
)

// compare runs a small computation on the host and on OpenGL, so that shaders run even where
// the experiments ran on the processor, and records how far the two differ.
func (r *run) compare(ctx context.Context) error {
	other := "gl"
	if r.device.Caps().Kind == "gl" {
		other = "host"
	}
	d, done, err := r.open(ctx, other)
	if err != nil {
		r.summary.Comparison = nil
		r.log.Info("host and OpenGL are not compared: " + oneLine(err))
		return nil
	}
	defer done()
	host, gl := r.device, d
	if other == "host" {
		host, gl = d, r.device
	}
	c, err := paper.Compare(host, gl)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	r.summary.Comparison = c
	if r.json {
		return nil
	}
	r.printf("host and %s (%s): %s\n", gl.Name(), gl.Caps().Renderer, c.What)
	for _, row := range c.Rows {
		verdict := "within its bound"
		if !row.OK {
			verdict = "BEYOND ITS BOUND"
		}
		r.printf("  %s: largest difference %.3g, %.2g of the bound %.3g: %s\n", row.Quantity, row.Difference, row.Share, row.Bound, verdict)
	}
	return nil
}
