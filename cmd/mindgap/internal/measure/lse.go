package measure

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// lseByGroup is the logsumexp of the logits of every row and of every column, the partner's left
// out, by the group of the jackknife to which the other modality's rows belong: the logsumexp
// over the groups is the whole's, and that over all but one is the whole's with this group left
// out.
type lseByGroup struct {
	n          int
	rows, cols []float32 // n x groups
}

func newLSE(n int) *lseByGroup {
	l := &lseByGroup{n, make([]float32, n*groups), make([]float32, n*groups)}
	for i := range l.rows {
		l.rows[i], l.cols[i] = float32(math.Inf(-1)), float32(math.Inf(-1))
	}
	return l
}

// add takes a tile's logits.
func (l *lseByGroup) add(s *engine.Scope, t sheet, segs []segment) error {
	h, w := t.m.Rows(), t.m.Cols()
	columns := t.columns(segs)
	rows, cols := s.Floats(len(columns), h), s.Floats(w)
	for k, seg := range columns {
		kernels.RowLogSumExp(rows.At(k), t.m.SliceCols(seg.lo, seg.hi))
	}
	kernels.ColumnLogSumExp(cols, t.m)
	r, err := rows.Floats()
	if err != nil {
		return err
	}
	c, err := cols.Floats()
	if err != nil {
		return err
	}
	for k, seg := range columns {
		for i, v := range r[k*h : (k+1)*h] {
			merge(&l.rows[(t.rows.lo+i)*groups+seg.group], v)
		}
	}
	for j, v := range c {
		merge(&l.cols[(t.cols.lo+j)*groups+t.group], v)
	}
	return nil
}

// merge is dst = log(e^dst + e^v).
func merge(dst *float32, v float32) {
	lo, hi := float64(*dst), float64(v)
	if lo > hi {
		lo, hi = hi, lo
	}
	if !math.IsInf(lo, -1) {
		hi += math.Log1p(math.Exp(lo - hi))
	}
	*dst = float32(hi)
}

// loss is the symmetric InfoNCE of all pairs and, for each group of the jackknife, without it:
// the mean over i of the two cross entropies log(1 + exp(lse_i - s_i)), s_i = scale target_i
// being the partner's logit. None of them is negative, and small ones keep their digits.
func (l *lseByGroup) loss(scale float64, target []float64, group []int) (all float64, without []float64) {
	const chunk = 512
	sums := make([][groups + 1]float64, (l.n+chunk-1)/chunk)
	counts := [groups + 1]int{groups: l.n}
	for _, g := range group {
		for k := range groups {
			if k != g {
				counts[k]++
			}
		}
	}
	parallel(len(sums), func(from, to int) {
		for c := from; c < to; c++ {
			for i := c * chunk; i < min((c+1)*chunk, l.n); i++ {
				s := scale * target[i]
				r, rAll := leaveOut(l.rows[i*groups : (i+1)*groups])
				k, kAll := leaveOut(l.cols[i*groups : (i+1)*groups])
				for g := range groups {
					if g != group[i] {
						sums[c][g] += (softplus(r[g]-s) + softplus(k[g]-s)) / 2
					}
				}
				sums[c][groups] += (softplus(rAll-s) + softplus(kAll-s)) / 2
			}
		}
	})
	var total [groups + 1]float64
	for _, s := range sums { // in their order, however many workers there were
		for g, v := range s {
			total[g] += v
		}
	}
	without = make([]float64, groups)
	for g := range without {
		without[g] = total[g] / float64(counts[g])
	}
	return total[groups] / float64(l.n), without
}

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// leaveOut is the logsumexp of parts, with each of them left out and with all.
func leaveOut(part []float32) (without [groups]float64, all float64) {
	top := math.Inf(-1)
	for _, v := range part {
		top = max(top, float64(v))
	}
	if math.IsInf(top, -1) { // nobody to compete with
		for g := range without {
			without[g] = top
		}
		return without, top
	}
	var e, before [groups]float64
	sum := 0.0
	for g, v := range part {
		e[g] = math.Exp(float64(v) - top)
		before[g] = sum
		sum += e[g]
	}
	after := 0.0
	for g := groups - 1; g >= 0; g-- {
		if rest := before[g] + after; rest > 1e-290 {
			without[g] = top + math.Log(rest)
		} else {
			without[g] = slowLSE(part, g)
		}
		after += e[g]
	}
	return without, top + math.Log(sum)
}

// slowLSE leaves out one part that stands far above all others.
func slowLSE(part []float32, skip int) float64 {
	top, sum := math.Inf(-1), 0.0
	for g, v := range part {
		if g != skip {
			top = max(top, float64(v))
		}
	}
	if math.IsInf(top, -1) {
		return top
	}
	for g, v := range part {
		if g != skip {
			sum += math.Exp(float64(v) - top)
		}
	}
	return top + math.Log(sum)
}
