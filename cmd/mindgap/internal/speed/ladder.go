package speed

import (
	"fmt"
	"slices"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
)

const ladderPeak = "ceiling of arithmetic"

// ladderNames are the variants of all cases, the first at the top: the last name.
func ladderNames(r *bench.Report) (names []string) {
	for _, row := range r.Rows {
		if row.Suite == "ladder" && !slices.Contains(names, row.Variant) {
			names = append(names, row.Variant)
		}
	}
	slices.Reverse(names)
	return names
}

func ladderTable(r *bench.Report) *report.Table {
	t := &report.Table{Columns: []string{"case", "series", "variant", "place", "gflops", "low", "high", "label"}}
	names := ladderNames(r)
	ceiling := func(name string) {
		for _, place := range []float64{-0.4, float64(len(names)) - 0.6} {
			t.Add(name, ladderPeak, "", place, r.Roofline.GFlops, nil, nil, "")
		}
	}
	before := ""
	for _, row := range r.Rows {
		if row.Suite != "ladder" {
			continue
		}
		if row.Case != before {
			ceiling(row.Case)
			before = row.Case
		}
		series := "mindgap"
		if row.Percent == 0 {
			series = "other libraries, on the processor"
		}
		t.Add(row.Case, series, row.Variant, slices.Index(names, row.Variant), row.GFlops,
			row.Flops/row.Seconds.Hi/1e9, row.Flops/row.Seconds.Lo/1e9, fmt.Sprintf("%.3g", row.GFlops))
	}
	return t
}

func ladderFigure(r *bench.Report) report.Figure {
	return report.Figure{
		Name: "ladder", Title: "Matrix products: GFLOP/s of every variant, and of other libraries", Table: "ladder",
		Caption: "The dashed line is the device's measured ceiling of arithmetic, where the axis ends, unless another library on the processor goes beyond it. Bars carry their 95 % intervals.",
		X:       report.Axis{Column: "gflops", Label: "GFLOP/s"}, Y: report.Axis{Column: "place", Names: ladderNames(r)},
		Series: report.Group{Column: "series"}, Panel: report.Group{Column: "case"}, Marks: []string{ladderPeak},
		Low: "low", High: "high", Label: "label", Bars: true, LegendAbove: true,
	}
}
