package speed

import (
	"strings"

	"mindgap/cmd/mindgap/internal/report"
)

// Tabled is a benchmark's report that is one table.
type Tabled interface {
	Head() string      // what was measured, in lines
	Cells() [][]string // a header and the rows
}

// WriteTable writes the page of a table: index.html and bench.json.
func WriteTable(f *report.Folder, r Tabled, run Run) error {
	cells := r.Cells()
	t := &report.Table{Columns: cells[0]}
	for _, row := range cells[1:] {
		list := make([]any, len(row))
		for i, text := range row {
			list[i] = text
		}
		t.Add(list...)
	}
	p := &page{report.Document{
		Title: "Side by side", Program: run.Program,
		Lead: append(strings.Split(r.Head(), "\n"), "On "+run.day()+".", limits(run.Limits)),
		Data: struct {
			Run
			Report Tabled `json:"report"`
		}{run, r},
		Sections: []report.Section{{Title: "Figures", Tables: []*report.Table{t}}},
	}}
	return p.write(f)
}
