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
	Lines   []string `json:"lines,omitempty"`  // series drawn without marks at their points, as those of many points are
	Marks   []string `json:"marks,omitempty"`  // series drawn as a thin dashed line: a level to compare with
	Low     string   `json:"low,omitempty"`    // columns of the ends of an interval around y, drawn as a bar
	High    string   `json:"high,omitempty"`   // where both are numbers
	FreeX   bool     `json:"free_x,omitempty"` // every panel has an x range of its own
	FreeY   bool     `json:"free_y,omitempty"` // every panel has a y range of its own
	Across  int      `json:"across,omitempty"` // panels in a row; 0: all
	// A column: the figure is a cloud of points, each panel with ranges of its own, in which
	// thin lines join the rows of a panel that agree in it; "": it is not.
	Join  string `json:"join,omitempty"`
	Guide string `json:"guide,omitempty"` // a column: y as expected, a thin dashed line in the colour of the series
	Label string `json:"label,omitempty"` // a column: text beside each point, where there is room
	Bars  bool   `json:"bars,omitempty"`  // bars that lie, from 0 to x, at the names of y; Low and High are ends on x
	Large bool   `json:"large,omitempty"` // a panel as wide as the page
	// Where the legend has room: a corner of the panel.
	LegendTop  bool `json:"legend_top,omitempty"`
	LegendLeft bool `json:"legend_left,omitempty"`
	// One legend above all panels, where no corner has room.
	LegendAbove bool `json:"legend_above,omitempty"`
}

// Axis is a column with its label. A log axis shows positive values only. Names stand at the
// values 0, 1 and so on, where these are no numbers but a choice.
type Axis struct {
	Column string   `json:"column"`
	Label  string   `json:"label"`
	Log    bool     `json:"log,omitempty"`
	Names  []string `json:"names,omitempty"`
}

// Group tells series or panels apart by a column; Label stands before its value: "r = 2".
// Without a column all rows are one group.
// Names stand for the values, in the order in which they first appear.
type Group struct {
	Column string   `json:"column,omitempty"`
	Label  string   `json:"label,omitempty"`
	Names  []string `json:"names,omitempty"`
}

// size of a panel.
const (
	panelWidth  = 3.4 * vg.Inch
	panelHeight = 2.9 * vg.Inch
)

// panel is the size of a panel.
func (f *Figure) panel() (w, h vg.Length) {
	if f.Large {
		return 2.4 * panelWidth, 2 * panelHeight
	}
	return panelWidth, panelHeight
}

// SVG draws the figure.
func (f *Figure) SVG(t *Table) ([]byte, error) {
	files, err := f.files(t)
	return files[".svg"], err
}

// files draws the figure in every format.
func (f *Figure) files(t *Table) (map[string][]byte, error) {
	if t == nil {
		return nil, fmt.Errorf("there is no table %q", f.Table)
	}
	panels, above, err := f.panels(t)
	if err != nil {
		return nil, err
	}
	grid := f.grid(panels)
	w, h := f.panel()
	w *= vg.Length(len(grid[0]))
	h = h*vg.Length(len(grid)) + above.height(w-2*legendGap)
	out, err := paint(w, h, func(c draw.Canvas) { drawPanels(grid, above.draw(c)) })
	if err != nil {
		return nil, err
	}
	out[".vl.json"], err = f.vegaLite(t)
	return out, err
}

// paint draws a picture as SVG and as PNG.
func paint(w, h vg.Length, f func(draw.Canvas)) (map[string][]byte, error) {
	svg := vgsvg.New(w, h)
	f(draw.New(svg))
	png := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(192))
	f(draw.New(png))
	out := map[string][]byte{}
	var buf bytes.Buffer
	if _, err := svg.WriteTo(&buf); err != nil {
		return nil, err
	}
	out[".svg"] = []byte(fitted(buf.String()))
	buf.Reset()
	if _, err := (vgimg.PngCanvas{Canvas: png}).WriteTo(&buf); err != nil {
		return nil, err
	}
	out[".png"] = buf.Bytes()
	return out, nil
}

// grid puts the panels into rows; what is left of the last one is empty.
func (f *Figure) grid(panels []*plot.Plot) [][]*plot.Plot {
	across := len(panels)
	if f.Across > 0 {
		across = min(f.Across, across)
	}
	var out [][]*plot.Plot
	for row := range slices.Chunk(panels, across) {
		out = append(out, append(slices.Clone(row), make([]*plot.Plot, across-len(row))...))
	}
	return out
}

// inline draws each panel, and each entry of a legend above them, as an SVG of its own, so
// that a narrow page can stack them.
func (f *Figure) inline(t *Table) (out []string, above []legendEntry, err error) {
	panels, l, err := f.panels(t)
	if err != nil {
		return nil, nil, err
	}
	if above, err = l.inline(); err != nil {
		return nil, nil, err
	}
	for _, p := range panels {
		p.BackgroundColor = nil
		c := vgsvg.New(f.panel())
		p.Draw(inset(draw.New(c)))
		text, err := svgText(c)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, text)
	}
	return out, above, nil
}

// svgText is a drawing in the colours of the page.
func svgText(c *vgsvg.Canvas) (string, error) {
	var buf bytes.Buffer
	if _, err := c.WriteTo(&buf); err != nil {
		return "", err
	}
	return themed(buf.String()), nil
}

func inset(c draw.Canvas) draw.Canvas { return draw.Crop(c, 4, -8, 4, -4) }

// drawPanels draws plots in rows with their axes in line.
func drawPanels(grid [][]*plot.Plot, c draw.Canvas) {
	tiles := draw.Tiles{Rows: len(grid), Cols: len(grid[0]), PadX: 8, PadY: 8, PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 8}
	canvases := plot.Align(grid, tiles, c)
	for i, row := range grid {
		for j, p := range row {
			if p != nil {
				p.Draw(canvases[i][j])
			}
		}
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

// title names the group of a value, i being its place among the values.
func (g Group) title(value string, i int) string {
	if i < len(g.Names) {
		value = g.Names[i]
	}
	if g.Label == "" {
		return value
	}
	return g.Label + " = " + value
}
