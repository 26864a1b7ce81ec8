package vector

// PairGradient is what InfoNCE's gradient takes beside the products q.k of a row: the logit scale,
// the row's logsumexp, the weights of both softmaxes (0: the softmax is left out) and a factor of
// the whole.
type PairGradient struct{ Scale, LSE, WRow, WCol, Factor float32 }

// Row sets g to scale x, x = factor (w_row e^(scale dot - lse) + w_col e^(scale dot - lse_col)), by
// exponentials as Exp makes them, and gives the sum of dot x, in eight sums of float32. At own, the
// pair that belongs together, x has factor (w_row + w_col) less; own may lie beyond the row. cols are
// the columns' logsumexp; not looked at where their weight is 0.
func (c PairGradient) Row(g, dots, cols []float32, own int) float32 {
	g = g[:len(dots)]
	if c.WCol == 0 {
		cols = dots
	}
	cols = cols[:len(dots)]
	var sum [8]float32
	part := func(lo, hi int) {
		for i := lo; i < hi; {
			end := hi
			if n := (hi - i) &^ 7; fast && n > 0 && i != own {
				// The assembly stops before eight elements of which one is NaN or large.
				i += pairGradient8(&g[i], &dots[i], &cols[i], n, &c, &sum)
				end = min(i+8, hi)
			}
			for ; i < end; i++ {
				x := c.weight(dots[i], cols[i])
				if i == own {
					x -= c.WRow + c.WCol
				}
				x *= c.Factor
				g[i] = c.Scale * x
				sum[(i-lo)&7] += float32(dots[i] * x)
			}
		}
	}
	if own < 0 || own >= len(dots) {
		part(0, len(dots))
	} else {
		part(0, own)
		part(own, own+1)
		part(own+1, len(dots))
	}
	return add8(&sum)
}

func (c PairGradient) weight(dot, col float32) (x float32) {
	logit := float32(c.Scale * dot)
	if c.WRow != 0 {
		x = float32(c.WRow * expOf(logit-c.LSE))
	}
	if c.WCol != 0 {
		x += float32(c.WCol * expOf(logit-col))
	}
	return x
}
