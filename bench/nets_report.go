package bench

import (
	"fmt"
	"io"
	"strings"

	"mindgap/engine"
)

// WriteText writes the report for a terminal.
func (r *NetsReport) WriteText(w io.Writer) error {
	p := &printer{w: w}
	p.printf("%s on %s, beside %s\n", r.Work, r.Device.Renderer, r.peer())
	if r.Busy {
		p.printf("the machine was busy (load %.0f %% of its cores)\n", 100*r.Load)
	}
	p.printf("%-10s %6s %12s %12s %22s %10s %10s\n", "network", "batch", "ours/s", "peer/s", "ratio [95 %]", "memory", "peer's")
	for _, x := range r.Rows {
		p.printf("%-10s %6d %12.3g %12.3g %8.2f [%.2f, %.2f] %10s %10s\n", x.Network, x.Batch, x.Ours.Median, x.Theirs.Median,
			x.Ratio.Median, x.Ratio.Lo, x.Ratio.Hi, engine.Bytes(x.Bytes), engine.Bytes(x.PeerBytes))
	}
	return p.err
}

// WriteMarkdown writes it as a table.
func (r *NetsReport) WriteMarkdown(w io.Writer) error {
	p := &printer{w: w}
	p.printf("%s on %s, beside %s; load %.0f %% of the cores.\n\n", strings.ToUpper(r.Work[:1])+r.Work[1:], r.Device.Renderer, r.peer(), 100*r.Load)
	p.printf("| network | batch | inputs/s | peer | ratio | 95 %% | memory | peer's |\n|---|---|---|---|---|---|---|---|\n")
	for _, x := range r.Rows {
		p.printf("| %s | %d | %.3g | %.3g | %.2f | %.2f to %.2f | %s | %s |\n", x.Network, x.Batch, x.Ours.Median, x.Theirs.Median,
			x.Ratio.Median, x.Ratio.Lo, x.Ratio.Hi, engine.Bytes(x.Bytes), engine.Bytes(x.PeerBytes))
	}
	return p.err
}

func (r *NetsReport) peer() string {
	if r.Peer == "" {
		return "nothing"
	}
	return r.Peer
}

// printer keeps the first error of many writes.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
