package geometry

import "math"

// FirstLayerShift is how far the mean cosine of pairs i != j after the first layer of
// Figure 2b lies above MLPTheory, to first order in 1/width. Networks scatter so little
// there (MLPSpread) that it shows; at later layers it drowns. Three things of order 1/width
// add up, taken at rho = 0, with s the standard deviation of a pre-activation:
//
//	inputs are not quite orthogonal: cosines have variance 1/width
//	inputs differ in length: so does s, with mean 1 - 1/(4 width) and variance 1/(2 width)
//	the cosine is a ratio: E N/sqrt(A B) for means N, A, B over units of phi phi', phi^2, phi'^2
func FirstLayerShift(a *Activation, v float64, width int) float64 {
	d := float64(width)
	sd := math.Sqrt((d + v) / d)
	at := func(c float64) float64 { own, cross := a.moments(sd, c); return cross / own }
	const h = 1e-3
	bend := (at(h) - 2*at(0) + at(-h)) / (h * h)

	// The cosine at lengths s and s' is g(s) g(s'), E g g' = (E g)^2; with G = g^2 and its
	// derivatives by log s: G + (G'' - G' - G'^2/2G)/(4 width).
	square := func(sd float64) float64 { m := a.powers(sd); return m[1] * m[1] / m[2] }
	up, here, down := square(sd*(1+h)), square(sd), square(sd*(1-h))
	slope, curve := (up-down)/(2*h), (up-2*here+down)/(h*h)
	lengths := 0.0
	if here > 0 {
		lengths = (curve - slope - slope*slope/(2*here)) / 4
	}

	m := a.powers(sd)
	ratio := here*(3./4*(m[4]/(m[2]*m[2])-1)+1) - m[1]*m[3]/(m[2]*m[2])
	return (bend/2 + lengths + ratio) / d
}

// powers are E phi^k, k = 0 to 4, at normal pre-activations.
func (a *Activation) powers(sd float64) (m [5]float64) {
	weight, value, _ := a.units(sd, 0)
	for i, w := range weight {
		for k := range m {
			m[k] += w
			w *= value[i]
		}
	}
	return m
}
