package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// intervals are bars from a low to a high end at places on x; lying ones on y.
type intervals struct {
	ends  []struct{ at, low, high float64 }
	lying bool
}

// add takes a row's interval, if the figure has them and the row has both ends.
func (b *intervals) add(f *Figure, t *Table, row []any, at float64) {
	if f.Low == "" {
		return
	}
	low, okL := number(row[t.column(f.Low)])
	high, okH := number(row[t.column(f.High)])
	if okL && okH {
		b.ends = append(b.ends, struct{ at, low, high float64 }{at, low, high})
	}
}

// in is the bars in a colour.
func (b intervals) in(c color.Color) plot.Plotter { return bars{b, c} }

type bars struct {
	intervals
	color color.Color
}

// barCap is half the length of the strokes at the ends of a bar.
const barCap = 3

// Plot implements plot.Plotter.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	style := draw.LineStyle{Color: b.color, Width: 1}
	for _, i := range b.ends {
		if b.lying {
			y, low, high := trY(i.at), trX(i.low), trX(i.high)
			c.StrokeLine2(style, low, y, high, y)
			for _, x := range []vg.Length{low, high} {
				c.StrokeLine2(style, x, y-barCap, x, y+barCap)
			}
			continue
		}
		x, low, high := trX(i.at), trY(i.low), trY(i.high)
		c.StrokeLine2(style, x, low, x, high)
		for _, y := range []vg.Length{low, high} {
			c.StrokeLine2(style, x-barCap, y, x+barCap, y)
		}
	}
}

// DataRange implements plot.DataRanger: the bars are within the axes.
func (b bars) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, i := range b.ends {
		xmin, xmax = min(xmin, i.at), max(xmax, i.at)
		ymin, ymax = min(ymin, i.low), max(ymax, i.high)
	}
	if b.lying {
		return ymin, ymax, xmin, xmax
	}
	return xmin, xmax, ymin, ymax
}

// vegaIntervals makes the specification two layers, lines and bars; facets then stand around
// them.
func (f *Figure) vegaIntervals(spec, encoding map[string]any) {
	type m = map[string]any
	bar := m{
		"x": encoding["x"],
		"y": m{"field": f.Low, "type": "quantitative", "title": f.Y.Label}, "y2": m{"field": f.High},
	}
	if c, ok := encoding["color"]; ok {
		bar["color"] = c
	}
	line := m{}
	facet := m{}
	for name, e := range encoding {
		if name == "facet" || name == "column" {
			facet[name] = e
		} else {
			line[name] = e
		}
	}
	layers := []any{
		m{"mark": spec["mark"], "encoding": line},
		m{"mark": "rule", "transform": []any{m{"filter": m{"field": f.Low, "valid": true}}}, "encoding": bar},
	}
	delete(spec, "mark")
	delete(spec, "encoding")
	switch {
	case len(facet) == 0:
		spec["layer"] = layers
	case facet["column"] != nil:
		spec["facet"], spec["spec"] = m{"column": facet["column"]}, m{"layer": layers}
	default:
		wrap := facet["facet"].(m)
		spec["columns"] = wrap["columns"]
		delete(wrap, "columns")
		spec["facet"], spec["spec"] = wrap, m{"layer": layers}
	}
}
