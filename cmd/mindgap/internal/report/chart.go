package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// chart is bars that lie, from 0 to X at the height Y.
type chart struct {
	plotter.XYs
	color color.Color
}

// chartBar is the share of the distance between two bars that a bar takes.
const chartBar = 0.66

// Plot implements plot.Plotter.
func (b chart) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	for _, x := range b.XYs {
		c.FillPolygon(b.color, []vg.Point{
			{X: trX(0), Y: trY(x.Y - chartBar/2)}, {X: trX(x.X), Y: trY(x.Y - chartBar/2)},
			{X: trX(x.X), Y: trY(x.Y + chartBar/2)}, {X: trX(0), Y: trY(x.Y + chartBar/2)},
		})
	}
}

// DataRange implements plot.DataRanger.
func (b chart) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, ymin, ymax = 0, math.Inf(1), math.Inf(-1)
	for _, x := range b.XYs {
		xmax, ymin, ymax = max(xmax, x.X), min(ymin, x.Y), max(ymax, x.Y)
	}
	return xmin, xmax, ymin, ymax
}

// Thumbnail implements plot.Thumbnailer.
func (b chart) Thumbnail(c *draw.Canvas) {
	mid := (c.Min.Y + c.Max.Y) / 2
	c.FillPolygon(b.color, []vg.Point{{X: c.Min.X, Y: mid - 3}, {X: c.Max.X, Y: mid - 3}, {X: c.Max.X, Y: mid + 3}, {X: c.Min.X, Y: mid + 3}})
}
