package geometry

import "gonum.org/v1/gonum/floats"

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
