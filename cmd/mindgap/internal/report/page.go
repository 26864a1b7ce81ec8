package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var pageStyle string

// Entry is an experiment on the page, with its result where there is one.
type Entry struct {
	Name, Where, Title, Doc string
	Needs                   []string
	Ready                   bool
	Result                  *Result
	Record                  *Record
	Widget                  *Widget
}

// tableRows is how many rows of a table the page shows; the CSV has all.
const tableRows = 60

// WritePage writes index.html: one file that opens without a network.
func (f *Folder) WritePage(s *Summary, entries []Entry) error {
	var buf bytes.Buffer
	p := &page{Summary: s, Entries: entries, Style: template.CSS(pageStyle)}
	if err := pageTemplate.Execute(&buf, p); err != nil {
		return fmt.Errorf("index.html: %w", err)
	}
	return f.Write("index.html", buf.Bytes())
}

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"num": short, "cells": shortRow, "heads": heads, "join": strings.Join, "seconds": secondsText, "count": count,
}).Parse(pageText))

// page is what the template sees.
type page struct {
	Summary *Summary
	Entries []Entry
	Style   template.CSS
}

// Done gives the entries that have a result.
func (p *page) Done() []Entry {
	return slices.DeleteFunc(slices.Clone(p.Entries), func(e Entry) bool { return e.Result == nil })
}

// Absent gives the other entries.
func (p *page) Absent() []Entry {
	return slices.DeleteFunc(slices.Clone(p.Entries), func(e Entry) bool { return e.Result != nil })
}

// Checks counts the checks of all results.
func (p *page) Checks() (n int) {
	for _, e := range p.Done() {
		n += e.Result.Checks()
	}
	return n
}

// Failed counts the checks that do not hold.
func (p *page) Failed() (n int) {
	for _, e := range p.Done() {
		n += e.Result.Failed()
	}
	return n
}

// JSON gives all results for other programs, safe inside a script element.
func (p *page) JSON() (template.JS, error) {
	var results []*Result
	for _, e := range p.Done() {
		results = append(results, e.Result)
	}
	data, err := json.Marshal(map[string]any{"summary": p.Summary, "results": results}) // escapes < and >
	return template.JS(data), err
}

// Verdict says in a line how many of the entry's claims hold.
func (e Entry) Verdict() string {
	checks, failed, seen, held := e.Result.Checks(), e.Result.Failed(), 0, 0
	for _, c := range e.Result.Claims {
		if c.Kind == Observation {
			seen++
			if c.Holds {
				held++
			}
		}
	}
	var parts []string
	if checks > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d checks hold", checks-failed, checks))
	}
	if seen > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d observations hold", held, seen))
	}
	return strings.Join(parts, ", ")
}

// drawing is a figure on the page.
type drawing struct {
	Figure
	Legend []legendItem
	Panels []template.HTML
}

// InRow is how many panels stand side by side where the page is wide enough.
func (d drawing) InRow() int {
	if d.Across > 0 {
		return min(d.Across, len(d.Panels))
	}
	return min(len(d.Panels), 4)
}

// legendItem is an entry of a legend, Width points wide.
type legendItem struct {
	SVG   template.HTML
	Width float64
}

// diagram is a sketch on the page.
type diagram struct {
	*Sketch
	SVG template.HTML
}

// Diagrams gives the entry's sketches as SVG.
func (e Entry) Diagrams() ([]diagram, error) {
	var out []diagram
	for i := range e.Result.Sketches {
		s := &e.Result.Sketches[i]
		svg, err := s.inline()
		if err != nil {
			return nil, err
		}
		out = append(out, diagram{s, template.HTML(svg)})
	}
	return out, nil
}

// Drawings gives the entry's figures as SVG.
func (e Entry) Drawings() ([]drawing, error) {
	var out []drawing
	for _, f := range e.Result.Figures {
		d := drawing{Figure: f}
		panels, above, err := f.inline(e.Result.Tables[f.Table])
		if err != nil {
			return nil, err
		}
		for _, l := range above {
			d.Legend = append(d.Legend, legendItem{template.HTML(l.svg), l.width})
		}
		for _, svg := range panels {
			d.Panels = append(d.Panels, template.HTML(svg))
		}
		out = append(out, d)
	}
	return out, nil
}

// sheet is a table on the page.
type sheet struct {
	Name string
	*Table
	Shown [][]any
}

// Sheets gives the entry's tables, cut to what a page can hold; those that figures draw come
// last.
func (e Entry) Sheets() []sheet {
	var out, drawn []sheet
	for _, name := range e.Result.tableNames() {
		t := e.Result.Tables[name]
		s := sheet{name, t, t.Rows[:min(len(t.Rows), tableRows)]}
		if slices.ContainsFunc(e.Result.Figures, func(f Figure) bool { return f.Table == name }) {
			drawn = append(drawn, s)
		} else {
			out = append(out, s)
		}
	}
	return append(out, drawn...)
}

// count is a number of things: "1 row", "2 rows".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// short writes a number for readers: five digits.
func short(v any) string {
	x, ok := number(v)
	if !ok {
		return cell(v)
	}
	if x == math.Trunc(x) && math.Abs(x) < 1e7 {
		return fmt.Sprintf("%d", int64(x))
	}
	return fmt.Sprintf("%.5g", x)
}

// shortCell is a cell with its alignment.
type shortCell struct {
	Text   string
	Number bool
	Value  float64 // of a number
}

func shortRow(row []any) []shortCell {
	out := make([]shortCell, len(row))
	for i, c := range row {
		x, isNumber := number(c)
		out[i] = shortCell{short(c), isNumber, x}
	}
	return out
}

func secondsText(s float64) string {
	if s < 10 {
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.0f s", s)
}
