package report

import "encoding/json"

// vegaLite writes the figure as a Vega-Lite specification over the table's CSV, which lies
// beside it: Altair, Observable and editors open it.
func (f *Figure) vegaLite(t *Table) ([]byte, error) {
	type m = map[string]any
	axis := func(a Axis) m {
		e := m{"field": a.Column, "type": "quantitative", "title": a.Label}
		scale := m{"zero": false}
		if a.Log {
			scale["type"] = "log"
		}
		e["scale"] = scale
		if len(a.Names) > 0 {
			scale["domain"] = []float64{-namesRoom, float64(len(a.Names)-1) + namesRoom}
			e["axis"] = vegaNames(a.Names)
		}
		return e
	}
	encoding := m{"x": axis(f.X), "y": axis(f.Y)}
	if f.Series.Column != "" {
		group := m{"field": f.Series.Column, "type": "nominal", "title": title(f.Series)}
		var colors []string
		for i := range f.Series.groups(t) {
			c := palette[i%len(palette)]
			colors = append(colors, hexColor(c))
		}
		encoding["color"] = m{"field": f.Series.Column, "type": "nominal", "title": title(f.Series), "sort": nil, "scale": m{"range": colors}}
		encoding["shape"] = group
	}
	if f.Panel.Column != "" {
		facet := m{"field": f.Panel.Column, "type": "nominal", "title": title(f.Panel), "sort": nil}
		if f.Across > 0 {
			facet["columns"] = f.Across
			encoding["facet"] = facet
		} else {
			encoding["column"] = facet
		}
	}
	var filters []any
	for _, a := range []Axis{f.X, f.Y} {
		if a.Log {
			filters = append(filters, m{"filter": m{"field": a.Column, "gt": 0}})
		}
	}
	spec := m{
		"$schema":     "https://vega.github.io/schema/vega-lite/v5.json",
		"title":       f.Title,
		"description": f.Caption,
		"data":        m{"url": f.Table + ".csv"},
		"mark":        m{"type": "line", "point": true},
		"encoding":    encoding,
	}
	if f.Low != "" {
		f.vegaIntervals(spec, encoding)
	}
	if f.Join != "" {
		spec["mark"] = m{"type": "circle", "opacity": cloudOpacity, "size": 12}
		spec["resolve"] = m{"scale": m{"x": "independent", "y": "independent"}}
		delete(encoding, "shape")
	}
	if f.FreeY {
		spec["resolve"] = m{"scale": m{"y": "independent"}}
	}
	if len(filters) > 0 {
		spec["transform"] = filters
	}
	return encode(spec)
}

func title(g Group) string {
	if g.Label != "" {
		return g.Label
	}
	return g.Column
}

// vegaNames are names at the ticks 0, 1 and so on.
func vegaNames(names []string) map[string]any {
	var values []int
	for i := range names {
		values = append(values, i)
	}
	list, err := json.Marshal(names)
	if err != nil {
		panic(err) // strings always can
	}
	return map[string]any{"values": values, "labelExpr": string(list) + "[datum.value]"}
}
