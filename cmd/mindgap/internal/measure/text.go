package measure

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

// WriteText writes the tables for a terminal.
func (r *Result) WriteText(w io.Writer) {
	for i, m := range r.Modalities {
		fmt.Fprintf(w, "%c = %s\n", 'A'+i, m.File)
	}
	what := "rows normalised"
	if !r.Normalised {
		what = "rows as they lie"
	}
	fmt.Fprintf(w, "%d pairs of %d numbers, %s; all-pairs measures: %s, on %s\n", r.N, r.D, what, r.AllPairs.How, r.Device.Name)
	if s := r.sampled(); s != "" {
		fmt.Fprintln(w, strings.TrimSpace(s))
	}
	for i, p := range r.Pairs {
		if len(r.Pairs) > 1 {
			a, b := r.letters(i)
			fmt.Fprintf(w, "\n%c = %s, %c = %s (A, B below)\n", a, p.A, b, p.B)
		}
		fmt.Fprintln(w)
		r.writePair(w, p)
	}
	if len(r.Modalities) > 2 {
		fmt.Fprintln(w)
		r.writeMatrix(w, "gaps", r.Gaps)
		fmt.Fprintln(w)
		r.writeMatrix(w, "mean cosines (i != j)", r.Cosines)
	}
}

// letters are the modalities of a pair.
func (r *Result) letters(pair int) (a, b rune) {
	k, p := len(r.Modalities), 0
	for i := range k {
		for j := i + 1; j < k; j++ {
			if p == pair {
				return 'A' + rune(i), 'A' + rune(j)
			}
			p++
		}
	}
	return '?', '?'
}

func (r *Result) writePair(w io.Writer, p *Pair) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if r.intervals {
		fmt.Fprintln(t, "MEASURE\tVALUE\t95 % INTERVAL\tPAIRED AT RANDOM\t")
	} else {
		fmt.Fprintln(t, "MEASURE\tVALUE\t")
	}
	line := func(title string, v number, ci *[2]number, f *Floor) {
		fmt.Fprintf(t, "%s\t%s\t", title, short(v))
		if r.intervals {
			fmt.Fprintf(t, "%s\t%s\t", ciText(ci), floorText(f))
		}
		fmt.Fprintln(t)
	}
	for _, m := range p.Measures {
		name, _ := title(m.Key)
		line(name, m.Value, m.CI, m.Floor)
	}
	for _, l := range p.InfoNCE {
		line(fmt.Sprintf("InfoNCE, scale %g", l.LogitScale), l.Loss, l.CI, l.Floor)
	}
	t.Flush()
	g := p.Retrieval
	fmt.Fprintf(w, "ranks of partners: A to B  R@5 %s  R@10 %s  median %g;  B to A  R@5 %s  R@10 %s  median %g\n",
		short(g.R5AB), short(g.R10AB), float64(g.MedianRankAB), short(g.R5BA), short(g.R10BA), float64(g.MedianRankBA))
	if p.Cosines != nil {
		fmt.Fprintln(w)
		writeCosines(w, p)
	}
}

// writeCosines shows how cosines spread: where a threshold between partners and others could
// lie.
func writeCosines(w io.Writer, p *Pair) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COSINES\tMEAN\tSD\tMIN\t25 %\t50 %\t75 %\t95 %\t99 %\tMAX\t")
	for _, d := range p.Cosines {
		fmt.Fprintf(t, "%s\t", d.Pairs)
		for _, v := range []number{d.Mean, d.SD, d.Min, d.Q1, d.Median, d.Q3, d.P95, d.P99, d.Max} {
			fmt.Fprintf(t, "%s\t", short(v))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
	for _, s := range p.Spectra {
		fmt.Fprintf(w, "spectrum of %s: effective rank %.1f, participation ratio %.1f, IsoScore %.4f, first direction %.1f %% of the variance\n",
			s.Modality, float64(s.EffectiveRank), float64(s.ParticipationRatio), float64(s.IsoScore), 100*float64(s.First))
	}
}

func ciText(ci *[2]number) string {
	if ci == nil {
		return ""
	}
	return short(ci[0]) + " .. " + short(ci[1])
}

func floorText(f *Floor) string {
	if f == nil {
		return ""
	}
	p := fmt.Sprintf("p = %.2g", f.P)
	if f.P < 1e-9 {
		p = "p < 1e-9"
	}
	return fmt.Sprintf("%s (%s .. %s), %s", short(number(f.Mean)), short(number(f.Lo)), short(number(f.Hi)), p)
}

func (r *Result) writeMatrix(w io.Writer, title string, m [][]number) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, strings.ToUpper(title))
	for i := range m {
		fmt.Fprintf(t, "\t%c", 'A'+i)
	}
	fmt.Fprintln(t)
	for i, row := range m {
		fmt.Fprintf(t, "%c  %s", 'A'+i, r.Modalities[i].Name)
		for _, v := range row {
			fmt.Fprintf(t, "\t%s", short(v))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// short is a number in four decimals, or five digits where it is large.
func short(x number) string {
	v := float64(x)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case math.Abs(v) >= 1e4 || v != 0 && math.Abs(v) < 1e-3:
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.4f", v)
}
