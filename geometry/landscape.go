package geometry

// LogitScales is the six logit scales 1/tau of Figure 3's loss landscape.
func LogitScales() []float64 { return []float64{100, 50, 30, 20, 10, 1} }

// A Curve is the loss over the shifts at one temperature (Figure 3b-d).
type Curve struct {
	LogitScale float64
	Delta      []float64
	Lambda     []float64 // the paper's factor, delta / (2 |Delta|)
	Distance   []float64 // signed remaining gap
	Loss       []float64
}

// Landscape is one curve for each logit scale, over the given shifts in rising order.
func (s *Sweep) Landscape(scales, deltas []float64, dir Direction) []Curve {
	curves := make([]Curve, len(scales))
	for k, scale := range scales {
		curves[k] = Curve{LogitScale: scale, Delta: deltas}
	}
	for _, delta := range deltas {
		cos, dist := s.cosines(delta), s.Distance(delta)
		for k := range curves {
			c := &curves[k]
			c.Lambda = append(c.Lambda, LambdaOfDelta(delta, s.Gap.Distance))
			c.Distance = append(c.Distance, dist)
			c.Loss = append(c.Loss, s.lossOf(cos, c.LogitScale, dir))
		}
	}
	return curves
}

// Minimum is the index of the smallest loss, the first of equals.
func (c Curve) Minimum() int {
	best := 0
	for i, v := range c.Loss {
		if v < c.Loss[best] {
			best = i
		}
	}
	return best
}

// LocalMinima is the indices of inner points that lie below both neighbours, the
// global minimum left out. The ends of the grid are not counted.
func (c Curve) LocalMinima() []int {
	global := c.Minimum()
	return c.inner(func(i int) bool {
		return i != global && c.Loss[i] < c.Loss[i-1] && c.Loss[i] < c.Loss[i+1]
	})
}

// LocalMaxima is the indices of inner points that lie above both neighbours.
func (c Curve) LocalMaxima() []int {
	return c.inner(func(i int) bool { return c.Loss[i] > c.Loss[i-1] && c.Loss[i] > c.Loss[i+1] })
}

func (c Curve) inner(is func(int) bool) []int {
	var out []int
	for i := 1; i < len(c.Loss)-1; i++ {
		if is(i) {
			out = append(out, i)
		}
	}
	return out
}

// An Optimum is the bottom of a curve between grid points.
type Optimum struct{ Delta, Distance, Loss float64 }

// Optimum refines the curve's grid minimum by golden section between its two
// neighbours, to 1e-7 in delta.
func (s *Sweep) Optimum(c Curve, dir Direction) Optimum {
	m := c.Minimum()
	lo, hi := c.Delta[max(0, m-1)], c.Delta[min(len(c.Delta)-1, m+1)]
	d := goldenSection(lo, hi, 1e-7, func(x float64) float64 { return s.Loss(x, c.LogitScale, dir) })
	return Optimum{Delta: d, Distance: s.Distance(d), Loss: s.Loss(d, c.LogitScale, dir)}
}

// goldenSection finds the minimum of a function with one valley between lo and hi.
func goldenSection(lo, hi, tol float64, f func(float64) float64) float64 {
	const g = 0.6180339887498949 // (sqrt 5 - 1) / 2
	x1, x2 := hi-g*(hi-lo), lo+g*(hi-lo)
	f1, f2 := f(x1), f(x2)
	for hi-lo > tol {
		if f1 < f2 {
			hi, x2, f2 = x2, x1, f1
			x1 = hi - g*(hi-lo)
			f1 = f(x1)
		} else {
			lo, x1, f1 = x1, x2, f2
			x2 = lo + g*(hi-lo)
			f2 = f(x2)
		}
	}
	return (lo + hi) / 2
}
