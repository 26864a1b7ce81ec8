package paper

import (
	"errors"
	"fmt"

	"mindgap/contrastive/dataset"
)

// captioned gives the first data set of --data whose pictures have captions; nil where none
// has. Sets of memes are left out: the words in a meme do not describe it.
func (e *Env) captioned() (spec string, set dataset.Set, err error) {
	for _, spec := range e.Data {
		x, err := dataset.Open(spec, dataset.Options{})
		if err != nil {
			return "", nil, err
		}
		if task, _ := dataset.TaskOf(x); task.Metric == dataset.AUC {
			continue
		}
		first, err := listOf(dataset.Head(x, 1))
		if err != nil {
			return "", nil, fmt.Errorf("--data %s: %w", spec, err)
		}
		if len(first[0].Captions) > 0 {
			return spec, x, nil
		}
	}
	return "", nil, nil
}

// labelled gives the data sets of --data with classes, or the one of faces.
func (e *Env) labelled(faces bool) (specs []string, sets []dataset.Set, err error) {
	for _, spec := range e.Data {
		set, err := dataset.Open(spec, dataset.Options{})
		if err != nil {
			return nil, nil, err
		}
		if task, ok := dataset.TaskOf(set); ok && (task.Name == dataset.FairFace().Name) == faces {
			specs, sets = append(specs, spec), append(sets, set)
		}
	}
	return specs, sets, nil
}

// listOf lists a data set; none is an error.
func listOf(set dataset.Set) ([]dataset.Example, error) {
	var list []dataset.Example
	for x, err := range set.Examples() {
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return nil, errors.New("the data set holds no examples")
	}
	return list, nil
}
