package geometry

import "math"

// A Sphere is the simulation of Figure 3e-g: six images on the equator of a unit
// sphere, Spacing degrees apart from -Spacing on, and six texts at the same azimuths,
// dtheta degrees towards a pole. Mismatched (Matched false), the first two texts have
// changed places. The published curves have a spacing of 20 degrees.
type Sphere struct {
	Spacing float64 // degrees
	Matched bool
}

// Points gives the unit vectors of images and texts, 6 x 3 each: polar angle 90 and
// 90 + dtheta degrees.
func (s Sphere) Points(dtheta float64) (images, texts Rows) {
	images, texts = Zeros(6, 3), Zeros(6, 3)
	for i := range 6 {
		phi, psi := s.azimuth(i), s.azimuth(s.partner(i))
		copy(images.Row(i), []float64{math.Cos(phi), math.Sin(phi), 0})
		d := dtheta * math.Pi / 180
		copy(texts.Row(i), []float64{math.Cos(d) * math.Cos(psi), math.Cos(d) * math.Sin(psi), -math.Sin(d)})
	}
	return images, texts
}

func (s Sphere) azimuth(i int) float64 { return s.Spacing * float64(i-1) * math.Pi / 180 }

// partner is the place in the row at which text i stands.
func (s Sphere) partner(i int) int {
	if i < 2 && !s.Matched {
		return 1 - i
	}
	return i
}

// LossAt is the symmetric InfoNCE at the effective scale c = s cos(dtheta), on which
// alone it depends: the logits are c cos(phi_i - psi_j).
func (s Sphere) LossAt(c float64) float64 {
	g := make([]float64, 36)
	for i := range 6 {
		for j := range 6 {
			g[i*6+j] = math.Cos(s.azimuth(i) - s.azimuth(s.partner(j)))
		}
	}
	return infoNCE(g, 6, c, Symmetric)
}

// Loss is the symmetric InfoNCE at logit scale `scale` and dtheta degrees. At 90
// degrees it is ln 6.
func (s Sphere) Loss(scale, dtheta float64) float64 {
	return s.LossAt(scale * math.Cos(dtheta*math.Pi/180))
}

// Distance is the gap |mean image - mean text| = sqrt(R^2 (1 - cos D)^2 + sin^2 D),
// with the sign of dtheta; R is the length of the images' centroid.
func (s Sphere) Distance(dtheta float64) float64 {
	var x, y float64
	for i := range 6 {
		x, y = x+math.Cos(s.azimuth(i))/6, y+math.Sin(s.azimuth(i))/6
	}
	d := dtheta * math.Pi / 180
	dist := math.Sqrt((x*x+y*y)*math.Pow(1-math.Cos(d), 2) + math.Pow(math.Sin(d), 2))
	return math.Copysign(dist, dtheta)
}

// BestScale is c*, the effective scale of the smallest loss: the root of dL/dc. With
// matched pairs the loss falls for ever and c* is +Inf.
func (s Sphere) BestScale() float64 {
	if s.Matched {
		return math.Inf(1)
	}
	lo, hi := 0.0, 1.0
	for s.slope(hi) < 0 && hi < 1e6 {
		lo, hi = hi, 2*hi
	}
	return bisect(lo, hi, s.slope)
}

// slope is dL/dc: the mean of E cos over both soft choices, less the mean cosine of
// the partners.
func (s Sphere) slope(c float64) float64 {
	sum := 0.0
	for i := range 6 {
		var rows, rowCos, cols, colCos float64
		for j := range 6 {
			r := math.Cos(s.azimuth(i) - s.azimuth(s.partner(j)))
			k := math.Cos(s.azimuth(j) - s.azimuth(s.partner(i)))
			er, ek := math.Exp(c*(r-1)), math.Exp(c*(k-1))
			rows, rowCos, cols, colCos = rows+er, rowCos+er*r, cols+ek, colCos+ek*k
		}
		own := math.Cos(s.azimuth(i) - s.azimuth(s.partner(i)))
		sum += (rowCos/rows+colCos/cols)/2 - own
	}
	return sum / 6
}

// ArgminDegrees is the dtheta >= 0 of the smallest loss: arccos(c*/s) where the
// logit scale s exceeds c*, else 0. The loss is even in dtheta.
func (s Sphere) ArgminDegrees(scale float64) float64 {
	c := s.BestScale()
	if scale <= c {
		return 0
	}
	return math.Acos(c/scale) * 180 / math.Pi
}

// bisect finds the root of f, which is negative at lo and positive at hi, to the
// last bit.
func bisect(lo, hi float64, f func(float64) float64) float64 {
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		if f(mid) < 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
}
