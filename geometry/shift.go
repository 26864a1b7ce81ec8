package geometry

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A ShiftMode says which modality moves along the gap.
type ShiftMode int

const (
	// ShiftBoth is Figure 3: x' = Norm(x - delta/2 u), y' = Norm(y + delta/2 u).
	ShiftBoth ShiftMode = iota
	// ShiftFirst is Table 2 and get_gap_stats: x' = Norm(x - delta u), y' = Norm(y).
	ShiftFirst
)

func (m ShiftMode) String() string { return [...]string{"both", "first only"}[m] }

// steps is how far the first modality moves against u, and the second along it.
func (m ShiftMode) steps(delta float64) (da, db float64) {
	if m == ShiftFirst {
		return delta, 0
	}
	return delta / 2, delta / 2
}

// DeltaOfLambda turns the paper's lambda (x - lambda Delta, y + lambda Delta) into
// the authors' code's delta (x - delta/2 u): delta = 2 lambda |Delta|.
func DeltaOfLambda(lambda, gap float64) float64 { return 2 * lambda * gap }

// LambdaOfDelta is delta / (2 |Delta|). The gap closes near lambda = 1/2.
func LambdaOfDelta(delta, gap float64) float64 { return delta / (2 * gap) }

// DeltaGrid is the 40 shifts of Figure 3 and Table 1: -5, -4.75, ... 4.75.
func DeltaGrid() []float64 {
	d := make([]float64, 40)
	for i := range d {
		d[i] = -5 + 0.25*float64(i)
	}
	return d
}

// Shift moves the modalities along the unit direction u by delta, as mode says, and
// normalises. A positive delta closes the gap when u points from b to a.
func Shift(a, b Rows, u []float64, delta float64, mode ShiftMode) (x, y Rows, err error) {
	if err := check("Shift", 1, a, b, Rows{N: 1, D: len(u), Data: u}); err != nil {
		return Rows{}, Rows{}, err
	}
	da, db := mode.steps(delta)
	if x, err = shifted(a, u, -da); err != nil {
		return Rows{}, Rows{}, err
	}
	y, err = shifted(b, u, db)
	return x, y, err
}

func shifted(r Rows, u []float64, step float64) (Rows, error) {
	out := r.Clone()
	for i := range out.N {
		floats.AddScaled(out.Row(i), step, u)
	}
	return out.Normalise()
}

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
