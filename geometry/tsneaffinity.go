package geometry

import "math"

// affinities is p_ij = (p_j|i + p_i|j)/2N, with p_j|i proportional to
// exp(-beta_i |x_i - x_j|^2) and beta_i such that the entropy is log perplexity.
func affinities(r Rows, perplexity float64) []float64 {
	n := r.N
	c := r.Centred(r.Mean())
	sq := squaredNorms(c)
	p := dots(c, c)
	parallel(n, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := p[i*n : (i+1)*n]
			least := math.Inf(1)
			for j := range row {
				row[j] = math.Max(0, sq[i]+sq[j]-2*row[j])
				if j != i {
					least = math.Min(least, row[j])
				}
			}
			for j := range row {
				row[j] -= least
			}
			row[i] = math.Inf(1)
			calibrate(row, math.Log(perplexity))
		}
	})
	for i := range n {
		for j := range i {
			v := (p[i*n+j] + p[j*n+i]) / float64(2*n)
			p[i*n+j], p[j*n+i] = v, v
		}
	}
	return p
}

// calibrate turns squared distances into probabilities of the given entropy.
func calibrate(d []float64, entropy float64) {
	lo, hi, beta := 0.0, math.Inf(1), 1.0
	weights := make([]float64, len(d))
	sum := 0.0
	for range 100 {
		moment := 0.0
		sum = 0
		for j, v := range d {
			weights[j] = 0
			if !math.IsInf(v, 1) {
				weights[j] = math.Exp(-beta * v)
				moment += v * weights[j]
			}
			sum += weights[j]
		}
		h := math.Log(sum) + beta*moment/sum
		if math.Abs(h-entropy) < 1e-6 {
			break
		}
		if h > entropy {
			lo = beta
			if math.IsInf(hi, 1) {
				beta *= 2
			} else {
				beta = (lo + hi) / 2
			}
		} else {
			hi = beta
			beta = (lo + hi) / 2
		}
	}
	for j := range d {
		d[j] = weights[j] / sum
	}
}
