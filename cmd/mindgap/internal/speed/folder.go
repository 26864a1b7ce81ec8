package speed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
)

// Run is when and how a benchmark ran.
type Run struct {
	Program string       `json:"program"`
	Date    time.Time    `json:"date"`
	Limits  bench.Limits `json:"limits"` // nanoseconds
}

func (r Run) day() string { return r.Date.UTC().Format("2 January 2006, 15:04 UTC") }

// page is a benchmark's document with its pictures.
type page struct {
	report.Document
}

// write puts index.html, bench.json and the pictures into a folder.
func (p *page) write(f *report.Folder) error {
	data, err := json.MarshalIndent(p.Data, "", " ")
	if err != nil {
		return err
	}
	if err := f.Write("bench.json", append(data, '\n')); err != nil {
		return err
	}
	for _, s := range p.Sections {
		for _, fig := range s.Figures {
			svg, err := fig.SVG(s.Drawn[fig.Table])
			if err != nil {
				return fmt.Errorf("figure %s: %w", fig.Name, err)
			}
			if err := f.Write(fig.Name+".svg", svg); err != nil {
				return err
			}
		}
	}
	var buf bytes.Buffer
	if err := p.Document.Write(&buf); err != nil {
		return err
	}
	return f.Write("index.html", buf.Bytes())
}

// newPage begins a page on a device.
func newPage(title string, run Run, d engine.Caps, roof bench.Roofline, load float64, busy bool, data any) *page {
	p := &page{Document: report.Document{Title: title, Program: run.Program, Data: data}}
	p.Lead = []string{
		fmt.Sprintf("%s: %s, on %s.", d.Name, renderer(d), run.day()),
		fmt.Sprintf("Roofline, measured before and after: %s.", roof),
		limits(run.Limits) + " " + loadText(load),
	}
	if busy {
		p.Warnings = append(p.Warnings, fmt.Sprintf("The machine was busy (load %.0f %% of its cores): figures are lower than they could be.", 100*load))
	}
	return p
}

func renderer(d engine.Caps) string {
	if d.Kind == "gl" {
		return d.Renderer + ", OpenGL " + d.Version
	}
	return d.Renderer
}

func limits(l bench.Limits) string {
	return fmt.Sprintf("Each figure is the median of at most %d interleaved rounds of about %v after a warm-up of %v, with its 95 %% interval by order statistics; what takes longer than %v has fewer rounds, two at least.",
		l.Rounds, l.Round, l.Warm, l.Budget)
}

func loadText(load float64) string {
	if load < 0 {
		return "This system does not tell its load."
	}
	return fmt.Sprintf("Load at the beginning: %.0f %% of the cores.", 100*load)
}

// Helpers for cells: numbers that sort, with the text that readers see.

func seconds(s float64) report.Quantity { return report.Quantity{Value: s, Text: bench.Span(s)} }

func digits(x float64) report.Quantity {
	return report.Quantity{Value: x, Text: fmt.Sprintf("%.3g", x)}
}

func percent(x float64) any {
	if x == 0 {
		return "-"
	}
	return report.Quantity{Value: x, Text: fmt.Sprintf("%.3g %%", x)}
}

func size(n int64) any {
	if n == 0 {
		return "-"
	}
	return report.Quantity{Value: float64(n), Text: engine.Bytes(n)}
}

func interval(i bench.Interval) report.Quantity {
	return report.Quantity{Value: i.Hi - i.Lo, Text: bench.Span(i.Lo) + " .. " + bench.Span(i.Hi)}
}
