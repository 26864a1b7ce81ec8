package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// Histogram counts numbers in bins of equal width. Numbers beyond Lo..Hi are counted in the
// end bins, NaN apart, so that Total is always the number of pairs.
type Histogram struct {
	Lo, Hi   float64
	Counts   []uint64
	NaN      uint64
	Min, Max float64 // of all numbers but NaN; Inf and -Inf when there are none
}

// Width is the width of a bin.
func (h Histogram) Width() float64 { return (h.Hi - h.Lo) / float64(len(h.Counts)) }

// Total is how many numbers were counted, NaN among them.
func (h Histogram) Total() uint64 {
	n := h.NaN
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Mean is the mean of the numbers, taken at the middle of their bins: right to half a width
// when all lie within Lo..Hi. NaN when there are none.
func (h Histogram) Mean() float64 {
	var sum, n float64
	for i, c := range h.Counts {
		sum += float64(c) * (h.Lo + (float64(i)+0.5)*h.Width())
		n += float64(c)
	}
	return sum / n
}

// Quantile is the number below which a share q (0 to 1) of the numbers lies, interpolated
// within its bin and kept within Min..Max: right to one width when it lies within Lo..Hi.
// NaN when there are no numbers.
func (h Histogram) Quantile(q float64) float64 {
	bin, part := h.find(q)
	if bin < 0 {
		return math.NaN()
	}
	return math.Max(h.Min, math.Min(h.Max, h.Lo+(float64(bin)+part)*h.Width()))
}

// find gives the bin in which a quantile lies, and how far into it; -1 when there are no
// numbers.
func (h Histogram) find(q float64) (bin int, part float64) {
	rank := math.Max(0, math.Min(1, q)) * float64(h.Total()-h.NaN)
	bin = -1
	var below float64
	for i, c := range h.Counts {
		if c == 0 {
			continue
		}
		if bin, part = i, math.Min(1, (rank-below)/float64(c)); below+float64(c) >= rank {
			break
		}
		below += float64(c)
	}
	return bin, part
}

// CosineHistogram counts x_i . x_j of all pairs i < j of the rows of x (N x D; cosines where
// rows have unit length) in bins of equal width over lo..hi, without ever holding N x N
// numbers: N^2 D flops. It waits for the device and returns its error. Total is exactly
// N(N-1)/2; a pair whose product is within float32's error of an edge may be counted on its
// other side.
func CosineHistogram(x *engine.Tensor, lo, hi float32, bins int) (Histogram, error) {
	return pairHistogram(x, x, true, lo, hi, bins, math.MaxUint32)
}

// CrossCosineHistogram is CosineHistogram of all pairs of a row of a (M x D) and a row of b
// (N x D): M N of them.
func CrossCosineHistogram(a, b *engine.Tensor, lo, hi float32, bins int) (Histogram, error) {
	return pairHistogram(a, b, false, lo, hi, bins, math.MaxUint32)
}

// CosineQuantiles gives quantiles (shares from 0 to 1) of x_i . x_j over all pairs i < j, right to the
// given accuracy (no better than float32's error of a product): one pass over the pairs for
// all of them, and where its bins are too wide more passes around each.
func CosineQuantiles(x *engine.Tensor, shares []float64, accuracy float64) ([]float64, error) {
	const bins, passes = 4096, 4
	engine.Check("cosine_quantiles", accuracy > 0, "accuracy %g", accuracy)
	all, err := CosineHistogram(x, -1.001, 1.001, bins) // rows are of unit length but for rounding
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(shares))
	for i, q := range shares {
		h := all
		for pass := 1; pass < passes && h.Width() > accuracy; pass++ {
			bin, _ := h.find(q)
			if bin < 0 {
				break
			}
			// One bin more on either side: the ends also hold what lies beyond them.
			at := h.Lo + float64(bin)*h.Width()
			lo, hi := float32(at-h.Width()), float32(at+2*h.Width())
			if !(float64(hi-lo) > bins/64*engine.U) { // bins of less than float32's spacing
				break
			}
			if h, err = CosineHistogram(x, lo, hi, bins); err != nil {
				return nil, err
			}
		}
		out[i] = h.Quantile(q)
	}
	return out, nil
}

// histogramBytes caps the memory of a launch's histograms.
const histogramBytes = 8 << 20

