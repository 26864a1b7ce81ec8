package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette: Okabe and Ito's colours, told apart by colour-blind readers, without the yellow
// and the black, with a grey. Series differ in glyph and dash as well.
var palette = []color.RGBA{
	{0x00, 0x72, 0xB2, 0xFF}, {0xD5, 0x5E, 0x00, 0xFF}, {0x00, 0x9E, 0x73, 0xFF},
	{0xCC, 0x79, 0xA7, 0xFF}, {0xE6, 0x9F, 0x00, 0xFF}, {0x56, 0xB4, 0xE9, 0xFF},
	{0x6B, 0x6B, 0x6B, 0xFF},
}

var glyphs = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{},
	draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
	draw.CrossGlyph{},
}

var dashes = [][]vg.Length{nil, {6, 2}, {2, 2}, {6, 2, 2, 2}, {9, 3}, {1, 2}, {4, 4}}

// manyPoints is from where on points are drawn small.
const manyPoints = 200

// markDashes tell levels apart.
var markDashes = [][]vg.Length{{3, 3}, {8, 3, 1, 3}}

var markColor = color.RGBA{0x00, 0x00, 0x00, 0xFF}

var gridColor = color.RGBA{0xC8, 0xC8, 0xC8, 0xFF}

// panels makes a plot per value of the panel column, with equal axes, and the legend that
// stands above them, if there is to be one.
func (f *Figure) panels(t *Table) (out []*plot.Plot, above legend, err error) {
	x, y := t.column(f.X.Column), t.column(f.Y.Column)
	series := f.Series.groups(t)
	for i, panel := range f.Panel.groups(t) {
		p := plot.New()
		f.style(p, panel, i)
		if f.Join != "" {
			p.X.Tick.Marker = wideTicks{}
			p.Add(f.threads(t, panel))
		}
		drawn := 0 // series are told apart within a panel
		var texts labels
		for si, s := range series {
			var pts, guide plotter.XYs
			var words []string
			bars := intervals{lying: f.Bars}
			for _, row := range t.Rows {
				if f.Panel.Column != "" && cell(row[t.column(f.Panel.Column)]) != panel ||
					f.Series.Column != "" && cell(row[t.column(f.Series.Column)]) != s {
					continue
				}
				px, okX := number(row[x])
				py, okY := number(row[y])
				if okX && okY && (!f.X.Log || px > 0) && (!f.Y.Log || py > 0) {
					pts = append(pts, plotter.XY{X: px, Y: py})
					words = append(words, f.word(t, row))
					if f.Bars {
						bars.add(f, t, row, py)
					} else {
						bars.add(f, t, row, px)
					}
				}
				if g, ok := f.guide(t, row); ok && okX {
					guide = append(guide, plotter.XY{X: px, Y: g})
				}
			}
			if len(pts) == 0 {
				continue
			}
			mark := slices.Contains(f.Marks, s)
			if err := f.addSeries(p, s, f.Series.title(s, si), f.place(si, drawn), pts, &above); err != nil {
				return nil, nil, err
			}
			c := palette[f.place(si, drawn)%len(palette)]
			if len(bars.ends) > 0 {
				p.Add(bars.in(f.barColor(c)))
			}
			if len(guide) > 1 {
				line := &plotter.Line{XYs: guide, LineStyle: draw.LineStyle{Color: c, Width: 0.9, Dashes: []vg.Length{2, 3}}}
				p.Add(line)
			}
			texts.add(pts, words, bars)
			if slices.Contains(f.Lines, s) || mark {
				texts.lines = append(texts.lines, pts)
			}
			if !mark {
				drawn++
			}
		}
		if f.Label != "" {
			p.Add(texts)
		}
		out = append(out, p)
	}
	f.equalAxes(out, t)
	return out, above, nil
}

// place chooses the look of a series: its place within the panel, or, where one legend
// serves all panels, among all series.
func (f *Figure) place(among, within int) int {
	if f.LegendAbove {
		return among
	}
	return within
}

func (f *Figure) addSeries(p *plot.Plot, name, label string, i int, pts plotter.XYs, above *legend) error {
	line, points, err := plotter.NewLinePoints(pts)
	if err != nil {
		return err
	}
	c, form := palette[i%len(palette)], i+i/len(palette) // where colours come again, forms differ
	line.Color, line.Width, line.Dashes = c, 1.6, dashes[form%len(dashes)]
	points.Color, points.Radius, points.Shape = c, 3, glyphs[form%len(glyphs)]
	thumb := *points // as large in the legend, however small in a crowd
	if len(pts) > manyPoints {
		points.Radius = 1.5
	}
	key := p.Legend.Add
	if f.LegendAbove {
		key = above.add
	}
	if label == "" { // one series that needs no name
		key = func(string, ...plot.Thumbnailer) {}
	}
	switch {
	case f.Bars && !slices.Contains(f.Marks, name):
		p.Add(chart{pts, c})
		key(label, chart{pts, c})
	case f.Join != "":
		p.Add(cloud{pts, c})
		key(label, cloud{pts, c})
	case slices.Contains(f.Marks, name):
		line.Color, line.Width, line.Dashes = markColor, 1, markDashes[slices.Index(f.Marks, name)%len(markDashes)]
		p.Add(line)
		key(label, line)
	case slices.Contains(f.Points, name):
		p.Add(points)
		key(label, &thumb)
	case len(pts) > 30 || slices.Contains(f.Lines, name): // a curve
		p.Add(line)
		key(label, line)
	default:
		p.Add(line, points)
		key(label, line, points)
	}
	return nil
}

