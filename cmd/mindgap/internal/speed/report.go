package speed

import (
	"fmt"
	"strings"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
)

// Write writes the page of kernels, ladder and loss: index.html, roofline.svg, ladder.svg and
// bench.json.
func Write(f *report.Folder, r *bench.Report, run Run) error {
	p := newPage("How fast the kernels are", run, r.Device, r.Roofline, r.Load, r.Busy, struct {
		Run
		*bench.Report
	}{run, r})
	p.Sections = append(p.Sections, rooflineSection(r))
	for _, suite := range []struct{ name, title, text string }{
		{"ladder", "The ladder of matrix products", "The variants of one kernel side by side, and other libraries on this machine's processor in the same rounds."},
		{"loss", "The contrastive loss", fmt.Sprintf("Symmetric InfoNCE of n pairs of width %d, forward alone and with all gradients.", bench.LossDim)},
		{"kernels", "Kernels", "Every kernel at its bench cases."},
	} {
		t := rowTable(r.Rows, suite.name)
		if len(t.Rows) == 0 {
			continue
		}
		s := report.Section{Title: suite.title, Text: suite.text, Tables: []*report.Table{t}}
		if suite.name == "ladder" { // the picture before the long table
			fig := ladderFigure(r)
			p.Sections = append(p.Sections, report.Section{
				Title: suite.title, Text: suite.text,
				Figures: []report.Figure{fig}, Drawn: map[string]*report.Table{fig.Table: ladderTable(r)},
			})
			s.Title, s.Text = "The ladder, row by row", ""
		}
		p.Sections = append(p.Sections, s)
	}
	return p.write(f)
}

// rowTable is the table of a suite.
func rowTable(rows []bench.Row, suite string) *report.Table {
	t := &report.Table{Sorts: true, Columns: []string{"kernel", "variant", "case", "time", "95 % interval", "GFLOP/s", "GB/s", "of roofline", "memory"}}
	if suite == "ladder" {
		t.Columns = append(t.Columns, "x naive", "x gonum")
	}
	for _, r := range rows {
		if r.Suite != suite {
			continue
		}
		cells := []any{r.Kernel, r.Variant, unbroken(bench.Brief(r.Case)), seconds(r.Seconds.Median), interval(r.Seconds), digits(r.GFlops), digits(r.GBs), percent(r.Percent), size(r.Peak)}
		if suite == "ladder" {
			for _, x := range []float64{r.OverNaive, r.OverGonum} {
				if x > 0 {
					cells = append(cells, digits(x))
				} else {
					cells = append(cells, "-")
				}
			}
		}
		t.Add(cells...)
	}
	return t
}

// unbroken keeps a short case on one line.
func unbroken(text string) string {
	if len(text) > 24 {
		return text
	}
	return strings.ReplaceAll(text, " ", "\u00a0")
}
