package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A ClassSweep shifts images and the texts of classes, which are as many as there are classes,
// by many deltas (Table 1, Table 2). As in a Sweep, a shifted cosine is a function of x.y, x.u
// and y.u:
//
//	x'.y' = (x.y + db x.u - da y.u - da db) / (|x - da u| |y + db u|)
type ClassSweep struct {
	Gap            Gap // of the images and the texts, before any shift
	a, b           Rows
	u              []float64
	au, bu, na, nb []float64 // x.u, y.u, |x|^2, |y|^2
	dots           []float64 // x.y; nil until cosines are asked for
	mode           ShiftMode
}

// NewClassSweep prepares unit rows of images and texts for shifts along the unit direction u;
// nil is the direction of their own gap.
func NewClassSweep(images, texts Rows, u []float64, mode ShiftMode) (*ClassSweep, error) {
	const fn = "NewClassSweep"
	if err := check(fn, 1, images, texts); err != nil {
		return nil, err
	}
	s := &ClassSweep{a: images, b: texts, u: u, na: squaredNorms(images), nb: squaredNorms(texts), mode: mode}
	var err error
	if s.Gap, err = CentroidGap(images, texts); err != nil {
		return nil, err
	}
	if u == nil {
		if s.u, err = s.Gap.Direction(); err != nil {
			return nil, err
		}
	}
	if len(s.u) != images.D {
		return nil, errorf(fn, "a direction of %d numbers for rows of %d", len(s.u), images.D)
	}
	s.au, s.bu = images.Project(s.u), texts.Project(s.u)
	return s, nil
}

// Direction is u, along which it shifts.
func (s *ClassSweep) Direction() []float64 { return append([]float64(nil), s.u...) }

// Distance is the signed remaining gap after a shift, |mean x' - mean y'| with the sign of its
// projection on u: positive on the side where it lies before.
func (s *ClassSweep) Distance(delta float64) float64 {
	da, db := s.mode.steps(delta)
	d := meanShifted(s.a, s.u, s.na, s.au, -da)
	floats.Sub(d, meanShifted(s.b, s.u, s.nb, s.bu, db))
	return math.Copysign(floats.Norm(d, 2), floats.Dot(d, s.u))
}

// Cosines visits every image with its cosines to all texts after a shift, in order. The slice
// is used again for the next image.
func (s *ClassSweep) Cosines(delta float64, visit func(i int, cosines []float64)) {
	if s.dots == nil {
		s.dots = dots(s.a, s.b)
	}
	da, db := s.mode.steps(delta)
	inv := make([]float64, s.b.N)
	for k := range inv {
		inv[k] = 1 / math.Sqrt(s.nb[k]+2*db*s.bu[k]+db*db)
	}
	c := make([]float64, s.b.N)
	for i := range s.a.N {
		p := s.au[i]
		x := 1 / math.Sqrt(s.na[i]-2*da*p+da*da)
		for k := range c {
			c[k] = (s.dots[i*s.b.N+k] + db*p - da*s.bu[k] - da*db) * x * inv[k]
		}
		visit(i, c)
	}
}
