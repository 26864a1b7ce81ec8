package report

import (
	"fmt"
	"html"
	"image/color"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

var (
	svgHead   = regexp.MustCompile(`(?s)^.*?<svg`)
	svgSize   = regexp.MustCompile(`<svg width="[^"]*" height="[^"]*"`)
	svgFamily = regexp.MustCompile(`font-family:[^;]*;`)
	svgLabel  = regexp.MustCompile(`(<text [^>]*font-size:([0-9.]+)px[^>]*)>([^<]+)</text>`)
)

// fitted gives every text the width that the drawing has room for, that of its own font: where a
// reader has another font, letters are narrowed or widened, and nothing is cut off.
func fitted(svg string) string {
	return svgLabel.ReplaceAllStringFunc(svg, func(s string) string {
		part := svgLabel.FindStringSubmatch(s)
		size, err := strconv.ParseFloat(part[2], 64)
		if err != nil {
			return s
		}
		style := text.Style{Font: sans(vg.Length(size)), Handler: plot.DefaultTextHandler}
		w := style.Width(html.UnescapeString(part[3])).Points()
		return fmt.Sprintf(`%s textLength="%.5g" lengthAdjust="spacingAndGlyphs">%s</text>`, part[1], w, part[3])
	})
}

// themed makes an SVG follow the page that it stands in: fonts are those whose widths the
// drawing was made for, or their equals; text and axes take the page's colour, series the page's shades, and its width is the column's. The page defines
// --s0 ... and --grid; the colours of the file are the fallback.
func themed(svg string) string {
	svg = svgHead.ReplaceAllString(fitted(svg), "<svg")
	svg = svgSize.ReplaceAllString(svg, "<svg")
	svg = svgFamily.ReplaceAllString(svg, "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")
	svg = strings.ReplaceAll(svg, "#000000", "currentColor")
	for i, c := range palette {
		svg = strings.ReplaceAll(svg, hexColor(c), fmt.Sprintf("var(--s%d,%s)", i, hexColor(c)))
	}
	g := hexColor(gridColor)
	return strings.ReplaceAll(svg, g, "var(--grid,"+g+")")
}

func hexColor(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
