package bench

import (
	"fmt"
	"io"
	"strings"

	"mindgap/engine"
)

// Head describes what was measured, in lines.
func (r *NetsReport) Head() string {
	peer := "nothing"
	if r.Peer != "" {
		peer = r.Peer
	}
	s := fmt.Sprintf("%s on %s, beside %s\nroofline: %s", r.Work, r.Device.Renderer, peer, r.Roofline)
	if r.Busy {
		s += busy(r.Load)
	}
	return s
}

// Cells gives the table: a header and the rows.
func (r *NetsReport) Cells() [][]string {
	out := [][]string{{"network", "batch", "inputs/s", "GFLOP/s", "of roofline", "peer/s", "ratio", "95 %", "memory", "peer's"}}
	for _, x := range r.Rows {
		c := []string{
			x.Network, fmt.Sprint(x.Batch), fmt.Sprintf("%.3g", x.Ours.Median), fmt.Sprintf("%.3g", x.GFlops), fmt.Sprintf("%.3g %%", x.Percent),
			"-", "-", "-", engine.Bytes(x.Bytes), "-",
		}
		if x.Ratio.Rounds > 0 {
			c[5], c[6] = fmt.Sprintf("%.3g", x.Theirs.Median), fmt.Sprintf("%.2f", x.Ratio.Median)
			c[7], c[9] = fmt.Sprintf("%.2f .. %.2f", x.Ratio.Lo, x.Ratio.Hi), engine.Bytes(x.PeerBytes)
		}
		out = append(out, c)
	}
	return out
}

// WriteText writes the report for a terminal.
func (r *NetsReport) WriteText(w io.Writer) error { return writeText(w, r.Head(), r.Cells()) }

// WriteMarkdown writes it as a table.
func (r *NetsReport) WriteMarkdown(w io.Writer) error {
	return writeMarkdown(w, strings.ToUpper(r.Work[:1])+r.Head()[1:], r.Cells())
}
