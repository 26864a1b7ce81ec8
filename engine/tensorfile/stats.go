package tensorfile

import (
	"context"
	"math"
)

// Stats is what a look at every number of a tensor tells. NaN and Inf are counted, and
// left out of the rest.
type Stats struct {
	Count, NaN, Inf int64
	Min, Max        float64
	Mean, SD        float64 // the standard deviation of the tensor: divided by the count
}

// Stats reads all numbers of a tensor, a block at a time, until ctx ends. Where none is
// finite, Min, Max, Mean and SD are NaN.
func (n *Named) Stats(ctx context.Context, name string) (Stats, error) {
	r, err := n.Array(name)
	if err != nil {
		return Stats{}, err
	}
	defer n.release(r)
	s := Stats{Count: int64(r.Rows()) * int64(r.Cols()), Min: math.Inf(1), Max: math.Inf(-1)}
	block, square, seen := make([]float64, min(s.Count, 1<<14)), 0.0, 0.0
	for at := int64(0); at < s.Count; at += int64(len(block)) {
		if ctx.Err() != nil {
			return s, context.Cause(ctx)
		}
		block = block[:min(int64(len(block)), s.Count-at)]
		if err := r.el.read64(block, r.first+at); err != nil {
			return s, because(r.name, "read", err)
		}
		finite := s.sift(block)
		if len(finite) == 0 {
			continue
		}
		mean, m2 := moments(finite)
		k := float64(len(finite))
		d := mean - s.Mean // Chan's merge of two means and sums of squares
		s.Mean += d * k / (seen + k)
		square += m2 + d*d*seen*k/(seen+k)
		seen += k
	}
	if s.SD = math.Sqrt(square / seen); seen == 0 {
		s.Min, s.Max, s.Mean = math.NaN(), math.NaN(), math.NaN()
	}
	return s, nil
}

// sift counts what is not finite, keeps the rest, and notes its ends.
func (s *Stats) sift(block []float64) []float64 {
	finite := block[:0]
	for _, v := range block {
		switch {
		case v != v:
			s.NaN++
		case math.IsInf(v, 0):
			s.Inf++
		default:
			s.Min, s.Max = min(s.Min, v), max(s.Max, v)
			finite = append(finite, v)
		}
	}
	return finite
}

// moments gives the mean, and the sum of squared distances from it. Distances from the
// first number are summed, so that equal numbers have exactly their mean and no spread.
func moments(x []float64) (mean, m2 float64) {
	for _, v := range x {
		mean += v - x[0]
	}
	mean = x[0] + mean/float64(len(x))
	for _, v := range x {
		m2 += (v - mean) * (v - mean)
	}
	return mean, m2
}
