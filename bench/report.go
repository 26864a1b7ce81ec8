package bench

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"mindgap/engine"
)

// Report is a benchmark's whole result.
type Report struct {
	Device   engine.Caps `json:"device"`
	Roofline Roofline    `json:"roofline"`
	Load     float64     `json:"load"` // of the machine at the beginning, as a share of its cores; -1: not known
	Busy     bool        `json:"busy"` // others were using the machine: figures are lower than they could be
	Rows     []Row       `json:"rows"`
}

// Judge holds the rows to a second measurement of the roofline too, taken after them: the better
// of both counts, since a machine that others use is slower at some times than at others.
func (r *Report) Judge(again Roofline) {
	r.Roofline = r.Roofline.Better(again)
	for i := range r.Rows {
		r.Rows[i].judge(r.Rows[i].Seconds.Median, r.Roofline)
	}
}

// Load is the machine's average load of the last minute as a share of its cores; -1 where
// the machine does not tell.
func Load(cores int) float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return -1
	}
	first, _, _ := strings.Cut(string(data), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return -1
	}
	return load / float64(max(cores, 1))
}

// BusyLoad is the load from which on a report is marked as taken on a busy machine.
const BusyLoad = 0.5

// head describes device and roofline in lines.
func (r *Report) head() string {
	s := fmt.Sprintf("%s: %s\nroofline: %s", r.Device.Name, r.Device.Renderer, r.Roofline)
	if r.Busy {
		s += busy(r.Load)
	}
	return s
}

func busy(load float64) string {
	return fmt.Sprintf("\nThe machine was busy (load %.0f %% of its cores): figures are lower than they could be.", 100*load)
}

// cells gives the table: a header and the rows.
func (r *Report) cells() [][]string {
	ratios := false
	for _, row := range r.Rows {
		ratios = ratios || row.OverGonum > 0
	}
	head := []string{"kernel", "variant", "case", "time", "95 % interval", "GFLOP/s", "GB/s", "of roofline", "memory"}
	if ratios {
		head = append(head, "x naive", "x gonum")
	}
	out := [][]string{head}
	for _, row := range r.Rows {
		memory, share := "-", "-"
		if row.Percent > 0 {
			share = fmt.Sprintf("%.3g %%", row.Percent)
		}
		if row.Peak > 0 {
			memory = engine.Bytes(row.Peak)
		}
		c := []string{
			row.Kernel, row.Variant, Brief(row.Case), Span(row.Seconds.Median),
			Span(row.Seconds.Lo) + " .. " + Span(row.Seconds.Hi),
			fmt.Sprintf("%.3g", row.GFlops), fmt.Sprintf("%.3g", row.GBs), share, memory,
		}
		if ratios {
			c = append(c, ratio(row.OverNaive), ratio(row.OverGonum))
		}
		out = append(out, c)
	}
	return out
}

// Brief leaves out of a case what is seldom interesting: strides, and what is switched off.
func Brief(text string) string {
	words := strings.Fields(text)
	kept := words[:0]
	for _, w := range words {
		name, value, is := strings.Cut(w, "=")
		stride := strings.HasPrefix(name, "ld_") || strings.HasPrefix(name, "step_")
		if is && (stride || value == "0" || value == "none" || w == "alpha=1" || w == "batch=1") {
			continue
		}
		kept = append(kept, w)
	}
	return strings.Join(kept, " ")
}

func ratio(x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", x)
}

// Span writes seconds with a unit.
func Span(s float64) string {
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.3g us", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.3g s", s)
}

// WriteText writes the report for a terminal.
func (r *Report) WriteText(w io.Writer) error { return writeText(w, r.head(), r.cells()) }

func writeText(w io.Writer, head string, cells [][]string) error {
	fmt.Fprintln(w, head)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range cells {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}

// WriteMarkdown writes the report as Markdown.
func (r *Report) WriteMarkdown(w io.Writer) error { return writeMarkdown(w, r.head(), r.cells()) }

func writeMarkdown(w io.Writer, head string, cells [][]string) error {
	fmt.Fprintf(w, "%s\n\n", strings.ReplaceAll(head, "\n", "  \n"))
	for i, row := range cells {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
	return nil
}
