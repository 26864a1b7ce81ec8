package measure

import (
	"fmt"
	"io"
	"math"
	"strings"

	"mindgap/cmd/mindgap/internal/report"
)

// WritePage writes a page that opens offline.
func (r *Result) WritePage(w io.Writer, program string) error {
	var names []string
	for _, m := range r.Modalities {
		names = append(names, m.Name)
	}
	rows := "normalised"
	if !r.Normalised {
		rows = "as they lie"
	}
	d := &report.Document{
		Title: "The gap between " + join(names),
		Lead: []string{fmt.Sprintf("%d pairs of rows of %d numbers, %s. Measures over all pairs: %s, on %s (%s), seed %d.",
			r.N, r.D, rows, r.AllPairs.How, r.Device.Name, r.Device.Renderer, r.Seed) + r.sampled()},
		Program: program, Data: r,
	}
	for _, w := range r.Warnings {
		d.Warnings = append(d.Warnings, w.Text)
	}
	if len(names) > 2 {
		d.Sections = append(d.Sections, report.Section{
			Title: "All modalities", Tables: []*report.Table{
				r.matrix("Distance of the centroids.", r.Gaps),
				r.matrix("Mean cosine over pairs i != j: within a modality on the diagonal, of mismatched pairs elsewhere.", r.Cosines),
			},
		})
	}
	for _, p := range r.Pairs {
		d.Sections = append(d.Sections, r.section(p))
	}
	return d.Write(w)
}

// sampled says what is taken from a sample although the pairs are not.
func (r *Result) sampled() string {
	if r.AllPairs.Held == r.AllPairs.Rows {
		return ""
	}
	return fmt.Sprintf(" Separability, CKA, Procrustes, spectra and cosines within a modality: a random sample of %d rows.", r.AllPairs.Held)
}

func join(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func (r *Result) matrix(doc string, m [][]number) *report.Table {
	t := &report.Table{Doc: doc, Columns: []string{""}}
	for _, m := range r.Modalities {
		t.Columns = append(t.Columns, m.Name)
	}
	for i, row := range m {
		cells := []any{r.Modalities[i].Name}
		for _, v := range row {
			cells = append(cells, float64(v))
		}
		t.Add(cells...)
	}
	return t
}

// section is one pair of modalities.
func (r *Result) section(p *Pair) report.Section {
	s := report.Section{
		Title: fmt.Sprintf("A = %s, B = %s", p.A, p.B), Drawn: map[string]*report.Table{},
		Text: "Intervals are of 95 %. The last columns are what random pairings of the same rows give, 95 % of them, and the share of pairings that do as well as the true one.",
	}
	t := &report.Table{Columns: []string{"measure", "value", "from", "to", "random", "from", "to", "p"}}
	if !r.intervals {
		s.Text, t.Columns = "", []string{"measure", "value"}
	}
	add := func(title, doc string, v number, ci *[2]number, f *Floor) {
		cells := []any{title, float64(v)}
		if r.intervals {
			cells = append(cells, "", "", "", "", "", "")
			if ci != nil {
				cells[2], cells[3] = float64(ci[0]), float64(ci[1])
			}
			if f != nil {
				cells[4], cells[5], cells[6], cells[7] = f.Mean, f.Lo, f.Hi, math.Round(f.P*1e4)/1e4
			}
		}
		t.Add(cells...)
		s.Terms = append(s.Terms, [2]string{title, doc})
	}
	for _, m := range p.Measures {
		name, doc := title(m.Key)
		add(name, doc, m.Value, m.CI, m.Floor)
	}
	for _, l := range p.InfoNCE {
		add(fmt.Sprintf("InfoNCE, logit scale %g", l.LogitScale), fmt.Sprintf("symmetric, in nats, each partner among all %d", r.AllPairs.Rows), l.Loss, l.CI, l.Floor)
	}
	s.Tables = append(s.Tables, t, p.ranksTable())
	if p.Cosines != nil {
		s.Tables = append(s.Tables, p.cosineTable())
		if len(p.Spectra) > 0 {
			s.Tables = append(s.Tables, p.spectraTable())
		}
		p.figures(&s)
	}
	return s
}

func (p *Pair) ranksTable() *report.Table {
	g := p.Retrieval
	t := &report.Table{Doc: "Ranks of the partners.", Columns: []string{"", "R@5", "R@10", "median rank"}}
	t.Add("A to B", float64(g.R5AB), float64(g.R10AB), rank(g.MedianRankAB))
	t.Add("B to A", float64(g.R5BA), float64(g.R10BA), rank(g.MedianRankBA))
	return t
}

// rank is a whole number, or half of one.
func rank(x number) any {
	if v := float64(x); v == math.Trunc(v) {
		return int(v)
	}
	return float64(x)
}

func (p *Pair) cosineTable() *report.Table {
	t := &report.Table{Doc: "How cosines spread: a threshold that tells partners from others lies between the last two rows.", Columns: []string{"pairs", "mean", "sd", "min", "25 %", "50 %", "75 %", "95 %", "99 %", "max"}}
	for _, d := range p.Cosines {
		t.Add(d.Pairs, float64(d.Mean), float64(d.SD), float64(d.Min), float64(d.Q1), float64(d.Median), float64(d.Q3), float64(d.P95), float64(d.P99), float64(d.Max))
	}
	return t
}

func (p *Pair) spectraTable() *report.Table {
	t := &report.Table{Doc: "Over how many directions the variance spreads.", Columns: []string{"modality", "effective rank", "participation ratio", "IsoScore", "share of the first"}}
	for _, s := range p.Spectra {
		t.Add(s.Modality, float64(s.EffectiveRank), float64(s.ParticipationRatio), float64(s.IsoScore), float64(s.First))
	}
	return t
}

// figures draws the densities of cosines, and of projections on the gap direction.
func (p *Pair) figures(s *report.Section) {
	draw := func(name, title, caption, label string, list []*Distribution) {
		t := &report.Table{Columns: []string{"x", "density", "pairs"}}
		var names []string
		for _, d := range list {
			names = append(names, d.Pairs)
			for _, c := range d.hist {
				t.Add(c.at, c.density, d.Pairs)
			}
		}
		s.Drawn[name] = t
		s.Figures = append(s.Figures, report.Figure{
			Name: name, Table: name, Title: title, Caption: caption,
			X: report.Axis{Column: "x", Label: label}, Y: report.Axis{Column: "density", Label: "density"},
			Series: report.Group{Column: "pairs"}, Lines: names, LegendAbove: true,
		})
	}
	draw("cosines", "Cosines", "Partners have to stand above mismatched pairs, not above 0. Where pairs within a modality lie above partners, each modality keeps to a cone of its own.", "cosine", p.Cosines)
	draw("projection", "Along the gap", "Rows of both modalities projected on the direction from the centroid of B to that of A. The direction is fitted on these rows; the accuracy in the table is not.", "projection on the gap direction", p.projections)
}
