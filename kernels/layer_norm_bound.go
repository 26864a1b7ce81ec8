package kernels

import (
	"math"

	"mindgap/engine"
)

// layerNormBound follows the three sweeps. With a_i = x_i - mean, A their mean size and V
// the variance: m is off the mean by at most f = gamma_{n+1} mean|x|. So |d_i| <= |a_i| + f,
// r errs by gamma_{n+3} (A + f) and a_i by that and 3 u (|a_i| + f); the variance errs by
// gamma_{n+5} (V + f^2) and by what r^2 (|r| <= f) errs. A relative error e of var + eps is
// at most e/(1 - e) in 1/sqrt. Three more roundings follow in y.
func layerNormBound(p LayerNormParams, e engine.MathErrors, b [][]float64) [][]float64 {
	y, stats := make([]float64, len(b[0])), make([]float64, len(b[1]))
	n := int(p.Cols)
	div := e.Div * engine.U
	for r := range int(p.Rows) {
		x := b[2][r*int(p.LdX):][:n]
		mean, variance := meanVariance(x)
		var size, spread float64
		for _, v := range x {
			size += math.Abs(v) / float64(n)
			spread += math.Abs(v-mean) / float64(n)
		}
		f := (engine.Gamma(n+1)+div)*size + 2*e.Tiny
		errR := (engine.Gamma(n+3)+div)*(spread+f) + 2*e.Tiny
		errVar := (engine.Gamma(n+5)+div)*(variance+f*f) + 2*f*errR + errR*errR + 3*engine.U*f*f + 3*e.Tiny
		rel := errVar/(variance+float64(p.Eps)) + engine.U
		rel = rel/(1-rel) + (e.Sqrt+e.Div+1)*engine.U
		if !(rel < 1) { // nothing is known
			rel = math.Inf(1)
		}
		rstd := 1 / math.Sqrt(variance+float64(p.Eps))
		for c, v := range x {
			a := math.Abs(v - mean)
			z := a * rstd
			errZ := (errR+3*engine.U*(a+f)+e.Tiny)*rstd*(1+rel) + z*rel
			g, bias := math.Abs(b[3][c]), math.Abs(b[4][c])
			y[r*int(p.LdY)+c] = g*errZ + engine.Gamma(3)*(g*(z+errZ)+bias) + e.Tiny*(2+g)
		}
		if p.HasStats != 0 {
			stats[2*r] = errR + engine.U*(math.Abs(mean)+errR) + e.Tiny
			stats[2*r+1] = rstd*rel + e.Tiny
		}
	}
	return [][]float64{y, stats, nil, nil, nil}
}

// layerNormBackBound: g rounds once, z twice (its difference and its product), so the sums
// of n terms err by gamma_{n+1} sum|g| and gamma_{n+4} sum|g z|; then come a division, the
// product with z, two differences and the product with rstd.
func layerNormBackBound(p LayerNormBackParams, e engine.MathErrors, b [][]float64) [][]float64 {
	out := make([]float64, len(b[0]))
	n := int(p.Cols)
	div := e.Div * engine.U
	for r := range int(p.Rows) {
		dy, x := b[1][r*int(p.LdDy):][:n], b[2][r*int(p.LdX):][:n]
		mean, rstd := b[4][2*r], math.Abs(b[4][2*r+1])
		var s1, s2 float64
		for c, v := range dy {
			g := math.Abs(v * b[3][c])
			s1 += g / float64(n)
			s2 += g * math.Abs(x[c]-mean) * rstd / float64(n)
		}
		lost := e.Tiny * (4 + rstd)
		for c, v := range dy {
			g, z := math.Abs(v*b[3][c]), math.Abs(x[c]-mean)*rstd
			err := engine.Gamma(4)*g + (engine.Gamma(n+4)+div)*s1 + (engine.Gamma(n+9)+div)*z*s2 + lost*(2+z+s2)
			at := r*int(p.LdDx) + c
			out[at] = added(rstd*err+engine.Gamma(2)*rstd*(g+s1+z*s2)+lost, b[0][at], p.Accumulate)
		}
	}
	return [][]float64{out, nil, nil, nil, nil}
}

// layerNormBackGainBound: sums of the rows of a chunk, of terms that round three times.
func layerNormBackGainBound(p LayerNormBackGainParams, e engine.MathErrors, b [][]float64) [][]float64 {
	gain, bias := make([]float64, len(b[0])), make([]float64, len(b[1]))
	for k := range chunks(p.Rows, p.Chunk) {
		first, last := k*int(p.Chunk), min((k+1)*int(p.Chunk), int(p.Rows))
		for c := range int(p.Cols) {
			var s1, s2, lost float64
			for r := first; r < last; r++ {
				d := math.Abs(b[2][r*int(p.LdDy)+c])
				rstd := math.Abs(b[4][2*r+1])
				s1 += d
				s2 += d * math.Abs(b[3][r*int(p.LdX)+c]-b[4][2*r]) * rstd
				lost += e.Tiny * (2 + d*(1+rstd))
			}
			at := k*int(p.Cols) + c
			gain[at] = added(engine.Gamma(last-first+3)*s2+lost, b[0][at], p.Accumulate)
			bias[at] = added(engine.Gamma(last-first)*s1+lost, b[1][at], p.Accumulate)
		}
	}
	return [][]float64{gain, bias, nil, nil, nil}
}
