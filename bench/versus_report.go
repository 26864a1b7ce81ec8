package bench

import (
	"fmt"
	"io"
	"strings"

	"mindgap/engine"
)

// Missing gives a line for each peer that could not take part.
func (r *PeersReport) Missing() []string {
	var out []string
	for _, name := range sorted(r.Peers) {
		if how, is := strings.CutPrefix(r.Peers[name], missingPeer); is {
			out = append(out, fmt.Sprintf("%s is missing: %s", name, how))
		}
	}
	return out
}

// Head says what ran, on what, and what is missing.
func (r *PeersReport) Head() string {
	var lines []string
	for _, d := range r.Devices {
		lines = append(lines, fmt.Sprintf("%s: %s; roofline: %s", d.Name, d.Renderer, d.Roofline))
	}
	var there []string
	for _, name := range sorted(r.Peers) {
		if !strings.HasPrefix(r.Peers[name], missingPeer) {
			there = append(there, name+" "+r.Peers[name])
		}
	}
	if len(there) > 0 {
		lines = append(lines, "peers: "+strings.Join(there, ", "))
	}
	lines = append(lines, r.Missing()...)
	if r.Busy {
		lines = append(lines, fmt.Sprintf("The machine was busy (load %.0f %% of its cores): ratios are less certain than they could be.", 100*r.Load))
	}
	return strings.Join(lines, "\n")
}

// Cells gives the table: a header and the rows.
func (r *PeersReport) Cells() [][]string {
	out := [][]string{{"goal", "case", "device", "ours", "peer", "", "ratio", "95 % interval", "wanted", "", "of roofline", "error", "peer's", "memory", "peer's"}}
	for _, x := range r.Rows {
		verdict := "-"
		if x.Met != nil {
			verdict = map[bool]string{true: "met", false: "MISSED"}[*x.Met]
		}
		interval := "-"
		if x.Ratio.known() && x.RatioLo != x.RatioHi {
			interval = x.RatioLo.text("%.3g") + " .. " + x.RatioHi.text("%.3g")
		}
		share := x.Percent.text("%.3g %%")
		out = append(out, []string{
			x.Goal, x.Case, x.Device, x.amount(x.Ours), x.amount(x.Peer), x.PeerName, x.Ratio.text("%.3g"), interval, x.Wanted.text("%.3g"), verdict,
			share, x.ErrorOurs.text("%.2g"), x.ErrorPeer.text("%.2g"), x.BytesOurs.bytes(), x.BytesPeer.bytes(),
		})
	}
	return out
}

// notes are the rows' remarks.
func (r *PeersReport) notes() []string {
	var out []string
	for _, x := range r.Rows {
		if x.Note != "" {
			out = append(out, fmt.Sprintf("%s %s on %s: %s.", x.Goal, x.Case, x.Device, strings.TrimSuffix(x.Note, ".")))
		}
	}
	return out
}

// amount writes a figure in the row's unit.
func (r *PeersRow) amount(f Figure) string {
	switch {
	case !f.known():
		return "-"
	case r.Unit == "s":
		return Span(float64(f))
	case r.Unit == "bytes":
		return f.bytes()
	case r.Unit == units[total]:
		return f.text("%.0f")
	case r.Unit == "inputs/s":
		return f.text("%.3g/s")
	}
	return f.text("%.2g")
}

func (f Figure) text(format string) string {
	if !f.known() {
		return "-"
	}
	return fmt.Sprintf(format, float64(f))
}

func (f Figure) bytes() string {
	if !f.known() {
		return "-"
	}
	return engine.Bytes(int64(f))
}

// WriteText writes the report for a terminal.
func (r *PeersReport) WriteText(w io.Writer) error {
	if err := writeText(w, r.Head(), r.Cells()); err != nil {
		return err
	}
	return writeLines(w, "", r.notes())
}

// WriteMarkdown writes the report as Markdown.
func (r *PeersReport) WriteMarkdown(w io.Writer) error {
	if err := writeMarkdown(w, r.Head(), r.Cells()); err != nil {
		return err
	}
	return writeLines(w, "- ", r.notes())
}

// writeLines writes lines, if there are any, after an empty one.
func writeLines(w io.Writer, before string, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s%s\n", before, strings.Join(lines, "\n"+before))
	return err
}
