package scenes

import "math"

// noise is smooth and lies in [0, 1]: random numbers at the integer points around (x, y),
// interpolated by t^2 (3 - 2t) on either axis.
func noise(key uint64, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	a, b := knot(key, int64(fx), fy, y), knot(key, int64(fx)+1, fy, y)
	return a + float64((b-a)*ease(x-fx))
}

// knot is the noise at column i between the rows floor and floor + 1.
func knot(key uint64, i int64, floor, y float64) float64 {
	key += uint64(i) * golden
	a, b := point(key, int64(floor)), point(key, int64(floor)+1)
	return a + float64((b-a)*ease(y-floor))
}

// point is a column's random number at row j.
func point(key uint64, j int64) float64 {
	return float64(float64(mix(key+uint64(j)*0xD1B54A32D192ED03)>>40) * 0x1p-24)
}

func ease(t float64) float64 { return float64(float64(t*t) * (3 - float64(2*t))) }

// cloudRow is a row of noise of the picture: frequency knots to a side of it.
type cloudRow struct {
	frequency, first float64
	knots            [16]float64
}

// fill sets the row at height v, for columns from left - 1/2 to left + 1/2, in sides.
func (r *cloudRow) fill(key uint64, frequency, left, v float64) {
	r.frequency, r.first = frequency, math.Floor(float64((left-.5)*frequency))
	y := float64(v * frequency)
	floor := math.Floor(y)
	for i := range int64(frequency) + 3 {
		r.knots[i] = knot(key, int64(r.first)+i, floor, y)
	}
}

// at is the noise at column u.
func (r *cloudRow) at(u float64) float64 {
	x := float64(u*r.frequency) - r.first
	i := int(x)
	return r.knots[i] + float64((r.knots[i+1]-r.knots[i])*ease(x-float64(i)))
}
