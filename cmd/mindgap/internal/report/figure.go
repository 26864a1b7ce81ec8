package report

import (
	"bytes"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure says how a table is drawn: y over x, one line per series, one panel per value of
// the panel column.
type Figure struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Caption string   `json:"caption"` // how to read it, and what to see
	Table   string   `json:"table"`
	X       Axis     `json:"x"`
	Y       Axis     `json:"y"`
	Series  Group    `json:"series"`
	Panel   Group    `json:"panel"`
	Points  []string `json:"points,omitempty"` // series drawn as points; the others are lines
	// Where the legend has room: a corner of the panel.
	LegendTop  bool `json:"legend_top,omitempty"`
	LegendLeft bool `json:"legend_left,omitempty"`
}

// Axis is a column with its label. A log axis shows positive values only.
type Axis struct {
	Column string `json:"column"`
	Label  string `json:"label"`
	Log    bool   `json:"log,omitempty"`
}

// Group tells series or panels apart by a column; Label stands before its value: "r = 2".
// Without a column all rows are one group.
type Group struct {
	Column string `json:"column,omitempty"`
	Label  string `json:"label,omitempty"`
}

// size of a panel.
const (
	panelWidth  = 3.4 * vg.Inch
	panelHeight = 2.9 * vg.Inch
)

// files draws the figure in every format.
func (f *Figure) files(t *Table) (map[string][]byte, error) {
	if t == nil {
		return nil, fmt.Errorf("there is no table %q", f.Table)
	}
	panels, err := f.panels(t)
	if err != nil {
		return nil, err
	}
	w := panelWidth * vg.Length(len(panels))
	svg := vgsvg.New(w, panelHeight)
	drawPanels(panels, draw.New(svg))
	png := vgimg.NewWith(vgimg.UseWH(w, panelHeight), vgimg.UseDPI(192))
	drawPanels(panels, draw.New(png))
	out := map[string][]byte{}
	var buf bytes.Buffer
	if _, err := svg.WriteTo(&buf); err != nil {
		return nil, err
	}
	out[".svg"] = slices.Clone(buf.Bytes())
	buf.Reset()
	if _, err := (vgimg.PngCanvas{Canvas: png}).WriteTo(&buf); err != nil {
		return nil, err
	}
	out[".png"] = buf.Bytes()
	out[".vl.json"], err = f.vegaLite(t)
	return out, err
}

// inline draws each panel as an SVG of its own, so that a narrow page can stack them.
func (f *Figure) inline(t *Table) ([]string, error) {
	panels, err := f.panels(t)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range panels {
		p.BackgroundColor = nil
		c := vgsvg.New(panelWidth, panelHeight)
		p.Draw(inset(draw.New(c)))
		var buf bytes.Buffer
		if _, err := c.WriteTo(&buf); err != nil {
			return nil, err
		}
		out = append(out, themed(buf.String()))
	}
	return out, nil
}

func inset(c draw.Canvas) draw.Canvas { return draw.Crop(c, 4, -8, 4, -4) }

// drawPanels draws plots side by side with their axes in line.
func drawPanels(panels []*plot.Plot, c draw.Canvas) {
	tiles := draw.Tiles{Rows: 1, Cols: len(panels), PadX: 8, PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 8}
	canvases := plot.Align([][]*plot.Plot{panels}, tiles, c)
	for i, p := range panels {
		p.Draw(canvases[0][i])
	}
}

// groups gives the values of a group's column in the order of the rows.
func (g Group) groups(t *Table) []string {
	if g.Column == "" {
		return []string{""}
	}
	var out []string
	at := t.column(g.Column)
	for _, row := range t.Rows {
		if v := cell(row[at]); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (g Group) title(value string) string {
	if g.Label == "" {
		return value
	}
	return g.Label + " = " + value
}
