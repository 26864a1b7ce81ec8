package geometry

import (
	"math"
	"slices"
)

// A Histogram counts values in equal bins from Lo to Hi; the last bin includes Hi.
type Histogram struct {
	Lo, Hi float64
	Counts []int64
}

// A Summary describes the cosines of all N(N-1) ordered pairs i != j of a set, as
// pandas describes a column: SD divides by Pairs-1, quartiles interpolate linearly.
type Summary struct {
	Pairs              int64
	Mean, SD, Min, Max float64
	Q1, Median, Q3     float64
	QuartileError      float64 // 0 for exact quartiles, else the width of a bin
	Hist               Histogram
}

// PairCounts is one pass over the unordered pairs i < j, as a device delivers it.
type PairCounts struct {
	Pairs      int64 // N(N-1)/2
	Sum, SumSq float64
	Min, Max   float64
	Hist       Histogram
}

// PairStats makes the pass over all pairs of unit rows where they are too many for
// WithinSummary; an engine implements it.
type PairStats interface {
	PairCounts(a Rows, lo, hi float64, bins int) (PairCounts, error)
}

// WithinSummary describes the cosines within one modality of unit rows, with a
// histogram of the given number of bins between the smallest and the largest. It
// holds all N(N-1)/2 values: 36 MB at 3000 rows. Beyond that use SummaryFromCounts.
func WithinSummary(a Rows, bins int) (Summary, error) {
	if err := check("WithinSummary", 2, a); err != nil {
		return Summary{}, err
	}
	if bins < 1 {
		return Summary{}, errorf("WithinSummary", "%d bins, want at least 1", bins)
	}
	v := upperDots(a)
	slices.Sort(v)
	s := Summary{Pairs: 2 * int64(len(v)), Min: v[0], Max: v[len(v)-1]}
	for _, x := range v {
		s.Mean += x
	}
	s.Mean /= float64(len(v))
	sq := 0.0
	for _, x := range v {
		sq += (x - s.Mean) * (x - s.Mean)
	}
	s.SD = math.Sqrt(2 * sq / float64(s.Pairs-1))
	s.Q1, s.Median, s.Q3 = twiceQuantile(v, 0.25), twiceQuantile(v, 0.5), twiceQuantile(v, 0.75)
	s.Hist = Histogram{Lo: s.Min, Hi: s.Max, Counts: make([]int64, bins)}
	for _, x := range v {
		s.Hist.Counts[s.Hist.bin(x)] += 2
	}
	return s, nil
}

func upperDots(a Rows) []float64 {
	v := make([]float64, 0, a.N*(a.N-1)/2)
	dotBlocks(a, a, func(lo, hi int, g []float64) {
		for i := lo; i < hi; i++ {
			v = append(v, g[(i-lo)*a.N+i+1:(i-lo+1)*a.N]...)
		}
	})
	return v
}

// twiceQuantile is the quantile of the sorted values when each stands there twice,
// once for (i, j) and once for (j, i).
func twiceQuantile(v []float64, q float64) float64 {
	pos := q * float64(2*len(v)-1)
	k := int(pos)
	lo, hi := v[k/2], v[min(k+1, 2*len(v)-1)/2]
	return lo + (pos-float64(k))*(hi-lo)
}

func (h Histogram) bin(x float64) int {
	if h.Hi <= h.Lo {
		return 0
	}
	k := int(float64(len(h.Counts)) * (x - h.Lo) / (h.Hi - h.Lo))
	return max(0, min(k, len(h.Counts)-1))
}

// SummaryFromCounts makes a Summary of one pass. Its quartiles interpolate within
// a bin and are right up to QuartileError, the width of a bin; with cosines near 1
// the standard deviation loses what SumSq/n - mean^2 cancels.
func SummaryFromCounts(c PairCounts) (Summary, error) {
	if c.Pairs < 1 || len(c.Hist.Counts) == 0 {
		return Summary{}, errorf("SummaryFromCounts", "no pairs counted")
	}
	n := float64(c.Pairs)
	s := Summary{Pairs: 2 * c.Pairs, Mean: c.Sum / n, Min: c.Min, Max: c.Max}
	s.SD = math.Sqrt(math.Max(0, c.SumSq/n-s.Mean*s.Mean) * 2 * n / (2*n - 1))
	s.QuartileError = (c.Hist.Hi - c.Hist.Lo) / float64(len(c.Hist.Counts))
	q := func(p float64) float64 {
		return math.Max(c.Min, math.Min(c.Max, c.Hist.quantile(p)))
	}
	s.Q1, s.Median, s.Q3 = q(0.25), q(0.5), q(0.75)
	s.Hist = Histogram{Lo: c.Hist.Lo, Hi: c.Hist.Hi, Counts: slices.Clone(c.Hist.Counts)}
	for i := range s.Hist.Counts {
		s.Hist.Counts[i] *= 2
	}
	return s, nil
}

func (h Histogram) quantile(p float64) float64 {
	total := int64(0)
	for _, c := range h.Counts {
		total += c
	}
	want, seen := p*float64(total), 0.0
	width := (h.Hi - h.Lo) / float64(len(h.Counts))
	for k, c := range h.Counts {
		if next := seen + float64(c); next >= want && c > 0 {
			return h.Lo + width*(float64(k)+(want-seen)/float64(c))
		}
		seen += float64(c)
	}
	return h.Hi
}
