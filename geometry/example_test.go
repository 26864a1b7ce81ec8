package geometry_test

import (
	"fmt"
	"log"

	"mindgap/geometry"
)

// Three image embeddings and the three texts that belong to them.
func Example() {
	images, err := geometry.NewRows(3, 3, []float64{2, 0, 1, 0, 2, 1, 1, 1, 2})
	if err != nil {
		log.Fatal(err)
	}
	texts, err := geometry.NewRows(3, 3, []float64{2, 0, -1, 0, 2, -1, 1, 1, -2})
	if err != nil {
		log.Fatal(err)
	}
	if images, err = images.Normalise(); err != nil {
		log.Fatal(err)
	}
	if texts, err = texts.Normalise(); err != nil {
		log.Fatal(err)
	}
	gap, err := geometry.CentroidGap(images, texts)
	if err != nil {
		log.Fatal(err)
	}
	matched, err := geometry.MatchedCosine(images, texts)
	if err != nil {
		log.Fatal(err)
	}
	ranks, err := geometry.Rank(images, texts)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("gap %.3f, matched cosine %.3f, R@1 %.2f\n", gap.Distance, matched, ranks.Recall(1))
	// Output: gap 1.141, matched cosine 0.289, R@1 0.67
}

// How deep layers of a random ReLU network draw two orthogonal vectors together
// (Figure 2b), and where six mismatched pairs on a sphere settle (Figure 3g).
func Example_theory() {
	relu := geometry.ActivationByName("relu")
	for layer, s := range geometry.MLPTheory(relu, 1, 512, 3) {
		fmt.Printf("layer %d: cosine %.3f\n", layer, s.Cosine)
	}
	sphere := geometry.Sphere{Spacing: 20}
	for _, scale := range []float64{5, 50, 100} {
		fmt.Printf("logit scale %3.0f: %.1f degrees\n", scale, sphere.ArgminDegrees(scale))
	}
	// Output:
	// layer 0: cosine 0.000
	// layer 1: cosine 0.319
	// layer 2: cosine 0.496
	// layer 3: cosine 0.609
	// logit scale   5: 0.0 degrees
	// logit scale  50: 64.9 degrees
	// logit scale 100: 77.8 degrees
}
