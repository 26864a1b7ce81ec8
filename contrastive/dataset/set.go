// Package dataset reads pairs of images and texts, and images with classes, as their
// publishers ship them. Every set streams: a picture is decoded when it is asked for.
package dataset

import (
	"iter"

	"mindgap/nn/preprocess"
)

// Example is one image with what is known of it.
type Example struct {
	Name     string   // unique in its set: a file name, or a file and a row
	Captions []string // in the order of the publisher; none where the set has classes only
	Label    int      // in Set.Classes; -1: none
	Group    int      // in Set.Groups, such as a person's race for fairness; -1: none
	// Image decodes the picture; the error names the file.
	Image func() (*preprocess.Image, error)
}

// Set is a data set on disk or made from a seed. It can be walked any number of times, always
// in the same order.
type Set interface {
	// Len is the number of examples; -1 where only a walk tells.
	Len() int
	// Classes and Groups name what Label and Group stand for; nil: the set has none.
	Classes() []string
	Groups() []string
	// Examples walks the set. An error ends the walk; it names file and row.
	Examples() iter.Seq2[Example, error]
}
