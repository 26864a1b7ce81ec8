package train

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"mindgap/cmd/mindgap/internal/report"
)

// page writes index.html: what the run is, where it stands, and its curves.
func (r *run) page(at *Outcome) error {
	var buf bytes.Buffer
	d := &report.Document{
		Title: "Training on " + r.What,
		Lead: []string{
			fmt.Sprintf("%d of %d steps, batches of %d of %d pairs, loss %s, temperature %s, initialisation %s, mismatch %g, seed %d, on %s.",
				at.Steps, at.Of, r.options.Batch, r.Pairs, r.options.Loss, r.options.Temperature, r.options.Init, r.options.Mismatch, r.options.Seed, r.folder.Begun.Device),
			fmt.Sprintf("Curves and tables: %s. A is %s, B is %s.", r.MeasuredOn(), r.A, r.B),
		},
		Program: r.folder.Begun.Program, Data: map[string]any{"settings": r.folder.Begun, "records": at.Records},
	}
	if at.Steps < at.Of {
		d.Lead = append(d.Lead, "The run is not finished.")
	}
	if r.Held == 0 {
		d.Warnings = append(d.Warnings, "No pairs were held out: what is shown is of pairs that were trained on.")
	}
	if len(at.Records) > 0 {
		d.Sections = append(d.Sections, r.curves(at.Records))
	}
	d.Sections = append(d.Sections, r.about())
	if err := d.Write(&buf); err != nil {
		return err
	}
	return r.folder.Write(PageFile, buf.Bytes())
}

// curve is a column of the records: which figure it is drawn in, and how it is called there.
type curve struct {
	figure, name string
	of           func(Record) (float64, bool)
}

var curves = []curve{
	{"loss", "training batches", func(r Record) (float64, bool) {
		if r.TrainLoss == nil {
			return 0, false
		}
		return *r.TrainLoss, true
	}},
	{"loss", "InfoNCE of all measured pairs", func(r Record) (float64, bool) { return r.InfoNCE, true }},
	{"gap", "distance of the centroids", func(r Record) (float64, bool) { return r.Gap, true }},
	{"cone", "two of A", func(r Record) (float64, bool) { return r.WithinImages, true }},
	{"cone", "two of B", func(r Record) (float64, bool) { return r.WithinTexts, true }},
	{"cone", "partners", func(r Record) (float64, bool) { return r.Matched, true }},
	{"recall", "A to B", func(r Record) (float64, bool) { return r.RecallImages, true }},
	{"recall", "B to A", func(r Record) (float64, bool) { return r.RecallTexts, true }},
	{"tau", "temperature", func(r Record) (float64, bool) { return 1 / r.LogitScale, true }},
}

var figures = []struct{ name, title, axis, caption string }{
	{"loss", "Loss", "loss", "The mean over the training batches since the record before, and symmetric InfoNCE of all measured pairs at once: more candidates make it larger."},
	{"gap", "Gap", "gap", "The distance between the centroids of both modalities on the unit sphere: 0 to 2."},
	{"cone", "Cone", "mean cosine", "The mean cosine of two rows within a modality: the larger, the narrower its cone. Partners should stand above both."},
	{"recall", "R@1", "R@1", "The share of rows whose partner is the nearest of all measured rows of the other modality."},
	{"tau", "Temperature", "tau", "The temperature that the loss divides cosines by."},
}

// Shown are the measures of a record that people are shown, by the names that they have there.
var Shown = []struct {
	Name string
	Of   func(Record) float64
}{
	{"gap", func(r Record) float64 { return r.Gap }},
	{"mean cosine of two of A", func(r Record) float64 { return r.WithinImages }},
	{"mean cosine of two of B", func(r Record) float64 { return r.WithinTexts }},
	{"mean cosine of partners", func(r Record) float64 { return r.Matched }},
	{"R@1, A to B", func(r Record) float64 { return r.RecallImages }},
	{"R@1, B to A", func(r Record) float64 { return r.RecallTexts }},
	{"InfoNCE", func(r Record) float64 { return r.InfoNCE }},
	{"temperature", func(r Record) float64 { return 1 / r.LogitScale }},
}

// curves draws the records.
func (r *run) curves(records []Record) report.Section {
	s := report.Section{Title: "Curves", Drawn: map[string]*report.Table{}}
	for _, f := range figures {
		t := &report.Table{Columns: []string{"step", "value", "series"}}
		var lines []string
		for _, c := range curves {
			if c.figure != f.name {
				continue
			}
			lines = append(lines, c.name)
			for _, rec := range records {
				if v, ok := c.of(rec); ok {
					t.Add(rec.Step, v, c.name)
				}
			}
		}
		if len(t.Rows) == 0 || f.name == "tau" && r.options.Temperature == "fixed" {
			continue
		}
		s.Drawn[f.name] = t
		s.Figures = append(s.Figures, report.Figure{
			Name: f.name, Table: f.name, Title: f.title, Caption: f.caption,
			X: report.Axis{Column: "step", Label: "step"}, Y: report.Axis{Column: "value", Label: f.axis},
			Series: report.Group{Column: "series"}, Lines: lines, LegendAbove: true,
		})
	}
	first, last := records[0], records[len(records)-1]
	t := &report.Table{Columns: []string{"measure", fmt.Sprintf("step %d", first.Step), fmt.Sprintf("step %d", last.Step)}}
	for _, m := range Shown {
		t.Add(m.Name, m.Of(first), m.Of(last))
	}
	s.Tables = []*report.Table{t}
	return s
}

// about is the settings.
func (r *run) about() report.Section {
	t := &report.Table{Columns: []string{"setting", "value"}}
	for _, f := range r.Facts {
		t.Add(f[0], f[1])
	}
	begun := r.folder.Begun
	for _, name := range slices.Sorted(maps.Keys(begun.Flags)) {
		t.Add("--"+name, begun.Flags[name])
	}
	t.Add("command", begun.Command())
	return report.Section{Title: "Settings", Tables: []*report.Table{t}}
}
