package scenes

import (
	"fmt"
	"iter"
	"slices"

	"mindgap/contrastive/dataset"
	"mindgap/nn/preprocess"
)

// Set is a list of scenes as a data set: five captions each, the drawing style as group, and
// the label of a task where one is given.
type Set struct {
	specs []Spec
	size  int
	task  *Task
}

var _ dataset.Set = (*Set)(nil)

// Take gives n scenes of the source, from first on.
func (s Source) Take(first, n int) []Spec {
	specs := make([]Spec, n)
	for i := range specs {
		specs[i] = s.At(first + i)
	}
	return specs
}

// NewSet gives the scenes as pictures of size x size pixels. Without a task there are no classes.
func NewSet(specs []Spec, size int, task *Task) (*Set, error) {
	if size < MinSize || size > MaxSize {
		return nil, sizeError(size)
	}
	for i := range specs {
		if err := specs[i].Valid(); err != nil {
			return nil, fmt.Errorf("scene %d: %w", i, err)
		}
	}
	return &Set{specs, size, task}, nil
}

// Len is the number of scenes.
func (s *Set) Len() int { return len(s.specs) }

// Classes are the task's; nil without one.
func (s *Set) Classes() []string { return slices.Clone(s.Task().Classes) }

// Task is the zero-shot classification, for [dataset.TaskOf].
func (s *Set) Task() dataset.Task {
	if s.task == nil {
		return dataset.Task{}
	}
	return s.task.Task
}

// Groups are the drawing styles.
func (s *Set) Groups() []string { return slices.Clone(Styles) }

// Examples walks the scenes. There are no errors.
func (s *Set) Examples() iter.Seq2[dataset.Example, error] {
	return func(yield func(dataset.Example, error) bool) {
		for i, spec := range s.specs {
			x := dataset.Example{
				Name: Name(i), Captions: spec.Captions(), Label: -1, Group: int(spec.Style),
				Image: func() (*preprocess.Image, error) { return spec.Render(s.size), nil },
			}
			if s.task != nil {
				x.Label = s.task.Label(spec)
			}
			if !yield(x, nil) {
				return
			}
		}
	}
}

// Name is what picture i of a set is called.
func Name(i int) string { return fmt.Sprintf("%06d.png", i) }
