package kernels

import (
	"math"
	"math/rand/v2"

	"mindgap/engine"
)

// siglipInputs: unit rows, a scale and a bias between those at the beginning and at the end of
// training.
func siglipInputs(p SigLIPParams, r *rand.Rand, b [][]float64) {
	unitRows(r, b[1], p.Rows, p.D, p.LdQ)
	unitRows(r, b[2], p.Cols, p.D, p.LdK)
	b[3][0] = []float64{1, 10, 100}[r.IntN(3)]
	b[4][0] = -10 * r.Float64()
	if len(b) > 5 {
		b[5][0] = 1 + r.Float64()
	}
}

// pairLogit is what the loss of one pair depends on.
type pairLogit struct {
	tile     int     // its number of part
	dot, u   float64 // q.k, and the loss is log(1 + e^u)
	sign     float64 // du/ds
	errDot   float64 // what float32 may err in dot
	delta    float64 // and in u
	softplus float64 // log(1 + e^u)
	sigmoid  float64 // its derivative
}

// eachPair calls f for all pairs: their logits and, for bounds, how much those may err: u by
// that of the product times scale, and by the roundings of scale and bias.
func (p SigLIPParams) eachPair(b [][]float64, tiny float64, f func(i, j int, l pairLogit)) {
	dots := pairDots(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[1], b[2])
	errs := pairDotErrors(p.Rows, p.Cols, p.D, p.LdQ, p.LdK, b[1], b[2], 0, tiny)
	scale, bias := b[3][0], b[4][0]
	eachRow(p.Rows, p.Cols, func(i, j int) {
		at := i*int(p.Cols) + j
		l := pairLogit{tile: p.tile(i, j), dot: dots[at], errDot: errs[at], u: scale*dots[at] + bias, sign: 1}
		if j == int(p.First)+i {
			l.u, l.sign = -l.u, -1
		}
		l.delta = math.Abs(scale)*l.errDot + 1.01*engine.U*(math.Abs(scale*l.dot)+math.Abs(l.u)) + 2*tiny
		l.softplus = math.Max(l.u, 0) + math.Log1p(math.Exp(-math.Abs(l.u)))
		l.sigmoid = 1 / (1 + math.Exp(-l.u))
		f(i, j, l)
	})
}

func siglipLossRef(p SigLIPParams, b [][]float64) {
	clear(b[0])
	p.eachPair(b, 0, func(_, _ int, l pairLogit) { b[0][l.tile] += l.softplus / float64(p.Total) })
}

func siglipGradRef(p SigLIPParams, b [][]float64) {
	clear(b[0])
	p.eachPair(b, 0, func(i, j int, l pairLogit) {
		x := l.sign * b[5][0] / float64(p.Total) * l.sigmoid
		b[0][l.tile] += l.dot * x
		b[0][p.tiles()+l.tile] += x
		b[6][i*int(p.LdG)+j] = b[3][0] * x
	})
}

// On the way of delta the slope of log(1 + e^u), the sigmoid, grows at most by e^delta. Then
// max(u, 0) + l errs by the relative error of l = log(1 + e^-|u|): exp, the division (1.2 times,
// since its square stands in small terms) and seven roundings; and by that of the sum.
func siglipLossBound(p SigLIPParams, e engine.MathErrors, b [][]float64) [][]float64 {
	part := make([]float64, len(b[0]))
	terms := engine.Gamma(int(p.RowBlock)*int(p.ColBlock)+4) + e.Div*engine.U
	p.eachPair(b, e.Tiny, func(_, _ int, l pairLogit) {
		err := l.delta*min(1, l.sigmoid*math.Exp(l.delta)) + (e.Exp+1.2*e.Div+7)*engine.U*(l.softplus-math.Max(l.u, 0)) + 1.01*engine.U*l.softplus
		part[l.tile] += (err+expTiny+terms*l.softplus)/float64(p.Total) + e.Tiny
	})
	return [][]float64{part, nil, nil, nil, nil}
}

// The sigmoid grows by as much, and errs by exp, a sum and a division.
func siglipGradBound(p SigLIPParams, e engine.MathErrors, b [][]float64) [][]float64 {
	part, g := make([]float64, len(b[0])), make([]float64, len(b[6]))
	terms := engine.Gamma(int(p.RowBlock)*int(p.ColBlock)+4) + e.Div*engine.U
	scale, f := math.Abs(b[3][0]), math.Abs(b[5][0])/float64(p.Total)
	p.eachPair(b, e.Tiny, func(i, j int, l pairLogit) {
		err := l.sigmoid*math.Expm1(l.delta+1.01*(e.Exp+e.Div+2)*engine.U) + expTiny
		dot := math.Abs(l.dot)
		part[l.tile] += f*(err*dot+l.sigmoid*(l.errDot+terms*dot)) + (1+dot)*e.Tiny
		part[p.tiles()+l.tile] += f*(err+terms*l.sigmoid) + e.Tiny
		g[i*int(p.LdG)+j] = f*scale*(err+(engine.Gamma(3)+e.Div*engine.U)*l.sigmoid) + (1+scale+f)*e.Tiny
	})
	return [][]float64{part, nil, nil, nil, nil, nil, g}
}