// pairHistogram collects the device's counts, which are 32 bits wide, before any of them can
// have grown beyond most.
func pairHistogram(x, y *engine.Tensor, upper bool, lo, hi float32, bins int, most int64) (Histogram, error) {
	const op = "all_pairs_cosine_histogram"
	engine.Check(op, len(x.Shape()) == 2 && len(y.Shape()) == 2 && x.Cols() == y.Cols() && x.Cols() > 0, "rows of shapes %v and %v", x.Shape(), y.Shape())
	engine.Check(op, bins > 0 && bins <= 1<<20 && hi > lo, "%d bins over %g..%g", bins, lo, hi)
	h := Histogram{Lo: float64(lo), Hi: float64(hi), Counts: make([]uint64, bins), Min: math.Inf(1), Max: math.Inf(-1)}
	rows, cols, d := x.Rows(), y.Rows(), x.Cols()
	p := CosineHistogramParams{
		D: int32(d), LdX: int32(x.LD()), LdY: int32(y.LD()), Bins: int32(bins),
		Lo: lo, PerBin: float32(float64(bins) / (float64(hi) - float64(lo))),
	}
	dev := x.Device()
	p.UnitRows, p.UnitCols = histogramUnit(dev.Caps(), cols, d)
	down, across := p.launchUnits(rows, cols)
	height, width := down*int(p.UnitRows), across*int(p.UnitCols)
	s := dev.Scope()
	defer s.Close()
	units := down * across
	counts, low, high := s.Uints(units*(bins+1)), s.Floats(units), s.Floats(units)
	counts.Zero()
	// Pairs of a unit in a launch, and in all launches since the last collection.
	unit, counted := int64(p.UnitRows)*int64(p.UnitCols), int64(0)
	low.Write(repeat(units, float32(math.Inf(1))))
	high.Write(repeat(units, float32(math.Inf(-1))))
	for i := 0; i < rows; i += height {
		first := 0
		if upper {
			first = i
		}
		for j := first; j < cols; j += width {
			if counted += unit; counted > most {
				if err := h.collect(counts, low, high); err != nil {
					return h, fmt.Errorf("%s: %w", op, err)
				}
				counts.Zero()
				counted = unit
			}
			end, right := min(i+height, rows), min(j+width, cols)
			p.Rows, p.Cols, p.Upper = int32(end-i), int32(right-j), flag(upper && i == j)
			allPairsCosineHistogram.Run(p, counts, low, high, x.SliceRows(i, end), y.SliceRows(j, right))
		}
	}
	if err := h.collect(counts, low, high); err != nil {
		return h, fmt.Errorf("%s: %w", op, err)
	}
	return h, nil
}

// launchUnits is how many units one launch takes of so many rows and columns. It takes a strip of
// rows and a window of columns, no narrower than the strip is high: right of the window that
// begins on the diagonal, every pair counts.
func (p CosineHistogramParams) launchUnits(rows, cols int) (down, across int) {
	room := max(1, histogramBytes/4/(int(p.Bins)+3)) // histograms of a launch
	across = max(min(ceil(cols, int(p.UnitCols)), room), ceil(int(p.UnitRows), int(p.UnitCols)))
	down = max(1, min(room/across, ceil(rows, int(p.UnitRows)), across*int(p.UnitCols)/int(p.UnitRows)))
	return down, across
}

// histogramUnit is how many rows and columns share a histogram: few enough for every variant
// to end within the device's loop budget, and for enough of them to keep it busy.
func histogramUnit(c engine.Caps, cols, d int) (rows, columns int32) {
	switch {
	case c.Kind == "host":
		return 128, 512
	case c.Software:
		rows, columns = 256, 64
	default:
		rows, columns = 128, 512
	}
	for columns > 64 && int(columns) > cols/16 {
		columns /= 2
	}
	for rows > 64 && int(rows) > cols/16 {
		rows /= 2
	}
	for b := c.LoopBudget; b > 0 && rows*columns > 8*16 && ceil(int(rows*columns), 256)*(d+1)+256 > b; {
		if rows > columns/2 {
			rows /= 2
		} else {
			columns /= 2
		}
	}
	return rows, columns
}

// collect adds up the units' histograms.
func (h *Histogram) collect(counts, low, high *engine.Tensor) error {
	c, units, n := make([]uint32, counts.Len()), low.Len(), len(h.Counts)
	if err := counts.ReadUints(c); err != nil {
		return err
	}
	for u := range units {
		row := c[u*(n+1):][:n+1]
		for i, v := range row[:n] {
			h.Counts[i] += uint64(v)
		}
		h.NaN += uint64(row[n])
	}
	for _, t := range []*engine.Tensor{low, high} {
		ends, err := t.Floats()
		if err != nil {
			return err
		}
		for _, v := range ends {
			if t == low {
				h.Min = math.Min(h.Min, float64(v))
			} else {
				h.Max = math.Max(h.Max, float64(v))
			}
		}
	}
	return nil
}

func repeat(n int, v float32) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = v
	}
	return out
}
