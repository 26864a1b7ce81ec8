package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"mindgap/geometry"
)

// Warning says what a reader of the numbers has to know, and which of the checks found it.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func (r *Result) warn(code, text string) {
	for _, w := range r.Warnings { // of the same rows in several pairs
		if w.Text == text {
			return
		}
	}
	r.Warnings = append(r.Warnings, Warning{code, text})
}

// unitSlack is how far a norm may be from 1: half-precision rows are off by 6e-4.
const unitSlack = 1e-3

// warnRows looks at each modality's rows.
func (m *measurer) warnRows() {
	if n := len(m.scan.bad); n > 0 {
		m.res.warn("bad rows", fmt.Sprintf("%d of %d pairs are left out: a row of zeros, or with NaN or infinity (the first is row %d)", n, m.in.n, m.scan.bad[0]))
	}
	for k, s := range m.scan.sets {
		name := m.in.modalities[k].name
		if s.lo < 1-unitSlack || s.hi > 1+unitSlack {
			what := "they are normalised before anything is measured (--raw leaves them)"
			if m.Raw {
				what = "--raw leaves them so, and cosines, RMG, alignment, uniformity mean little"
			}
			m.res.warn("norms", fmt.Sprintf("rows of %s are not of length 1 but from %.4g to %.4g; %s", name, s.lo, s.hi, what))
		}
		if t := s.twins; t.count > 0 {
			m.res.warn("duplicates", fmt.Sprintf("%d of %d rows of %s are equal to an earlier one (row %d to row %d): partners that tie count with their chance, and intervals that take rows as independent are too narrow", t.count, m.scan.n, name, t.j, t.i))
		}
	}
	switch n := m.scan.n; {
	case n < fewest:
		m.res.warn("small n", fmt.Sprintf("%d pairs are too few for intervals; R@1 and InfoNCE mean little", n))
	case n < 100:
		m.res.warn("small n", fmt.Sprintf("%d pairs: intervals are wide, and R@1 and InfoNCE look better than they would among more rows", n))
	}
}

// warnPair looks at how rows are paired.
func (m *measurer) warnPair(out *Pair, p *pairSums, est map[string]geometry.Estimate) {
	pair := out.A + " and " + out.B
	if e := out.find("cos_aa"); e.Value > 0.999 {
		m.res.warn("collapsed", fmt.Sprintf("rows of %s all but coincide (mean cosine %.6f)", out.A, float64(e.Value)))
	}
	if e := out.find("cos_bb"); e.Value > 0.999 {
		m.res.warn("collapsed", fmt.Sprintf("rows of %s all but coincide (mean cosine %.6f)", out.B, float64(e.Value)))
	}
	if f := out.find("matched").Floor; f != nil && f.P > 0.05 {
		m.res.warn("pairing", fmt.Sprintf("partners of %s are no nearer to each other than random rows are (p = %.2g): is row i of one the partner of row i of the other?", pair, f.P))
	}
	if text := p.shifts.found(est["mismatched"].Value); text != "" {
		m.res.warn("pairing", fmt.Sprintf("%s: %s", pair, text))
	}
	if lo, hi, ok := m.brokenPart(p, est["mismatched"].Value); ok {
		m.res.warn("pairing", fmt.Sprintf("%s: partners in rows %d to %d are no nearer to each other than random rows are, while others are: is the pairing broken there?", pair, lo, hi-1))
	}
}

// found says whether partners lie better some rows apart than where they are: twice as far
// above the level of mismatched pairs, and by eight times what the other shifts scatter.
func (s shiftSums) found(mismatched float64) string {
	if s.rows < 4*shiftMost {
		return ""
	}
	best := 0
	for k, v := range s.mean {
		if v > s.mean[best] {
			best = k
		}
	}
	here := s.mean[shiftMost]
	var others []float64
	for k, v := range s.mean {
		if k != best && k != shiftMost {
			others = append(others, v)
		}
	}
	limit := mismatched + max(2*math.Abs(here-mismatched), 8*stat.StdDev(others, nil), 1e-3)
	switch {
	case s.reversed > limit && s.reversed > s.mean[best]:
		return "rows of the second lie nearer to those of the first in reverse order: is one of the files turned round?"
	case best != shiftMost && s.mean[best] > limit:
		return fmt.Sprintf("row i of the first lies nearer to row i%+d of the second (mean cosine %.3f) than to row i (%.3f): is one of the files shifted?", best-shiftMost, s.mean[best], here)
	}
	return ""
}

// brokenPart looks for a run of tenths of the rows in which partners are at the level of
// mismatched pairs (within 4 standard errors), while in all others they stand above it (by
// more than 6, and four times as far).
func (m *measurer) brokenPart(p *pairSums, floor float64) (lo, hi int, ok bool) {
	const parts, few = 10, 20
	rows := m.goodRows()
	if len(rows) < parts*few {
		return 0, 0, false
	}
	first, last := -1, -1
	bad, good, low, high := 0, 0, math.Inf(-1), math.Inf(1) // how far above
	for k := range parts {
		part := rows[k*len(rows)/parts : (k+1)*len(rows)/parts]
		v := make([]float64, len(part))
		for i, r := range part {
			v[i] = p.cosine[r] - floor
		}
		mean, sd := stat.MeanStdDev(v, nil)
		switch z := mean / math.Max(sd/math.Sqrt(float64(len(v))), 1e-15); {
		case math.Abs(z) < 4:
			if bad++; first < 0 {
				first = k
			}
			last, low = k, max(low, mean)
		case z > 6:
			good, high = good+1, min(high, mean)
		}
	}
	if bad == 0 || good == 0 || good+bad < parts || last-first+1 != bad || low > high/4 {
		return 0, 0, false
	}
	return rows[first*len(rows)/parts], rows[(last+1)*len(rows)/parts-1] + 1, true
}
