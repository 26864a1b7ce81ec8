package measure

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"mindgap/kernels"
)

// Distribution describes cosines (with Raw: products) of pairs of rows.
type Distribution struct {
	Pairs  string  `json:"pairs"` // which
	Count  int64   `json:"count"`
	Mean   number  `json:"mean"`
	SD     number  `json:"sd"`
	Min    number  `json:"min"`
	Q1     number  `json:"q1"`
	Median number  `json:"median"`
	Q3     number  `json:"q3"`
	P95    number  `json:"p95"`
	P99    number  `json:"p99"`
	Max    number  `json:"max"`
	hist   []curve // for the page
}

// curve is a density at the middle of a bin.
type curve struct{ at, density float64 }

// bins of a histogram of cosines: quartiles are right to a 2048th, for rows of unit length.
const bins = 4096

// reach is a bound on products of rows of two modalities.
func (m *measurer) reach(a, b int) float64 {
	if !m.Raw {
		return 1 + 1e-5
	}
	return m.scan.sets[a].hi * m.scan.sets[b].hi * (1 + 1e-5)
}

func (m *measurer) withinCosines(rs *rowset, k int) (*Distribution, error) {
	s := m.Device.Scope()
	defer s.Close()
	x32 := make([]float32, len(rs.held[k]))
	for i, v := range rs.held[k] {
		x32[i] = float32(v)
	}
	x := s.Upload(x32, rs.n, rs.d)
	m.Progress.Start("cosines within "+m.in.modalities[k].name, 0, "")
	hi := float32(m.reach(k, k))
	h, err := kernels.CosineHistogram(x, -hi, hi, bins)
	if err != nil {
		return nil, err
	}
	out := describe("within "+m.in.modalities[k].name, h)
	if !m.Raw {
		c, err := kernels.AllPairsCosine(x)
		if err != nil {
			return nil, err
		}
		out.Mean, out.SD = number(c.Mean), number(math.Sqrt(c.Variance))
	}
	return out, nil
}

// describe reads a distribution off a histogram.
func describe(pairs string, h kernels.Histogram) *Distribution {
	mean, square, total := h.Mean(), 0.0, float64(h.Total()-h.NaN)
	for i, c := range h.Counts {
		d := h.Lo + (float64(i)+0.5)*h.Width() - mean
		square += d * d * float64(c)
	}
	q := func(p float64) number { return number(h.Quantile(p)) }
	return &Distribution{
		Pairs: pairs, Count: int64(h.Total()), Mean: number(mean), SD: number(math.Sqrt(square / total)),
		Min: number(h.Min), Q1: q(.25), Median: q(.5), Q3: q(.75), P95: q(.95), P99: q(.99), Max: number(h.Max),
		hist: density(h),
	}
}

// describeValues reads a distribution off the values themselves.
func describeValues(pairs string, values []float64, lo, hi float64) *Distribution {
	v := slices.Sorted(slices.Values(values))
	q := func(p float64) number { return number(stat.Quantile(p, stat.LinInterp, v, nil)) }
	h := kernels.Histogram{Lo: lo, Hi: hi, Counts: make([]uint64, bins)}
	for _, x := range v {
		h.Counts[max(0, min(bins-1, int((x-lo)/h.Width())))]++
	}
	return &Distribution{
		Pairs: pairs, Count: int64(len(v)), Mean: number(stat.Mean(v, nil)), SD: number(stat.PopStdDev(v, nil)),
		Min: number(v[0]), Q1: q(.25), Median: q(.5), Q3: q(.75), P95: q(.95), P99: q(.99), Max: number(v[len(v)-1]),
		hist: density(h),
	}
}

// density joins bins between the first and the last that hold anything: to twice the cube
// root of the number of pairs (Rice's rule), at most forty.
func density(h kernels.Histogram) []curve {
	first, last := 0, len(h.Counts)-1
	for first < last && h.Counts[first] == 0 {
		first++
	}
	for last > first && h.Counts[last] == 0 {
		last--
	}
	each := max(1, int(float64(last-first+1)/math.Min(40, 2*math.Cbrt(float64(h.Total())))))
	var out []curve
	at := func(bin int) float64 { return h.Lo + float64(bin)*h.Width() }
	out = append(out, curve{at(first - each/2), 0})
	for lo := first; lo <= last; lo += each {
		n := uint64(0)
		for _, c := range h.Counts[lo:min(lo+each, len(h.Counts))] {
			n += c
		}
		out = append(out, curve{at(lo) + float64(each)*h.Width()/2, float64(n) / float64(h.Total()) / (float64(each) * h.Width())})
	}
	return append(out, curve{at(last + 1 + each/2), 0})
}
