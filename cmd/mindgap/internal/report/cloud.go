package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// cloudLayers is how often translucent marks can lie on one another and grow darker. Marks
// of a layer are one path, so that a drawing of thousands stays small.
const cloudLayers = 12

const (
	cloudRadius  = 1.7
	cloudOpacity = 0.35
	threadWidth  = 0.5
	threadDark   = 0.06
)

// cloud draws points as translucent discs.
type cloud struct {
	plotter.XYs
	color color.RGBA
}

// Plot implements plot.Plotter.
func (s cloud) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.SetColor(translucent{s.color, cloudOpacity})
	for k := range min(cloudLayers, len(s.XYs)) {
		var path vg.Path
		for i := k; i < len(s.XYs); i += cloudLayers {
			disc(&path, vg.Point{X: x(s.XYs[i].X), Y: y(s.XYs[i].Y)}, cloudRadius)
		}
		c.Fill(path)
	}
}

func disc(path *vg.Path, at vg.Point, r vg.Length) {
	path.Move(vg.Point{X: at.X + r, Y: at.Y})
	path.Arc(at, r, 0, 2*math.Pi)
	path.Close()
}

// DataRange implements plot.DataRanger, with room for the discs at the edge.
func (s cloud) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = plotter.XYRange(s.XYs)
	dx, dy := (xmax-xmin)/40, (ymax-ymin)/40
	return xmin - dx, xmax + dx, ymin - dy, ymax + dy
}

// Thumbnail implements plot.Thumbnailer.
func (s cloud) Thumbnail(c *draw.Canvas) {
	var path vg.Path
	disc(&path, c.Center(), 3)
	c.SetColor(s.color)
	c.Fill(path)
}

// threads draws a thin line from each point to its partner.
type threads [][2]plotter.XY

// Plot implements plot.Plotter.
func (s threads) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.SetLineStyle(draw.LineStyle{Color: translucent{color.RGBA{A: 0xFF}, threadDark}, Width: threadWidth})
	for k := range min(cloudLayers, len(s)) {
		var path vg.Path
		for i := k; i < len(s); i += cloudLayers {
			path.Move(vg.Point{X: x(s[i][0].X), Y: y(s[i][0].Y)})
			path.Line(vg.Point{X: x(s[i][1].X), Y: y(s[i][1].Y)})
		}
		c.Stroke(path)
	}
}

// threads joins the rows of a panel that agree in the column Join: the first of them to each
// of the others.
func (f *Figure) threads(t *Table, panel string) threads {
	x, y, join := t.column(f.X.Column), t.column(f.Y.Column), t.column(f.Join)
	first := map[string]plotter.XY{}
	var out threads
	for _, row := range t.Rows {
		px, okX := number(row[x])
		py, okY := number(row[y])
		if !okX || !okY || f.Panel.Column != "" && cell(row[t.column(f.Panel.Column)]) != panel {
			continue
		}
		at := plotter.XY{X: px, Y: py}
		if from, seen := first[cell(row[join])]; seen {
			out = append(out, [2]plotter.XY{from, at})
		} else {
			first[cell(row[join])] = at
		}
	}
	return out
}

// translucent is a colour of some opacity whose premultiplied form divides back to the same
// colour, so that a drawing's colours can be found again.
type translucent struct {
	of      color.RGBA
	opacity float64
}

// RGBA implements color.Color.
func (t translucent) RGBA() (r, g, b, a uint32) {
	a = uint32(math.Round(t.opacity * 0xFFFF))
	up := func(v uint8) uint32 { return min(uint32(v)*a/255+1, a) }
	return up(t.of.R), up(t.of.G), up(t.of.B), a
}

// wideTicks is plainTicks with every second label left out where they would touch.
type wideTicks struct{}

// widest is how many characters of labels an axis has room for.
const widest = 36

// Ticks implements plot.Ticker.
func (wideTicks) Ticks(lo, hi float64) []plot.Tick {
	ticks := plainTicks{}.Ticks(lo, hi)
	total := 0
	for _, t := range ticks {
		total += len(t.Label) + 1
	}
	for i := range ticks {
		if total > widest && i%2 == 1 {
			ticks[i].Label = ""
		}
	}
	return ticks
}
