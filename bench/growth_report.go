package bench

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"mindgap/engine"
)

func (r *GrowthReport) head() string {
	s := fmt.Sprintf("%s: %s\nroofline: %s\nvectors of %d numbers", r.Device.Name, r.Device.Renderer, r.Roofline, r.Width)
	if r.Busy {
		s += busy(r.Load)
	}
	return s
}

// cells gives every point.
func (r *GrowthReport) cells() [][]string {
	out := [][]string{{"what", "N", "time", "95 % interval", "GFLOP/s", "of roofline", "extra memory", "launches"}}
	for _, s := range r.Series {
		for _, x := range s.Rows {
			out = append(out, []string{
				s.Title, strconv.Itoa(x.N), Span(x.Seconds.Median), Span(x.Seconds.Lo) + " .. " + Span(x.Seconds.Hi),
				fmt.Sprintf("%.3g", x.GFlops), fmt.Sprintf("%.3g %%", x.Percent), engine.Bytes(x.Extra), strconv.Itoa(x.Launches),
			})
		}
	}
	return out
}

// slopes gives the powers of N, expected and measured.
func (r *GrowthReport) slopes() [][]string {
	out := [][]string{{"what", "time ~ N^", "measured", "memory ~ N^", "measured", "over N", "because"}}
	for _, s := range r.Series {
		out = append(out, []string{
			s.Title, fmt.Sprint(s.TimeExpected), s.TimeSlope.String(), fmt.Sprint(s.MemoryExpected), s.MemorySlope.String(),
			fmt.Sprintf("%.0f .. %.0f", s.TimeSlope.From, s.TimeSlope.To), s.Why,
		})
	}
	return out
}

// Notes say, a sentence each, what bends the curves and why series end.
func (r *GrowthReport) Notes() (list []string) {
	for _, s := range r.Series {
		if note := s.bend(r.Roofline.LaunchUS * 1e-6); note != "" {
			list = append(list, note)
		}
		if n := len(s.Rows); s.Stopped != "" && n > 0 {
			list = append(list, fmt.Sprintf("%s ends at N = %d: %s.", upperFirst(s.Title), s.Rows[n-1].N, s.Stopped))
		} else if s.Stopped != "" {
			list = append(list, fmt.Sprintf("%s was not run: %s.", upperFirst(s.Title), s.Stopped))
		}
	}
	return list
}

// bend says below which N every run takes at least twice what the power of N foresees from the
// largest N down, and how much of that launches alone explain.
func (s *GrowthSeries) bend(launch float64) string {
	straight := func(i int) float64 {
		last := s.Rows[len(s.Rows)-1]
		return last.Seconds.Median * math.Pow(float64(s.Rows[i].N)/float64(last.N), s.TimeExpected)
	}
	bent := 0
	for bent < len(s.Rows) && s.Rows[bent].Seconds.Median >= 2*straight(bent) {
		bent++
	}
	if bent == 0 {
		return ""
	}
	x := s.Rows[bent-1]
	return fmt.Sprintf("%s bends below N = %d: at N = %d a run takes %s, where the power of N alone, from the largest N down, gives %s. Launches: %d, which take %s at least however small they are; the rest is what it costs to start cores, to wait and to read results back.",
		upperFirst(s.Title), s.Rows[bent].N, x.N, Span(x.Seconds.Median), Span(straight(bent-1)), x.Launches, Span(float64(x.Launches)*launch))
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// WriteText writes the report for a terminal.
func (r *GrowthReport) WriteText(w io.Writer) error { return r.write(w, writeText) }

// WriteMarkdown writes the report as Markdown.
func (r *GrowthReport) WriteMarkdown(w io.Writer) error { return r.write(w, writeMarkdown) }

func (r *GrowthReport) write(w io.Writer, table func(io.Writer, string, [][]string) error) error {
	if err := table(w, r.head(), r.cells()); err != nil {
		return err
	}
	head := "\nPowers of N, expected and measured by least squares in log-log over the upper decade, with 95 % intervals:"
	if err := table(w, head, r.slopes()); err != nil {
		return err
	}
	for _, note := range r.Notes() {
		if _, err := fmt.Fprintf(w, "\n%s\n", note); err != nil {
			return err
		}
	}
	return nil
}
