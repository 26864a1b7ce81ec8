package geometry

import "math"

// MLPSpread is how far the mean cosine over all n^2 pairs of n inputs scatters between
// networks of Figure 2b: its standard deviation at layers 0 to depth, for the width and
// bias variance of MLPTheory, to first order in 1/width.
//
// The n outputs of a layer share their mean m, |m|^2 = rho q, and differ in a rest of
// length^2 (1 - rho) q. Unit k of the next layer sees the mean as one number a_k, normal of
// variance (rho q + v)/width, and the rests as a normal law around it. Given a_k, its
// outputs have a mean mu_k and a mean square s_k over the inputs, and
//
//	q' = sum_k s_k,   rho' = sum_k mu_k^2 / q'.
//
// Sums over width independent units scatter: that is the noise of a layer. The noise of
// earlier layers comes through the derivatives of the recursion.
func MLPSpread(a *Activation, v float64, width, n, depth int) []float64 {
	d := float64(width)
	state := LayerState{Cosine: 1 / float64(n), Square: d}
	// Inputs N(0, I): |m|^2 scatters as a chi-square of width degrees, q by n times as many.
	c := covariance{rr: 2 / d * state.Cosine * state.Cosine, qq: 2 * d / float64(n)}
	out := []float64{math.Sqrt(c.rr)}
	for range depth {
		c = c.through(a.derivative(state, v, width)).plus(a.noise(state, v, width))
		state = state.Linear(v).Apply(a, width)
		out = append(out, math.Sqrt(c.rr))
	}
	return out
}

// covariance is that of (rho, q) between networks.
type covariance struct{ rr, rq, qq float64 }

func (c covariance) plus(o covariance) covariance {
	return covariance{c.rr + o.rr, c.rq + o.rq, c.qq + o.qq}
}

// jacobian is the derivatives of (rho', q') by rho and by q.
type jacobian struct{ rr, rq, qr, qq float64 }

func (c covariance) through(j jacobian) covariance {
	return covariance{
		rr: j.rr*j.rr*c.rr + 2*j.rr*j.rq*c.rq + j.rq*j.rq*c.qq,
		rq: j.rr*j.qr*c.rr + (j.rr*j.qq+j.rq*j.qr)*c.rq + j.rq*j.qq*c.qq,
		qq: j.qr*j.qr*c.rr + 2*j.qr*j.qq*c.rq + j.qq*j.qq*c.qq,
	}
}

// derivative takes central differences; rho stays below 1.
func (a *Activation) derivative(s LayerState, v float64, width int) jacobian {
	next := func(rho, q float64) LayerState { return LayerState{rho, q}.Linear(v).Apply(a, width) }
	h := min(1e-4, (1-s.Cosine)/4)
	var j jacobian
	if h > 0 {
		up, down := next(s.Cosine+h, s.Square), next(s.Cosine-h, s.Square)
		j.rr, j.qr = (up.Cosine-down.Cosine)/(2*h), (up.Square-down.Square)/(2*h)
	}
	h = 1e-4 * s.Square
	up, down := next(s.Cosine, s.Square+h), next(s.Cosine, s.Square-h)
	j.rq, j.qq = (up.Cosine-down.Cosine)/(2*h), (up.Square-down.Square)/(2*h)
	return j
}

// noise is what one layer adds. With E over units: rho' = E mu^2 / E s moves by
// (mu^2 - rho' s)/E s per unit.
func (a *Activation) noise(s LayerState, v float64, width int) covariance {
	d := float64(width)
	shared, rest := (s.Cosine*s.Square+v)/d, (1-s.Cosine)*s.Square/d
	weight, mean, square := a.units(math.Sqrt(shared), math.Sqrt(max(0, rest)))
	var mm, ss float64
	for i, w := range weight {
		mm, ss = mm+w*mean[i]*mean[i], ss+w*square[i]
	}
	var c covariance
	for i, w := range weight {
		r, q := (mean[i]*mean[i]-mm/ss*square[i])/ss, square[i]-ss
		c = c.plus(covariance{w * r * r / d, w * r * q, w * q * q * d})
	}
	return c
}

// units gives mean and mean square of a unit's outputs over the inputs, on a grid of what it
// sees of their shared mean (standard deviation shared), with the weights of the grid; the
// rests have standard deviation rest. Maxout's units, max(x, x') = (u + |w|)/sqrt 2 with
// u, w = (x +- x')/sqrt 2, see two such numbers.
func (a *Activation) units(shared, rest float64) (weight, mean, square []float64) {
	node, p := normalTrapezoid()
	phi := a.phi
	if phi == nil {
		phi = math.Abs
	}
	for i, z := range node {
		m, s := 0.0, 0.0
		for j, e := range node {
			f := phi(shared*z + rest*e)
			m, s = m+p[j]*f, s+p[j]*f*f
		}
		if a.phi != nil {
			weight, mean, square = append(weight, p[i]), append(mean, m), append(square, s)
			continue
		}
		for j, e := range node {
			u := shared * e
			weight = append(weight, p[i]*p[j])
			mean = append(mean, (u+m)/math.Sqrt2)
			square = append(square, (u*u+rest*rest+2*u*m+s)/2)
		}
	}
	return weight, mean, square
}
