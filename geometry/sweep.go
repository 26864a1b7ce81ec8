package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Sweep shifts one pair of modalities by many deltas. Since every shifted cosine
// is a function of x.y, x.u and y.u, a step costs N times batch operations and no
// product of matrices:
//
//	x'.y' = (x.y + db x.u - da y.u - da db) / (|x - da u| |y + db u|)
type Sweep struct {
	Gap            Gap
	a, b           Rows
	u, pc1         []float64
	au, bu, na, nb []float64   // x.u, y.u, |x|^2, |y|^2
	dots           [][]float64 // of each batch
	size           int
	mode           ShiftMode
}

// NewSweep prepares paired unit rows for shifts along their own gap. The loss is
// taken in consecutive batches of the given size (Figure 3: 50), or over all pairs
// at once where batch is 0.
func NewSweep(a, b Rows, batch int, mode ShiftMode) (*Sweep, error) {
	const fn = "NewSweep"
	if err := checkPaired(fn, 2, a, b); err != nil {
		return nil, err
	}
	batches, size, err := cutBatches(fn, a.N, batch)
	if err != nil {
		return nil, err
	}
	s := &Sweep{a: a, b: b, size: size, mode: mode, na: squaredNorms(a), nb: squaredNorms(b)}
	if s.Gap, err = CentroidGap(a, b); err != nil {
		return nil, err
	}
	if s.u, err = s.Gap.Direction(); err != nil {
		return nil, err
	}
	pca, err := FitPCA(Stack(a, b), 1)
	if err != nil {
		return nil, err
	}
	s.pc1 = pca.Components.Row(0)
	if floats.Dot(s.pc1, s.u) < 0 {
		floats.Scale(-1, s.pc1)
	}
	s.au, s.bu = a.Project(s.u), b.Project(s.u)
	for k := range batches {
		s.dots = append(s.dots, dots(a.Slice(k*size, (k+1)*size), b.Slice(k*size, (k+1)*size)))
	}
	return s, nil
}

// Distance is the signed remaining gap after a shift: |mean x' - mean y'|, with the
// sign of its projection on the first principal component of the stacked rows before
// any shift (Figure 3); positive on the original side.
func (s *Sweep) Distance(delta float64) float64 { return s.signed(delta, s.pc1) }

// DistanceAlongGap is Distance with the sign taken along u (get_gap_stats).
func (s *Sweep) DistanceAlongGap(delta float64) float64 { return s.signed(delta, s.u) }

func (s *Sweep) signed(delta float64, along []float64) float64 {
	da, db := s.mode.steps(delta)
	d := meanShifted(s.a, s.u, s.na, s.au, -da)
	floats.Sub(d, meanShifted(s.b, s.u, s.nb, s.bu, db))
	return math.Copysign(floats.Norm(d, 2), floats.Dot(d, along))
}

// meanShifted is the mean of Norm(x + step u).
func meanShifted(r Rows, u, sq, ru []float64, step float64) []float64 {
	m := make([]float64, r.D)
	back := 0.0
	for i := range r.N {
		inv := 1 / math.Sqrt(sq[i]+2*step*ru[i]+step*step)
		floats.AddScaled(m, inv, r.Row(i))
		back += inv * step
	}
	floats.AddScaled(m, back, u)
	floats.Scale(1/float64(r.N), m)
	return m
}

// cosines is the shifted cosines of each batch.
func (s *Sweep) cosines(delta float64) [][]float64 {
	da, db := s.mode.steps(delta)
	out := make([][]float64, len(s.dots))
	inv := make([]float64, s.size)
	for k, g := range s.dots {
		lo := k * s.size
		for j := range inv {
			inv[j] = 1 / math.Sqrt(s.nb[lo+j]+2*db*s.bu[lo+j]+db*db)
		}
		c := make([]float64, len(g))
		for i := range s.size {
			p := s.au[lo+i]
			x := 1 / math.Sqrt(s.na[lo+i]-2*da*p+da*da)
			for j := range s.size {
				c[i*s.size+j] = (g[i*s.size+j] + db*p - da*s.bu[lo+j] - da*db) * x * inv[j]
			}
		}
		out[k] = c
	}
	return out
}

// Loss is InfoNCE after a shift, the mean over the batches.
func (s *Sweep) Loss(delta, scale float64, dir Direction) float64 {
	return s.lossOf(s.cosines(delta), scale, dir)
}

func (s *Sweep) lossOf(cosines [][]float64, scale float64, dir Direction) float64 {
	sum := 0.0
	for _, c := range cosines {
		sum += infoNCE(c, s.size, scale, dir)
	}
	return sum / float64(len(cosines))
}
