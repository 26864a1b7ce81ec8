package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// labels writes a text at each point where there is room near it: a thin line leads to those that
// had to move away, and what finds no place stays without. Points and lines are not covered.
type labels struct {
	points []labelled
	lines  []plotter.XYs
}

type labelled struct {
	x, y  float64
	text  string
	right bool // of a bar: there, and nowhere else
}

// add takes the points of a series with their words. Those of lying bars stand at the right of bar
// and interval.
func (l *labels) add(pts plotter.XYs, words []string, b intervals) {
	for i, p := range pts {
		for _, end := range b.ends {
			if b.lying && end.at == p.Y {
				p.X = max(p.X, end.high)
			}
		}
		l.points = append(l.points, labelled{p.X, p.Y, words[i], b.lying})
	}
}

// word is what stands beside a row's point.
func (f *Figure) word(t *Table, row []any) string {
	if f.Label == "" {
		return ""
	}
	return cell(row[t.column(f.Label)])
}

// guide is the expected y of a row.
func (f *Figure) guide(t *Table, row []any) (float64, bool) {
	if f.Guide == "" {
		return 0, false
	}
	y, ok := number(row[t.column(f.Guide)])
	return y, ok && (!f.Y.Log || y > 0)
}

// barColor is the colour of intervals in a figure: that of their series, but on bars, where it would not be seen.
func (f *Figure) barColor(series color.RGBA) color.RGBA {
	if f.Bars {
		return markColor
	}
	return series
}

const (
	labelSize = 7
	labelNear = 5  // from a point to its text, where there is room
	labelFar  = 50 // no text is farther away
	pointRoom = 3.5
)

// Plot implements plot.Plotter.
func (l labels) Plot(c draw.Canvas, p *plot.Plot) {
	trX, trY := p.Transforms(&c)
	var taken []vg.Rectangle
	at := make([]vg.Point, len(l.points))
	for i, x := range l.points {
		at[i] = vg.Point{X: trX(x.x), Y: trY(x.y)}
		taken = append(taken, around(at[i], pointRoom))
	}
	for _, line := range l.lines {
		for i := 1; i < len(line); i++ {
			a, b := vg.Point{X: trX(line[i-1].X), Y: trY(line[i-1].Y)}, vg.Point{X: trX(line[i].X), Y: trY(line[i].Y)}
			steps := int(math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))/3) + 1
			for s := range steps + 1 {
				f := vg.Length(s) / vg.Length(steps)
				taken = append(taken, around(vg.Point{X: a.X + f*(b.X-a.X), Y: a.Y + f*(b.Y-a.Y)}, 1.5))
			}
		}
	}
	style := text.Style{Font: sans(labelSize), XAlign: text.XCenter, YAlign: text.YCenter, Color: markColor, Handler: plot.DefaultTextHandler}
	for i, x := range l.points {
		if x.text == "" {
			continue
		}
		w, h := style.Width(x.text)+2, vg.Length(labelSize+1)
		middle, ok := vg.Point{X: at[i].X + w/2 + labelNear, Y: at[i].Y}, true
		if !x.right {
			middle, ok = place(c.Rectangle, taken, at[i], w, h)
		}
		if !ok {
			continue
		}
		box := boxOf(middle, w, h)
		taken = append(taken, box)
		near := vg.Point{X: max(box.Min.X, min(at[i].X, box.Max.X)), Y: max(box.Min.Y, min(at[i].Y, box.Max.Y))}
		if math.Hypot(float64(near.X-at[i].X), float64(near.Y-at[i].Y)) > 2*labelNear {
			c.StrokeLine2(draw.LineStyle{Color: palette[len(palette)-1], Width: 0.4}, at[i].X, at[i].Y, near.X, near.Y)
		}
		c.FillText(style, middle, x.text)
	}
}

// place looks for room around a point, from near to far.
func place(room vg.Rectangle, taken []vg.Rectangle, at vg.Point, w, h vg.Length) (middle vg.Point, ok bool) {
	for far := vg.Length(labelNear); far <= labelFar; far += 4 {
		for turn := range 16 {
			// Right first, then left, then above and below, then between.
			angle := []float64{0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11}[turn] * math.Pi / 8
			dx, dy := vg.Length(math.Cos(angle)), vg.Length(math.Sin(angle))
			m := vg.Point{X: at.X + dx*(far+w/2), Y: at.Y + dy*(far+h/2)}
			if free(room, taken, boxOf(m, w, h)) {
				return m, true
			}
		}
	}
	return vg.Point{}, false
}

func free(room vg.Rectangle, taken []vg.Rectangle, box vg.Rectangle) bool {
	if box.Min.X < room.Min.X || box.Max.X > room.Max.X || box.Min.Y < room.Min.Y || box.Max.Y > room.Max.Y {
		return false
	}
	for _, t := range taken {
		if box.Min.X < t.Max.X && t.Min.X < box.Max.X && box.Min.Y < t.Max.Y && t.Min.Y < box.Max.Y {
			return false
		}
	}
	return true
}

func around(p vg.Point, r vg.Length) vg.Rectangle { return boxOf(p, 2*r, 2*r) }

func boxOf(middle vg.Point, w, h vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: middle.X - w/2, Y: middle.Y - h/2}, Max: vg.Point{X: middle.X + w/2, Y: middle.Y + h/2}}
}
