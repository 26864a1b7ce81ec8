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
				at.Steps, at.Of, r.options.Batch, r.Pairs, r.options.Loss, r.options.Temperature, r.options.Init, r.options.Mismatch, r.options.Seed, r.folder.Begun.Where()),
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

// curve is a column of the records: the panel that it is drawn in, and its name there.
type curve struct {
	panel, name string
	of          func(Record) (float64, bool)
}

var curves = []curve{
	{"loss", "training batches", func(r Record) (float64, bool) {
		if r.TrainLoss == nil {
			return 0, false
		}
		return *r.TrainLoss, true
	}},
	{"loss", "measured pairs", func(r Record) (float64, bool) { return r.InfoNCE, true }},
	{"gap", "gap", func(r Record) (float64, bool) { return r.Gap, true }},
	{"mean cosine", "two of A", func(r Record) (float64, bool) { return r.WithinImages, true }},
	{"mean cosine", "two of B", func(r Record) (float64, bool) { return r.WithinTexts, true }},
	{"mean cosine", "partners", func(r Record) (float64, bool) { return r.Matched, true }},
	{"R@1", "A to B", func(r Record) (float64, bool) { return r.RecallImages, true }},
	{"R@1", "B to A", func(r Record) (float64, bool) { return r.RecallTexts, true }},
	{temperaturePanel, "temperature", func(r Record) (float64, bool) { return 1 / r.LogitScale, true }},
}

const temperaturePanel = "temperature"

// terms are what the panels show.
var terms = [][2]string{
	{"loss", "Of training batches: the mean since the record before, of the loss that is trained. Of the measured pairs: symmetric InfoNCE among all of them at once, at the temperature of the moment; more candidates make it larger."},
	{"gap", "The distance between the centroids of both modalities on the unit sphere: 0 to 2."},
	{"mean cosine", "Of two rows within a modality: the larger, the narrower its cone. Partners should stand above both."},
	{"R@1", "The share of rows whose partner is the nearest of all measured rows of the other modality."},
	{temperaturePanel, "What the loss divides cosines by: tau, the inverse of the logit scale."},
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
	drawn := &report.Table{Columns: []string{"step", "value", "series", "panel"}}
	var lines []string
	for _, c := range curves {
		if c.panel == temperaturePanel && r.options.Temperature == "fixed" {
			continue
		}
		lines = append(lines, c.name)
		for _, rec := range records {
			if v, ok := c.of(rec); ok {
				drawn.Add(rec.Step, v, c.name, c.panel)
			}
		}
	}
	s := report.Section{Title: "Curves", Terms: terms, Drawn: map[string]*report.Table{"curves": drawn}}
	s.Figures = []report.Figure{{
		Name: "curves", Table: "curves", Title: "What the run has done so far", Caption: "Over the steps, at every record.",
		X: report.Axis{Column: "step", Label: "step"}, Y: report.Axis{Column: "value"},
		Series: report.Group{Column: "series"}, Panel: report.Group{Column: "panel"}, Lines: lines, FreeY: true, Across: 3, LegendAbove: true,
	}}
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
	o, begun := r.options, r.folder.Begun
	t.Add("training", fmt.Sprintf("%d steps of %d pairs, learning rate %g after %d steps of warm-up, along half a cosine to 0", o.Steps, o.Batch, o.Rate, o.Warmup))
	for _, name := range slices.Sorted(maps.Keys(begun.Flags)) {
		t.Add("--"+name, begun.Flags[name])
	}
	t.Add("command", begun.Command)
	return report.Section{Title: "Settings", Tables: []*report.Table{t}}
}
