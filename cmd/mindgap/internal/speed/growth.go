package speed

import (
	"fmt"
	"math"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
)

// WriteGrowth writes the page of how cost grows: index.html, growth.svg and bench.json.
func WriteGrowth(f *report.Folder, r *bench.GrowthReport, run Run) error {
	p := newPage("How cost grows with N", run, r.Device, r.Roofline, r.Load, r.Busy, struct {
		Run
		*bench.GrowthReport
	}{run, r})
	if r.Limit > 0 {
		p.Lead = append(p.Lead, fmt.Sprintf("A series ends where one run would take longer than %s.", bench.Span(r.Limit)))
	}
	drawn := growthTable(r)
	s := report.Section{
		Title: "Time and memory", Text: fmt.Sprintf("N vectors of %d numbers. Extra memory is what a run takes at most beside its inputs and results.", r.Width),
		Tables: []*report.Table{slopeTable(r)}, Notes: r.Notes(),
	}
	for _, x := range r.Series {
		s.Terms = append(s.Terms, [2]string{x.Title, x.Why})
	}
	if len(drawn.Rows) > 0 {
		s.Figures, s.Drawn = []report.Figure{growthFigure}, map[string]*report.Table{growthFigure.Table: drawn}
	}
	p.Sections = append(p.Sections, s, report.Section{Title: "Every point", Tables: []*report.Table{growthRows(r)}})
	return p.write(f)
}

var growthFigure = report.Figure{
	Name: "growth", Title: "Time and extra memory against N, both axes logarithmic", Table: "growth",
	Caption: "A straight line is a power of N: the steeper, the higher. The dotted lines have the slope that counting foresees, through each series' last point; where small N lies above them, fixed costs show: launches, starting cores, reading results back. Memory that is constant is so once N exceeds a block of the work. Bars are 95 % intervals.",
	X:       report.Axis{Column: "n", Label: "N", Log: true}, Y: report.Axis{Column: "value", Log: true},
	Series: report.Group{Column: "series"}, Panel: report.Group{Column: "quantity"},
	Low: "low", High: "high", Guide: "expected", FreeY: true, LegendAbove: true,
}

// growthTable is what the figure draws, with the expected values through each series' last point.
func growthTable(r *bench.GrowthReport) *report.Table {
	t := &report.Table{Columns: []string{"quantity", "series", "n", "value", "low", "high", "expected"}}
	const mib = 1 << 20
	for _, s := range r.Series {
		for _, x := range s.Rows {
			last := s.Rows[len(s.Rows)-1]
			t.Add("time, s", s.Title, x.N, x.Seconds.Median, x.Seconds.Lo, x.Seconds.Hi,
				last.Seconds.Median*math.Pow(float64(x.N)/float64(last.N), s.TimeExpected))
		}
	}
	for _, s := range r.Series {
		for _, x := range s.Rows {
			last := s.Rows[len(s.Rows)-1]
			t.Add("extra memory, MiB", s.Title, x.N, float64(x.Extra)/mib, nil, nil,
				float64(last.Extra)/mib*math.Pow(float64(x.N)/float64(last.N), s.MemoryExpected))
		}
	}
	return t
}

func slopeTable(r *bench.GrowthReport) *report.Table {
	t := &report.Table{
		Doc:     "Powers of N, as counting foresees and as measured by least squares in log-log over the upper decade, with the fit's 95 % interval.",
		Columns: []string{"what", "time ~ N^", "measured", "memory ~ N^", "measured", "from N", "to N"},
	}
	for _, s := range r.Series {
		t.Add(s.Title, digits(s.TimeExpected), unbroken(s.TimeSlope.String()), digits(s.MemoryExpected), unbroken(s.MemorySlope.String()),
			int(s.TimeSlope.From), int(s.TimeSlope.To))
	}
	return t
}

func growthRows(r *bench.GrowthReport) *report.Table {
	t := &report.Table{Sorts: true, Columns: []string{"what", "N", "time", "95 % interval", "GFLOP/s", "of roofline", "extra memory", "launches"}}
	for _, s := range r.Series {
		for _, x := range s.Rows {
			t.Add(s.Title, x.N, seconds(x.Seconds.Median), interval(x.Seconds), digits(x.GFlops), percent(x.Percent), size(x.Extra), x.Launches)
		}
	}
	return t
}
