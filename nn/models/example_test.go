package models_test

import (
	"fmt"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn/models"
)

// After ten random ReLU layers, random vectors point the same way.
func Example() {
	d, err := engine.Open("host")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	random := kernels.NewRandom(1, 0)
	x, y := s.Floats(100, 256), s.Floats(100, 256)
	random.Normal(x, 0, 1)
	net := models.MLP{Bias: models.NormalBias, Activation: models.ActivationByName("relu")}
	w := models.NewWeights(s, 256, false)
	for range 10 {
		w.Draw(random)
		net.Layer(y, x, w)
		x, y = y, x
	}
	cosine, err := kernels.AllPairsCosineMean(x)
	fmt.Printf("%.1f %v\n", cosine, err)
	// Output: 1.0 <nil>
}
