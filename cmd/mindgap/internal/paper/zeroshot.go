package paper

import (
	"context"
	"fmt"

	"mindgap/contrastive"
	"mindgap/contrastive/dataset"
	"mindgap/geometry"
)

// zeroShot is a data set as a model sees it: pictures, the texts of the classes, and the class
// of each picture. Retrieval is the same with as many classes as pictures: the captions.
type zeroShot struct {
	dataset.Task
	images, texts geometry.Rows
	labels        []int
	retrieval     string // "image" or "text": which side asks; "": classification
	given         bool   // a published data set, not drawn scenes
}

// zeroShotPoint is what becomes of it at one shift.
type zeroShotPoint struct {
	delta, distance float64
	above           []int     // how many classes come before the true one, for each picture
	scores          []float64 // of class 1 over class 0, for the area under the ROC curve
}

// sweep shifts pictures and texts along their own gap.
func (z *zeroShot) sweep(ctx context.Context, deltas []float64) ([]zeroShotPoint, *geometry.ClassSweep, error) {
	s, err := geometry.NewClassSweep(z.images, z.texts, nil, geometry.ShiftBoth)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", z.Name, err)
	}
	var out []zeroShotPoint
	for _, delta := range deltas {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p := zeroShotPoint{delta: delta, distance: s.Distance(delta)}
		s.Cosines(delta, func(i int, c []float64) {
			p.above = append(p.above, classesAbove(c, z.labels[i]))
			if z.Metric == dataset.AUC {
				// The softmax probability of class 1 rises with this difference.
				p.scores = append(p.scores, c[1]-c[0])
			}
		})
		out = append(out, p)
	}
	return out, s, nil
}

// classesAbove is how many classes are more similar than the true one; of equals the first
// comes first, as in a prediction.
func classesAbove(cosines []float64, label int) int {
	n := 0
	for k, c := range cosines {
		if c > cosines[label] || c == cosines[label] && k < label {
			n++
		}
	}
	return n
}

// zeroShotMetric is one number of a data set at one shift.
type zeroShotMetric struct {
	name string
	hits int // a picture counts if its class is among as many; 0: the area under the ROC curve
}

// metrics are those that say something: hit@5 is 1 where there are 5 classes. The first is the
// one of Table 1.
func (z *zeroShot) metrics() []zeroShotMetric {
	if z.Metric == dataset.AUC {
		return []zeroShotMetric{{"auc", 0}}
	}
	var out []zeroShotMetric
	for _, k := range []int{1, 5, 10} {
		name := fmt.Sprintf("hit@%d", k)
		switch {
		case z.retrieval != "":
			name = fmt.Sprintf("r%d_%s", k, z.retrieval)
		case k == 1:
			name = "accuracy"
		}
		if k == 1 || k < len(z.Classes) {
			out = append(out, zeroShotMetric{name, k})
		}
	}
	return out
}

// value is a metric over some of the pictures; nil: all.
func (z *zeroShot) value(m zeroShotMetric, p zeroShotPoint, of []int) float64 {
	of = z.some(of)
	if m.hits == 0 {
		scores, positive := make([]float64, len(of)), make([]bool, len(of))
		for k, i := range of {
			scores[k], positive[k] = p.scores[i], z.labels[i] == 1
		}
		return contrastive.AUC(scores, positive)
	}
	right := 0
	for _, i := range of {
		if p.above[i] < m.hits {
			right++
		}
	}
	return float64(right) / float64(max(len(of), 1))
}

// some are the numbers of some pictures; nil: of all.
func (z *zeroShot) some(of []int) []int {
	if of != nil {
		return of
	}
	all := make([]int, len(z.labels))
	for i := range all {
		all[i] = i
	}
	return all
}

// best is the shift with the largest value over some of the pictures: of equals the smallest.
func (z *zeroShot) best(m zeroShotMetric, points []zeroShotPoint, of []int) (at int, value float64) {
	for i, p := range points {
		v := z.value(m, p, of)
		if i == 0 || v > value || v == value && abs(p.delta) < abs(points[at].delta) {
			at, value = i, v
		}
	}
	return at, value
}

// unshifted is the point without a shift.
func unshifted(points []zeroShotPoint) zeroShotPoint {
	for _, p := range points {
		if p.delta == 0 {
			return p
		}
	}
	panic("paper: shifts without 0")
}
