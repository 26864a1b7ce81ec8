package report

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Sketch is a picture that is drawn by hand and not from a table: a diagram. Lengths are
// points of 1/72 inch, from the lower left corner.
type Sketch struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Caption string  `json:"caption"`
	Width   float64 `json:"width"`
	Height  float64 `json:"height"`
	Shapes  []Shape `json:"shapes"`
}

// Shape is a line, a surface or a text; later ones cover earlier ones.
type Shape struct {
	Line   [][2]float64 `json:"line,omitempty"`   // its corners
	Closed bool         `json:"closed,omitempty"` // the last corner is joined to the first
	Dashed bool         `json:"dashed,omitempty"`
	Width  float64      `json:"width,omitempty"` // of the stroke; 0: none
	Color  string       `json:"color,omitempty"` // "" ink, "grid", "s0" ... "s6" as the series
	Fill   float64      `json:"fill,omitempty"`  // how opaque the surface is, from 0 to 1

	Text   string     `json:"text,omitempty"`
	At     [2]float64 `json:"at,omitzero"`
	Size   float64    `json:"size,omitempty"`
	Anchor string     `json:"anchor,omitempty"` // "start", "end"; "": At is the middle
}

func (s *Sketch) files() (map[string][]byte, error) {
	return paint(vg.Length(s.Width), vg.Length(s.Height), func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(path([][2]float64{{0, 0}, {s.Width, 0}, {s.Width, s.Height}, {0, s.Height}}, true))
		s.draw(c)
	})
}

// inline is the sketch as an SVG in the colours of the page.
func (s *Sketch) inline() (string, error) {
	c := vgsvg.New(vg.Length(s.Width), vg.Length(s.Height))
	s.draw(draw.New(c))
	return svgText(c)
}

func (s *Sketch) draw(c draw.Canvas) {
	for _, x := range s.Shapes {
		x.draw(c)
	}
}

func (s Shape) draw(c draw.Canvas) {
	col := sketchColor(s.Color)
	if len(s.Line) > 0 {
		p := path(s.Line, s.Closed)
		if s.Fill > 0 {
			f := col
			f.A = uint8(255*s.Fill + 0.5)
			c.SetColor(f)
			c.Fill(p)
		}
		if s.Width > 0 {
			style := draw.LineStyle{Color: col, Width: vg.Length(s.Width)}
			if s.Dashed {
				style.Dashes = []vg.Length{4, 3}
			}
			c.SetLineStyle(style)
			c.Stroke(p)
		}
	}
	if s.Text != "" {
		style := text.Style{
			Color: col, Font: sans(vg.Length(s.Size)),
			XAlign: text.XCenter, YAlign: text.YCenter, Handler: plot.DefaultTextHandler,
		}
		switch s.Anchor {
		case "start":
			style.XAlign = text.XLeft
		case "end":
			style.XAlign = text.XRight
		}
		c.FillText(style, vg.Point{X: vg.Length(s.At[0]), Y: vg.Length(s.At[1])}, s.Text)
	}
}

func path(corners [][2]float64, closed bool) vg.Path {
	var p vg.Path
	for i, c := range corners {
		at := vg.Point{X: vg.Length(c[0]), Y: vg.Length(c[1])}
		if i == 0 {
			p.Move(at)
		} else {
			p.Line(at)
		}
	}
	if closed {
		p.Close()
	}
	return p
}

func sketchColor(name string) color.NRGBA {
	c := color.RGBA{A: 0xFF}
	switch {
	case name == "grid":
		c = gridColor
	case len(name) == 2 && name[0] == 's' && int(name[1]-'0') < len(palette):
		c = palette[name[1]-'0']
	}
	return color.NRGBA(c)
}
