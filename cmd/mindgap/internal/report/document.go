package report

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"io"
	"math"
	"strconv"
)

//go:embed document.html.tmpl
var documentText string

// Document is a page of its own, in the look of the experiments' page: one file that opens
// without a network.
type Document struct {
	Title    string
	Lead     []string // paragraphs
	Warnings []string
	Sections []Section
	Program  string
	Data     any // for other programs: goes into the page as JSON
}

// Section is a part of a document: text, tables that are shown whole, figures, and what the
// words in it mean.
type Section struct {
	Title   string
	Text    string
	Tables  []*Table
	Drawn   map[string]*Table // what the figures draw
	Figures []Figure
	Notes   []string    // paragraphs below the figures
	Terms   [][2]string // a word and its meaning
}

// Drawings gives the section's figures as SVG.
func (s Section) Drawings() ([]drawing, error) {
	return Entry{Result: &Result{Tables: s.Drawn, Figures: s.Figures}}.Drawings()
}

// Style is the page's style sheet.
func (d *Document) Style() template.CSS { return template.CSS(pageStyle) }

// JSON gives the data, safe inside a script element.
func (d *Document) JSON() (template.JS, error) {
	data, err := json.Marshal(d.Data) // escapes < and >
	return template.JS(data), err
}

var documentTemplate = template.Must(template.New("document").Funcs(template.FuncMap{"cells": fixedRow, "heads": heads}).Parse(documentText))

// fixedRow writes numbers with four decimals, so that those of a column stand below each
// other; very small and very large ones in four digits.
func fixedRow(row []any) []shortCell {
	out := make([]shortCell, len(row))
	for i, c := range row {
		x, isNumber := number(c)
		out[i] = shortCell{cell(c), isNumber, x}
		if f, ok := c.(float64); ok {
			out[i].Text = strconv.FormatFloat(f, 'f', 4, 64)
			if a := math.Abs(x); a >= 1e4 || a != 0 && a < 1e-3 {
				out[i].Text = strconv.FormatFloat(f, 'g', 4, 64)
			}
		}
	}
	return out
}

// heads are the columns' names, aligned as the numbers below them.
func heads(t *Table) []shortCell {
	out := make([]shortCell, len(t.Columns))
	for i, c := range t.Columns {
		out[i].Text = c
		for _, row := range t.Rows {
			if _, isNumber := number(row[i]); isNumber {
				out[i].Number = true
			}
		}
	}
	return out
}

// Sorts says whether any table can be sorted.
func (d *Document) Sorts() bool {
	for _, s := range d.Sections {
		for _, t := range s.Tables {
			if t.Sorts {
				return true
			}
		}
	}
	return false
}

// Write writes the page.
func (d *Document) Write(w io.Writer) error { return documentTemplate.Execute(w, d) }
