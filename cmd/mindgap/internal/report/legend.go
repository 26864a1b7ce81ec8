package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// entry is one line of a legend.
type entry struct {
	label  string
	thumbs []plot.Thumbnailer
}

// legend is a legend above the panels, for all of them: entries side by side.
type legend []entry

const (
	legendRow   = 14 * vg.Length(1)
	legendThumb = 22 * vg.Length(1)
	legendGap   = 12 * vg.Length(1)
)

// add appends an entry, unless one of its label is there, or it has none.
func (l *legend) add(label string, thumbs ...plot.Thumbnailer) {
	if label == "" {
		return
	}
	for _, e := range *l {
		if e.label == label {
			return
		}
	}
	*l = append(*l, entry{label, thumbs})
}

// plot is an entry as a legend of its own, whose thumbnail stands on the left.
func (e entry) plot() plot.Legend {
	l := plot.NewLegend()
	l.Left, l.Top, l.ThumbnailWidth = true, true, legendThumb
	l.TextStyle.Font = sans(9)
	l.Add(e.label, e.thumbs...)
	return l
}

func (e entry) width() vg.Length {
	l := e.plot()
	return legendThumb + 6 + l.TextStyle.Width(e.label)
}

// rows breaks the entries into lines no wider than w.
func (l legend) rows(w vg.Length) [][]entry {
	var out [][]entry
	at := w + 1
	for _, e := range l {
		if at+e.width() > w {
			out, at = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], e)
		at += e.width() + legendGap
	}
	return out
}

// height is what the legend takes of a picture w wide.
func (l legend) height(w vg.Length) vg.Length {
	if len(l) == 0 {
		return 0
	}
	return legendRow*vg.Length(len(l.rows(w))) + 6
}

// draw draws the legend at the top of a canvas and gives what is left below it.
func (l legend) draw(c draw.Canvas) draw.Canvas {
	w := c.Max.X - c.Min.X
	top := c.Max.Y - 3
	for _, row := range l.rows(w - 2*legendGap) {
		x := c.Min.X + legendGap
		for _, e := range row {
			one := e.plot()
			one.Draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: x, Y: top - legendRow}, Max: vg.Point{X: x + e.width(), Y: top},
			}})
			x += e.width() + legendGap
		}
		top -= legendRow
	}
	c.Max.Y -= l.height(w - 2*legendGap)
	return c
}

// inline is the entries as SVGs with their widths in points, for a page that wraps them.
func (l legend) inline() (out []legendEntry, err error) {
	for _, e := range l {
		c := vgsvg.New(e.width(), legendRow)
		one := e.plot()
		one.Draw(draw.New(c))
		svg, err := svgText(c)
		if err != nil {
			return nil, err
		}
		out = append(out, legendEntry{svg, e.width().Points()})
	}
	return out, nil
}

type legendEntry struct {
	svg   string
	width float64
}
