package geometry

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// A Separation says how a line parts two modalities.
type Separation struct {
	Accuracy       float64    // share of the rows on their own side of Threshold
	Margin         float64    // smallest projection of a minus largest of b; negative where they overlap
	RangeA, RangeB [2]float64 // smallest and largest projection of each modality
	Threshold      float64    // middle between the projected centroids
}

// SeparateAlongGap projects both sets on the unit gap direction u and cuts in the
// middle between the projected centroids. Direction and cut are fitted on the rows
// that they are measured on; SeparabilityCV is the honest form.
func SeparateAlongGap(a, b Rows) (Separation, error) {
	g, err := CentroidGap(a, b)
	if err != nil {
		return Separation{}, err
	}
	u, err := g.Direction()
	if err != nil {
		return Separation{}, err
	}
	return SeparateAlong(a, b, u, nil), nil
}

// SeparateAlong projects both sets on u and cuts at *threshold, or at the middle
// between the projected centroids where threshold is nil.
func SeparateAlong(a, b Rows, u []float64, threshold *float64) Separation {
	pa, pb := a.Project(u), b.Project(u)
	s := Separation{RangeA: span(pa), RangeB: span(pb)}
	s.Margin = s.RangeA[0] - s.RangeB[1]
	s.Threshold = (floats.Sum(pa)/float64(a.N) + floats.Sum(pb)/float64(b.N)) / 2
	if threshold != nil {
		s.Threshold = *threshold
	}
	right := 0
	for _, p := range pa {
		if p > s.Threshold {
			right++
		}
	}
	for _, p := range pb {
		if p < s.Threshold {
			right++
		}
	}
	s.Accuracy = float64(right) / float64(a.N+b.N)
	return s
}

func span(v []float64) [2]float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	return [2]float64{lo, hi}
}

// A Fit learns to tell modality a from b on training rows and returns its decision:
// positive for a.
type Fit func(a, b Rows) (func(row []float64) float64, error)

// A Correction learns on training rows how to change the rows of each modality, such
// as subtracting that modality's mean.
type Correction func(a, b Rows) (fixA, fixB func(Rows) Rows, err error)

// SeparabilityCV is the accuracy of fit under cross-validation: the rows of each
// modality are dealt into folds at random, and every row is judged by a decision, after
// a correction (nil: none), that were both learned without its fold.
//
// A correction learned on all rows beforehand must not be measured so: CLIP's features
// are separable with accuracy 1.000; once the modality means of *all* rows are
// subtracted, the held-out fold turns anti-predictive and the accuracy falls to 0.2,
// far below chance. With means learned inside each fold it is chance.
func SeparabilityCV(a, b Rows, folds int, seed uint64, correct Correction, fit Fit) (float64, error) {
	const fn = "SeparabilityCV"
	if err := check(fn, 2, a, b); err != nil {
		return 0, err
	}
	if folds < 2 || folds > min(a.N, b.N) {
		return 0, errorf(fn, "%d folds for %d and %d rows", folds, a.N, b.N)
	}
	rng := rand.New(rand.NewPCG(seed, 0x5e9a))
	pa, pb := rng.Perm(a.N), rng.Perm(b.N)
	right := 0.0
	for f := range folds {
		n, err := foldCorrect(split(a, pa, f, folds), split(b, pb, f, folds), correct, fit)
		if err != nil {
			return 0, err
		}
		right += n
	}
	return right / float64(a.N+b.N), nil
}

type fold struct{ train, test Rows }

func split(r Rows, perm []int, f, folds int) fold {
	lo, hi := len(perm)*f/folds, len(perm)*(f+1)/folds
	train := append(append([]int(nil), perm[:lo]...), perm[hi:]...)
	return fold{train: r.Take(train), test: r.Take(perm[lo:hi])}
}

// foldCorrect counts the held-out rows that are judged rightly; a decision of exactly 0
// says nothing and counts half.
func foldCorrect(a, b fold, correct Correction, fit Fit) (float64, error) {
	if correct != nil {
		fixA, fixB, err := correct(a.train, b.train)
		if err != nil {
			return 0, err
		}
		a, b = fold{fixA(a.train), fixA(a.test)}, fold{fixB(b.train), fixB(b.test)}
	}
	decide, err := fit(a.train, b.train)
	if err != nil {
		return 0, err
	}
	right := 0.0
	count := func(r Rows, side float64) {
		for i := range r.N {
			if d := side * decide(r.Row(i)); d > 0 {
				right++
			} else if d == 0 {
				right += 0.5
			}
		}
	}
	count(a.test, 1)
	count(b.test, -1)
	return right, nil
}

// CentreModalities is the correction that subtracts from each modality its own mean.
func CentreModalities(a, b Rows) (fixA, fixB func(Rows) Rows, err error) {
	ma, mb := a.Mean(), b.Mean()
	return func(r Rows) Rows { return r.Centred(ma) }, func(r Rows) Rows { return r.Centred(mb) }, nil
}

// FitGap decides along the gap direction of the training rows, cut in the middle
// between their centroids.
func FitGap(a, b Rows) (func([]float64) float64, error) {
	g, err := CentroidGap(a, b)
	if err != nil {
		return nil, err
	}
	mid := a.Mean()
	floats.Add(mid, b.Mean())
	cut := floats.Dot(mid, g.Vector) / 2
	return func(row []float64) float64 { return floats.Dot(row, g.Vector) - cut }, nil
}
