package vector

import "fmt"

func ExampleExpSum() {
	x := []float32{1, 2, 3} // logits; their largest is subtracted
	sum := ExpSum(x, 3)
	Scale(x, 1/sum)
	fmt.Printf("%.4f\n", x)
	// Output: [0.0900 0.2447 0.6652]
}
