package report

import (
	"fmt"
	"image/color"
	"regexp"
	"strings"
)

var (
	svgHead   = regexp.MustCompile(`(?s)^.*?<svg`)
	svgSize   = regexp.MustCompile(`<svg width="[^"]*" height="[^"]*"`)
	svgFamily = regexp.MustCompile(`font-family:[^;]*;`)
)

// themed makes an SVG follow the page that it stands in: fonts are those whose widths the
// drawing was made for, or their equals; text and axes take the page's colour, series the page's shades, and its width is the column's. The page defines
// --s0 ... and --grid; the colours of the file are the fallback.
func themed(svg string) string {
	svg = svgHead.ReplaceAllString(svg, "<svg")
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
