package dataset_test

import (
	"fmt"

	"mindgap/contrastive/dataset"
)

// Images with one caption each, as a contrastive loss takes them.
func ExamplePairs() {
	set, err := dataset.Open("testdata/coco", dataset.Options{})
	if err != nil {
		panic(err)
	}
	for pair, err := range dataset.Pairs(dataset.Head(set, 2), dataset.First) {
		if err != nil {
			panic(err)
		}
		image, err := pair.Image()
		if err != nil {
			panic(err)
		}
		fmt.Println(pair.Name, image.Width, "x", image.Height, pair.Text)
	}
	// Output:
	// 000000397133.jpg 24 x 16 Café tables under trees – nobody there.
	// 000000037777.jpg 24 x 16 A kitchen with a stove.
}

// Images with classes, and the texts that they are compared with.
func ExampleTaskOf() {
	set, err := dataset.Open("svhn:testdata/svhn/test_32x32.mat", dataset.Options{})
	if err != nil {
		panic(err)
	}
	task, _ := dataset.TaskOf(set)
	texts := task.Texts()
	for e, err := range set.Examples() {
		if err != nil {
			panic(err)
		}
		fmt.Println(e.Name, texts[e.Label])
	}
	// Output:
	// test_32x32.mat:0 a street sign of the number: "1".
	// test_32x32.mat:1 a street sign of the number: "0".
	// test_32x32.mat:2 a street sign of the number: "9".
	// test_32x32.mat:3 a street sign of the number: "2".
}
