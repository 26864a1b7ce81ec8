package kernels_test

import (
	"fmt"
	"log"

	"mindgap/engine"
	"mindgap/kernels"
)

// A layer's end on the host: a bias for every row, then an activation, in place.
func ExampleGELU() {
	d, err := engine.Open("host")
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()

	x := s.Upload([]float32{-1, 0, 1, 2}, 2, 2)
	kernels.BiasRows(x, x, s.Upload([]float32{1, 0}, 2))
	kernels.GELU(x, x)
	y, err := x.Floats()
	fmt.Printf("%.4f %v\n", y, err)
	// Output: [0.0000 0.0000 1.9545 1.9545] <nil>
}

// Random numbers depend on the seed, the stream's ID and their place in it; every device
// gives the same.
func ExampleRandom() {
	d, err := engine.Open("host")
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()

	r := kernels.NewRandom(42, 0)
	weights, tokens := s.Floats(2, 3), s.Ints(6)
	r.Normal(weights, 0, 1)
	r.Ints(tokens, 49408)
	w, err := weights.Floats()
	fmt.Printf("%.4f %v\n", w, err)
	fmt.Println("the next fill begins at number", r.Next)
	// Output:
	// [-0.9702 0.1940 -1.2356 1.9239 -0.0732 0.1391] <nil>
	// the next fill begins at number 16
}
