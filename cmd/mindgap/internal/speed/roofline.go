package speed

import (
	"fmt"
	"slices"
	"strings"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

// rooflineSection draws rows under the device's roofs.
func rooflineSection(r *bench.Report) report.Section {
	t, fig := rooflineFigure(r)
	s := report.Section{
		Title: "Roofline", Text: "What the device can do at most, as measured by probes that do nothing else, and how near each kernel comes.",
		Tables: []*report.Table{probeTable(r.Roofline)},
	}
	if len(t.Rows) > 0 {
		s.Figures, s.Drawn = []report.Figure{fig}, map[string]*report.Table{fig.Table: t}
	}
	return s
}

func probeTable(r bench.Roofline) *report.Table {
	t := &report.Table{Columns: []string{"ceiling", "measured", "by"}}
	add := func(what string, x float64, unit, by string) {
		t.Add(what, report.Quantity{Value: x, Text: fmt.Sprintf("%.4g %s", x, unit)}, by)
	}
	add("arithmetic", r.GFlops, "GFLOP/s", r.FlopsBy)
	add("read", r.ReadGBs, "GB/s", "sums of a buffer beyond the caches, next to nothing written")
	add("copy", r.CopyGBs, "GB/s", "read and written bytes together")
	for _, c := range r.Cached {
		add("in caches", c.GBs, "GB/s", "copy or read of "+engine.Bytes(int64(c.Bytes))+" in all")
	}
	add("launch", r.LaunchUS, "us", "one small launch in a long queue")
	add("matrix product", r.MatmulGFlops, "GFLOP/s", "512 x 512 x 512, beside the ceilings")
	return t
}

// rooflineFigure is the classic drawing: GFLOP/s over flops a byte, both logarithmic. Rows that
// calculate nothing, and those of other devices, have no place in it.
func rooflineFigure(r *bench.Report) (*report.Table, report.Figure) {
	t := &report.Table{Columns: []string{"series", "intensity", "gflops", "low", "high", "label"}}
	var intensities []float64
	var suites []string
	without := 0
	for _, suite := range []string{"kernels", "ladder", "loss"} {
		for _, row := range r.Rows {
			if row.Suite != suite || row.Percent == 0 {
				continue
			}
			if row.Flops == 0 {
				without++
				continue
			}
			x := row.Flops / row.Bytes
			intensities = append(intensities, x)
			if !slices.Contains(suites, suite) {
				suites = append(suites, suite)
			}
			t.Add(suite, x, row.GFlops, row.Flops/row.Seconds.Hi/1e9, row.Flops/row.Seconds.Lo/1e9, pointLabel(row))
		}
	}
	fig := report.Figure{
		Name: "roofline", Title: "GFLOP/s over flops a byte, below the device's roofs", Table: "points",
		X: report.Axis{Column: "intensity", Label: "flops a byte that must move", Log: true}, Y: report.Axis{Column: "gflops", Label: "GFLOP/s", Log: true},
		Series: report.Group{Column: "series"}, Points: suites, Low: "low", High: "high", Label: "label",
		LegendAbove: true, Large: true,
	}
	if len(intensities) == 0 {
		return t, fig
	}
	roof := r.Roofline
	cache, cached := fastest(roof)
	// Every ridge, where a slope meets the level, is in the picture.
	first, last := roof.GFlops/max(roof.GBs, cache.GBs), roof.GFlops/min(roof.CopyGBs, roof.ReadGBs)
	left, right := min(slices.Min(intensities)/2, first/4), max(slices.Max(intensities)*2, last*2)
	line := func(name string, points ...[2]float64) {
		fig.Lines = append(fig.Lines, name)
		for _, p := range points {
			t.Add(name, p[0], p[1], nil, nil, "")
		}
	}
	slope := func(name string, gbs float64) {
		line(fmt.Sprintf("%s %.3g GB/s", name, gbs), [2]float64{left, left * gbs}, [2]float64{roof.GFlops / gbs, roof.GFlops})
	}
	line(fmt.Sprintf("arithmetic %.4g GFLOP/s (%s)", roof.GFlops, roof.FlopsBy), [2]float64{roof.GFlops / roof.GBs, roof.GFlops}, [2]float64{right, roof.GFlops})
	slope("read", roof.ReadGBs)
	slope("copy", roof.CopyGBs)
	if cached {
		slope("in caches ("+engine.Bytes(int64(cache.Bytes))+")", cache.GBs)
	}
	fig.Caption = "One point for each row of the tables below, with its 95 % interval; where there is room it carries its name. The sloping roofs are what memory and caches can deliver, the level one what arithmetic can: no kernel is above them all."
	if without > 0 {
		fig.Caption += fmt.Sprintf(" Rows that calculate nothing (%d) have no place here.", without)
	}
	return t, fig
}

// fastest is the bandwidth of caches, where it is beyond that of memory.
func fastest(r bench.Roofline) (best bench.Cached, ok bool) {
	for _, c := range r.Cached {
		if c.GBs > max(best.GBs, 1.05*r.GBs) {
			best, ok = c, true
		}
	}
	return best, ok
}

func pointLabel(r bench.Row) string {
	n, _, _ := strings.Cut(r.Case, " ")
	switch r.Suite {
	case "ladder":
		return r.Variant + " " + n
	case "loss":
		name := r.Kernel + " " + strings.TrimPrefix(n, "n=")
		if r.Variant != "forward" {
			name += " and gradients"
		}
		return name
	}
	return r.Kernel
}
