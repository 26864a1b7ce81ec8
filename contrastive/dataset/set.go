// Package dataset reads pairs of images and texts, and images with classes, as their
// publishers ship them: COCO captions, CIFAR, SVHN, EuroSAT and ImageNet-style folders,
// HatefulMemes, FairFace, MNIST, webdataset archives, folders with a file of captions.
//
// [Open] finds out what lies at a path. Every set streams: pictures are read and decoded when
// they are asked for, and what a header claims is never allocated before it is there. Names
// in foreign files that lead out of the data folder are refused. [TaskOf] gives the texts of
// zero-shot classification, as the paper has them.
//
// What is wrong with a file is an [*Error] of one line: the file, the row, what to do.
package dataset

import (
	"iter"
	"slices"

	"mindgap/nn/preprocess"
)

// Example is one image with what is known of it.
type Example struct {
	Name     string   // unique in its set: a file name, or a file and a row
	Captions []string // in the order of the publisher; none where the set has classes only
	Label    int      // in Set.Classes, where these are named; -1: none
	Group    int      // in Set.Groups, such as a person's race for fairness; -1: none
	// Image decodes the picture; the error names the file. It may be called after the walk
	// has moved on, and from any goroutine.
	Image func() (*preprocess.Image, error)
}

// Set is a data set on disk or made from a seed. It can be walked any number of times, always
// in the same order; only what came from standard input is gone after one walk.
type Set interface {
	// Len is the number of examples; -1 where only a walk tells.
	Len() int
	// Classes and Groups name what Label and Group stand for; nil: the set has none.
	Classes() []string
	Groups() []string
	// Examples walks the set. An error ends the walk; it names file and row.
	Examples() iter.Seq2[Example, error]
}

// about is what a set says of itself.
type about struct {
	task   Task
	groups []string
}

func (a about) Classes() []string { return slices.Clone(a.task.Classes) }
func (a about) Groups() []string  { return slices.Clone(a.groups) }

// Task is the zero-shot classification of the set; see [TaskOf].
func (a about) Task() Task { return a.task }
