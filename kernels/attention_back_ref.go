package kernels

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"mindgap/engine"
)

// backPairs calls f for every query i and key j that it sees, with where their rows begin in
// each of the seven matrices (dq, do and q: row i; dk, dv, k and v: row j), the logit, do.v, and
// row i's logsumexp and delta.
func backPairs(p AttentionBackParams, b [][]float64, f func(at []int, s, dp, lse, delta float64)) {
	fp := p.forward()
	lds := []int32{p.LdDq, p.LdDk, p.LdDv, p.LdDout, p.LdQ, p.LdK, p.LdV}
	at := make([]int, len(lds))
	eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
		for i := range int(p.Len) {
			row := head*int(p.Len) + i
			for j, s := range attentionLogits(fp, b[4], b[5], row0, col, i) {
				for m, ld := range lds {
					of := i
					if m == 1 || m == 2 || m >= 5 {
						of = j
					}
					at[m] = (row0+of)*int(ld) + col
				}
				dp := floats.Dot(b[3][at[3]:][:p.Width], b[6][at[6]:][:p.Width])
				f(at, s, dp, b[7][2*row], b[7][2*row+1])
			}
		}
	})
}

// probability is exp(s - lse): 0 below 2^-126, and where the row has no keys.
func probability(s, lse float64) float64 {
	p := math.Exp(s - lse)
	if p < minNormal || math.IsInf(lse, -1) {
		return 0
	}
	return p
}

// attentionBackRef is the definition. NaN reaches every row that sees it. What becomes of Inf is
// left open: Inf times 0, or times a difference of nearly equal numbers, has any sign or none.
func attentionBackRef(p AttentionBackParams, b [][]float64) {
	_, inf := p.unsound(b)
	p.eachGradient(func(m, at, _ int) { put(b[m], at, 0, p.Accumulate) })
	add := func(m, to, from, at int, x float64) {
		if p.Parts>>m&1 != 0 && x != 0 {
			floats.AddScaled(b[m][to:][:p.Width], x, b[from][at:][:p.Width])
		}
	}
	backPairs(p, b, func(at []int, s, dp, lse, delta float64) {
		w := probability(s, lse)
		if w == 0 {
			return
		}
		g := float64(p.Scale) * w * (dp - delta)
		add(0, at[0], 5, at[5], g)
		add(1, at[1], 4, at[4], g)
		add(2, at[2], 3, at[3], w)
	})
	p.eachGradient(func(m, at, head int) {
		if x := b[m][at]; inf[head] && x-x != 0 {
			b[m][at] = 0
		}
	})
}

// attentionBackBound: a probability errs as in attentionBound, with x = delta_ij + 2u|s - lse|
// + (exp + 1)u; do.v by gamma_width sum |do||v|; their product g by both, by the difference with
// delta and three roundings. The sums of n = Len terms err by gamma_{n+2} of their sizes, what
// they may be added to (at most the result and the terms together) being one of them. Where an
// input is not finite nothing is known of the rest of its head.
func attentionBackBound(p AttentionBackParams, e engine.MathErrors, b [][]float64) [][]float64 {
	out := make([][]float64, len(b))
	for m := range 3 {
		out[m] = make([]float64, len(b[m]))
	}
	scale, d := math.Abs(float64(p.Scale)), int(p.Width)
	sum := engine.Gamma(int(p.Len) + 2)
	sizes := func(x, y []float64) (size float64) {
		for c, v := range x {
			size += math.Abs(v * y[c])
		}
		return size
	}
	add := func(m, to, from, at int, err, size float64) {
		if p.Parts>>m&1 == 0 {
			return
		}
		for c := range d {
			x := math.Abs(b[from][at+c])
			out[m][to+c] += x*(err*(1+2*sum)+sum*size*float64(1+p.Accumulate)) + e.Tiny*(1+x)
		}
	}
	backPairs(p, b, func(at []int, s, dp, lse, delta float64) {
		errS := engine.Gamma(d+2)*scale*sizes(b[4][at[4]:][:d], b[5][at[5]:][:d]) + (2*float64(d)+1)*(1+scale)*e.Tiny
		errDp := engine.Gamma(d)*sizes(b[3][at[3]:][:d], b[6][at[6]:][:d]) + 2*float64(d)*e.Tiny
		w := probability(s, lse)
		errW := w*math.Expm1(errS+2*engine.U*(math.Abs(s-lse)+errS)+(e.Exp+1)*engine.U) + expTiny
		diff := math.Abs(dp - delta)
		errDiff := errDp + engine.U*(diff+errDp)
		g := scale * w * diff
		errG := scale*(errW*(diff+errDiff)+w*errDiff) + engine.Gamma(3)*scale*(w+errW)*(diff+errDiff) + e.Tiny*(1+scale)
		add(0, at[0], 5, at[5], errG, g)
		add(1, at[1], 4, at[4], errG, g)
		add(2, at[2], 3, at[3], errW, w)
	})
	bad, _ := p.unsound(b)
	p.eachGradient(func(m, at, head int) {
		if p.Accumulate != 0 {
			out[m][at] += sum * math.Abs(b[m][at])
		}
		if bad[head] {
			out[m][at] = math.NaN()
		}
	})
	return out
}

// unsound says of each head whether NaN or Inf is among its inputs, and whether Inf is.
func (p AttentionBackParams) unsound(b [][]float64) (bad, inf []bool) {
	bad, inf = make([]bool, p.Batch*p.Heads), make([]bool, p.Batch*p.Heads)
	look := func(head int, x float64) {
		bad[head] = bad[head] || x-x != 0
		inf[head] = inf[head] || math.IsInf(x, 0)
	}
	for i, x := range b[7] {
		look(i/(2*int(p.Len)), x)
	}
	eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
		for m, ld := range []int32{p.LdDout, p.LdQ, p.LdK, p.LdV} {
			eachRow(p.Len, p.Width, func(row, c int) { look(head, b[3+m][(row0+row)*int(ld)+col+c]) })
		}
	})
	return bad, inf
}

// eachGradient calls f for every element of the gradients that are wanted.
func (p AttentionBackParams) eachGradient(f func(m, at, head int)) {
	for m, ld := range []int32{p.LdDq, p.LdDk, p.LdDv} {
		if p.Parts>>m&1 != 0 {
			eachHead(p.Batch, p.Len, p.Heads, p.Width, func(head, row0, col int) {
				eachRow(p.Len, p.Width, func(row, c int) { f(m, (row0+row)*int(ld)+col+c, head) })
			})
		}
	}
}
