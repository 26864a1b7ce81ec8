package bench

import (
	"fmt"
	"io"
	"strings"
)

// head says what was measured.
func (r *TuneReport) head() string {
	s := fmt.Sprintf("%s: %s, %s", r.Device.Name, r.Device.Renderer, r.Device.Version)
	if r.Roofline != nil {
		s += fmt.Sprintf("\nroofline: %.1f GFLOP/s, %.1f GB/s, %.1f us per launch", r.Roofline.GFlops, r.Roofline.GBs, r.Roofline.LaunchUS)
	}
	if n := r.Count(TunePlanned); n > 0 {
		return s + fmt.Sprintf("\n%d shapes would be measured, %d are known from before", n, r.Count(TuneKnown))
	}
	s += fmt.Sprintf("\n%d shapes measured, %d known from before, %d not reached, %d failed, in %.1f s",
		r.Count(TuneMeasured), r.Count(TuneKnown), r.Count(TuneNotReached), r.Count(TuneFailed), r.Seconds)
	if list := r.notReached(); len(list) > 0 {
		s += "\nnot reached, and left to their default: " + strings.Join(list, ", ")
	}
	if r.Busy {
		s += fmt.Sprintf("\nThe machine was busy (load %.0f %% of its cores): choices may be worse than they could be.", 100*r.Load)
	}
	return s
}

// notReached counts the shapes of each kernel that the budget did not reach.
func (r *TuneReport) notReached() (list []string) {
	count := map[string]int{}
	var kernels []string
	for _, row := range r.Rows {
		if row.State == TuneNotReached {
			if count[row.Kernel]++; count[row.Kernel] == 1 {
				kernels = append(kernels, row.Kernel)
			}
		}
	}
	for _, k := range kernels {
		list = append(list, fmt.Sprintf("%s (%d)", k, count[k]))
	}
	return list
}

func (r *TuneReport) cells() [][]string {
	out := [][]string{{"kernel", "shape", "variant", "time", "default", "its time", "x default", "of roofline", "others (times its time)"}}
	for _, row := range r.Rows {
		c := []string{
			row.Kernel, row.Bucket, row.Variant, Span(row.Seconds), row.Default, Span(row.Before),
			fmt.Sprintf("%.2f", row.Gain()), "-", row.others(),
		}
		switch row.State {
		case TuneNotReached:
			continue
		case TuneFailed, TunePlanned:
			c[2], c[3], c[4], c[5], c[6] = row.State, "-", "-", "-", "-"
		}
		if row.Percent > 0 {
			c[7] = fmt.Sprintf("%.3g %%", row.Percent)
		}
		out = append(out, c)
	}
	return out
}

// others says in words what became of the variants that were not chosen.
func (row *TuneRow) others() string {
	switch row.State {
	case TuneKnown:
		return "known"
	case TuneFailed:
		return row.Why
	}
	var list []string
	same := map[string][]string{} // by verdict
	for _, c := range row.Candidates {
		switch c.Verdict {
		case TuneChosen:
		case TuneSlower:
			list = append(list, fmt.Sprintf("%s %.2f", c.Variant, c.Seconds/row.Seconds))
		case TuneWrong:
			list = append(list, fmt.Sprintf("%s WRONG: %s", c.Variant, c.Why))
		default:
			same[c.Verdict] = append(same[c.Verdict], c.Variant)
		}
	}
	for _, verdict := range []string{TuneTooSlow, TuneCannot, TuneNotRun} {
		if names := same[verdict]; len(names) > 0 {
			list = append(list, verdict+": "+strings.Join(names, " "))
		}
	}
	return strings.Join(list, "; ")
}

// WriteText writes the report for a terminal.
func (r *TuneReport) WriteText(w io.Writer) error { return writeText(w, r.head(), r.cells()) }

// WriteMarkdown writes the report as Markdown.
func (r *TuneReport) WriteMarkdown(w io.Writer) error {
	return writeMarkdown(w, r.head(), r.cells())
}