// sans is the font of every text in a figure.
func sans(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

func (f *Figure) style(p *plot.Plot, panel string, i int) {
	set := func(dst *font.Font, size vg.Length) { *dst = sans(size) }
	set(&p.Title.TextStyle.Font, 11)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		set(&a.Label.TextStyle.Font, 10)
		set(&a.Tick.Label.Font, 9)
		a.Padding = 2
		a.Tick.Marker = plainTicks{}
	}
	set(&p.Legend.TextStyle.Font, 9)
	p.Title.Padding = 4
	if f.Panel.Column != "" {
		p.Title.Text = f.Panel.title(panel, i)
	}
	p.X.Label.Text, p.Y.Label.Text = f.X.Label, f.Y.Label
	p.Legend.Top, p.Legend.Left = f.LegendTop, f.LegendLeft
	p.Legend.Padding, p.Legend.ThumbnailWidth = 2, 22
	p.Legend.XOffs, p.Legend.YOffs = -4, 4
	if f.LegendLeft {
		p.Legend.XOffs = 4
	}
	if f.LegendTop {
		p.Legend.YOffs = -4
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = gridColor, gridColor
	grid.Horizontal.Width, grid.Vertical.Width = 0.5, 0.5
	p.Add(grid)
}

// equalAxes gives all panels one range, unless they are free, and log axes ticks that are numbers.
func (f *Figure) equalAxes(panels []*plot.Plot, t *Table) {
	for _, axis := range []struct {
		spec Axis
		of   func(*plot.Plot) *plot.Axis
	}{{f.X, func(p *plot.Plot) *plot.Axis { return &p.X }}, {f.Y, func(p *plot.Plot) *plot.Axis { return &p.Y }}} {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, p := range panels {
			lo, hi = min(lo, axis.of(p).Min), max(hi, axis.of(p).Max)
		}
		if v := t.values(axis.spec.Column); axis.spec.Column == f.X.Column && len(v) > 0 {
			// Points that a log axis of y leaves out still have their place on x.
			lo, hi = min(lo, v[0]), max(hi, v[len(v)-1])
		}
		lo, hi = f.room(axis.spec, lo, hi)
		for _, p := range panels {
			a := axis.of(p)
			if names := axis.spec.Names; len(names) > 0 {
				a.Min, a.Max, a.Tick.Marker = -namesRoom, float64(len(names)-1)+namesRoom, namedTicks(names)
				continue
			}
			switch {
			case f.Join != "":
				continue
			case f.FreeX && axis.spec.Column == f.X.Column, f.FreeY && axis.spec.Column == f.Y.Column:
				a.Min, a.Max = f.room(axis.spec, a.Min, a.Max)
			default:
				a.Min, a.Max = lo, hi
				if lo > 0 && lo < hi/50 && !axis.spec.Log {
					a.Min = 0
				}
			}
			if axis.spec.Log && a.Min > 0 {
				a.Min, a.Max = a.Min/1.15, a.Max*1.15
				a.Scale = plot.LogScale{}
				a.Tick.Marker = logTicks{t.values(axis.spec.Column)}
			}
		}
	}
}

// room widens a range so that points and bars at its ends are seen whole.
func (f *Figure) room(a Axis, lo, hi float64) (float64, float64) {
	if f.Bars && a.Column == f.X.Column {
		return 0, hi + hi/12 // what stands at the ends of bars
	}
	if len(f.Points) == 0 && f.Low == "" || a.Log {
		return lo, hi
	}
	return lo - (hi-lo)/40, hi + (hi-lo)/40
}

// values gives the different positive numbers of a column, in rising order.
func (t *Table) values(name string) []float64 {
	var out []float64
	at := t.column(name)
	for _, row := range t.Rows {
		if x, ok := number(row[at]); ok && x > 0 && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
}

// logTicks marks the values themselves where they are few, else the powers of ten.
type logTicks struct{ values []float64 }

// Ticks implements plot.Ticker.
func (l logTicks) Ticks(lo, hi float64) []plot.Tick {
	var out []plot.Tick
	if n := len(l.values); n > 1 && n <= 6 {
		return spaced(l.values, lo, hi)
	}
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for m := 1.0; m < 10; m++ {
			if v := m * math.Pow(10, e); v >= lo && v <= hi {
				tick := plot.Tick{Value: v}
				if m == 1 {
					tick.Label = fmt.Sprintf("%g", v)
				}
				out = append(out, tick)
			}
		}
	}
	return out
}

// spaced are ticks at all values, with a label where it does not run into the one before.
func spaced(values []float64, lo, hi float64) (out []plot.Tick) {
	const letter = 0.03 // of the axis
	end := math.Inf(-1) // of the label before
	for _, v := range values {
		digits := 4
		if v < 1 {
			digits = 2
		}
		tick := plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', digits, 64)}
		at := math.Log(v/lo) / math.Log(hi/lo)
		half := letter * float64(len(tick.Label)) / 2
		if at-half < end {
			tick.Label = ""
		} else {
			end = at + half
		}
		out = append(out, tick)
	}
	return out
}

// namesRoom is how far an axis of names reaches beyond the first and the last.
const namesRoom = 0.4

// namedTicks are names at 0, 1 and so on.
type namedTicks []string

// Ticks implements plot.Ticker.
func (n namedTicks) Ticks(float64, float64) (out []plot.Tick) {
	for i, name := range n {
		out = append(out, plot.Tick{Value: float64(i), Label: name})
	}
	return out
}
