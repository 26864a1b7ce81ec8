package measure

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// CSVColumns are the columns of WriteCSV: one row per number.
var CSVColumns = []string{"metric", "modality_a", "modality_b", "param", "value", "ci_lo", "ci_hi", "floor", "floor_lo", "floor_hi", "floor_p", "floor_pairings", "n"}

// WriteCSV writes a tidy table.
func (r *Result) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write(CSVColumns)
	for _, p := range r.Pairs {
		row := func(metric, param string, v number, ci *[2]number, f *Floor, n int) {
			cells := []string{metric, p.A, p.B, param, text(v), "", "", "", "", "", "", "", strconv.Itoa(n)}
			if ci != nil {
				cells[5], cells[6] = text(ci[0]), text(ci[1])
			}
			if f != nil {
				cells[7], cells[8], cells[9], cells[10] = text(number(f.Mean)), text(number(f.Lo)), text(number(f.Hi)), text(number(f.P))
				cells[11] = strconv.Itoa(f.Pairings)
			}
			c.Write(cells)
		}
		for _, m := range p.Measures {
			row(m.Key, "", m.Value, m.CI, m.Floor, r.rowsOf(m.Key))
		}
		for _, l := range p.InfoNCE {
			row("infonce", "logit_scale="+text(number(l.LogitScale)), l.Loss, l.CI, l.Floor, r.AllPairs.Rows)
		}
		g := p.Retrieval
		for _, e := range []struct {
			metric string
			value  number
		}{{"r5_ab", g.R5AB}, {"r5_ba", g.R5BA}, {"r10_ab", g.R10AB}, {"r10_ba", g.R10BA}, {"median_rank_ab", g.MedianRankAB}, {"median_rank_ba", g.MedianRankBA}} {
			row(e.metric, "", e.value, nil, nil, r.AllPairs.Rows)
		}
	}
	c.Flush()
	return c.Error()
}

// rowsOf is how many rows a measure was taken from.
func (r *Result) rowsOf(key string) int {
	switch key {
	case "uniformity_a", "uniformity_b", "r1_ab", "r1_ba", "hubness_ab", "hubness_ba":
		return r.AllPairs.Rows
	case "separability", "cka", "procrustes_gap", "procrustes_matched":
		return r.AllPairs.Held
	}
	return r.N
}

// text writes a number in full; what does not exist is empty.
func text(x number) string {
	if v := float64(x); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}
