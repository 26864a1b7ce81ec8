package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// attentionRef is the definition. A key whose weight is below 2^-126 of the row's largest
// counts as none, whatever its value: no device makes more of it.
func attentionRef(p AttentionParams, b [][]float64) {
	eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
		for i := range int(p.Len) {
			w, lse := attentionWeights(p, b[2], b[3], row0, col, i)
			o := b[0][(row0+i)*int(p.LdO)+col:][:p.Width]
			clear(o)
			for j, x := range w {
				if x != 0 {
					floats.AddScaled(o, x, b[4][(row0+j)*int(p.LdV)+col:][:p.Width])
				}
			}
			if p.HasLse != 0 {
				b[1][head*int(p.Len)+i] = lse
			}
		}
	})
}

// eachHead calls f for every head: its number in the batch, its first row and column.
func eachHead(batch, length, heads, width int32, f func(head, row0, col int)) {
	for head := range int(batch * heads) {
		f(head, head/int(heads)*int(length), head%int(heads)*int(width))
	}
}

// seen is the number of keys that row i sees.
func (p AttentionParams) seen(i int) int {
	if p.Causal != 0 {
		return i + 1
	}
	return int(p.Len)
}

// attentionLogits gives s_ij for the keys that row i sees.
func attentionLogits(p AttentionParams, q, k []float64, row0, col, i int) []float64 {
	s := make([]float64, p.seen(i))
	x := q[(row0+i)*int(p.LdQ)+col:][:p.Width]
	for j := range s {
		s[j] = float64(p.Scale) * floats.Dot(x, k[(row0+j)*int(p.LdK)+col:][:p.Width])
	}
	return s
}

// attentionWeights is the softmax of row i's logits, and their logsumexp. All -Inf give no
// weight at all, some +Inf or NaN no number.
func attentionWeights(p AttentionParams, q, k []float64, row0, col, i int) (w []float64, lse float64) {
	w = attentionLogits(p, q, k, row0, col, i)
	m := maxOf(w)
	if math.IsNaN(m) || math.IsInf(m, 0) {
		fill := math.NaN()
		if m < 0 {
			fill = 0
		}
		for j := range w {
			w[j] = fill
		}
		return w, m
	}
	var sum float64
	for j, s := range w {
		if w[j] = math.Exp(s - m); w[j] < minNormal {
			w[j] = 0
		}
		sum += w[j]
	}
	floats.Scale(1/sum, w)
	return w, m + math.Log(sum)
}

// attentionBound: a logit errs by delta_j = gamma_{width+2} scale sum |q||k|. What is
// subtracted from all logits of a row cancels between a row's sum and o, so a weight
// e^(s_j - m) errs by a factor of at most e^x, x = delta_j + 2u(m - s_j) (its own
// subtraction and those of the fading) + (merges + 1)(exp + 1)u + gamma_n, n sums. Weights too
// small are lost. With N the weighted sum of values and W that of weights, N/W errs by
// (err N + |o| err W) / (W - err W) and the roundings of a quotient (a reciprocal and a
// product), and the logsumexp by the relative error of W. Values that are not finite may
// reach rows of the same head that do not see them, by 0 times Inf.
func attentionBound(p AttentionParams, e engine.MathErrors, b [][]float64) [][]float64 {
	out, lse := make([]float64, len(b[0])), make([]float64, len(b[1]))
	d := int(p.Width)
	eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
		sound := make([]float64, d) // NaN where a value of the column is not finite
		for j := range int(p.Len) {
			for c := range sound {
				sound[c] += 0 * b[4][(row0+j)*int(p.LdV)+col+c]
			}
		}
		for i := range int(p.Len) {
			s := attentionLogits(p, b[2], b[3], row0, col, i)
			size := attentionLogitSizes(p, b[2], b[3], row0, col, i)
			m := maxOf(s)
			n := len(s)
			fixed := float64(ceil(n, 8)+2)*(e.Exp+1)*engine.U + engine.Gamma(n)
			var weights, errWeights float64
			values, errValues := make([]float64, d), make([]float64, d)
			for j, sj := range s {
				delta := engine.Gamma(d+2)*size[j] + (2*float64(d)+1)*e.Tiny
				w := math.Exp(sj - m)
				err := w*math.Expm1(delta+2*engine.U*(m-sj+delta)+fixed) + expTiny
				weights += w
				errWeights += err
				for c := range d {
					v := b[4][(row0+j)*int(p.LdV)+col+c]
					values[c] += w * v
					errValues[c] += err*math.Abs(v) + e.Tiny
				}
			}
			rel := errWeights / weights
			for c := range d {
				o := math.Abs(values[c]) / weights
				err := (errValues[c]/weights + o*rel) / (1 - rel)
				out[(row0+i)*int(p.LdO)+col+c] = err + (e.Div+2)*engine.U*(o+err) + e.Tiny + sound[c]
			}
			if p.HasLse != 0 {
				l := -math.Log1p(-rel) + e.Log*engine.U*max(1, math.Log(weights))
				// The max is that of logits that err.
				l += engine.U * (math.Abs(m) + math.Abs(math.Log(weights)) + l)
				lse[head*int(p.Len)+i] = l
			}
		}
	})
	return [][]float64{out, lse, nil, nil, nil}
}

// attentionLogitSizes is scale sum |q||k| for the keys that row i sees.
func attentionLogitSizes(p AttentionParams, q, k []float64, row0, col, i int) []float64 {
	out := make([]float64, p.seen(i))
	for j := range out {
		for c := range int(p.Width) {
			out[j] += math.Abs(q[(row0+i)*int(p.LdQ)+col+c] * k[(row0+j)*int(p.LdK)+col+c])
		}
		out[j] *= math.Abs(float64(p.Scale))
	}
	return out
}
