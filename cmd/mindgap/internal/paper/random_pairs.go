package paper

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// randomPairs stands in for the embeddings of a model: n inputs, normal and seen by both,
// through two networks that differ in nothing but their random weights (two ReLU layers and
// a linear one, d wide, weights and biases of variance 1/d).
func randomPairs(e *Env, n, d int) (pairs, error) {
	p := pairs{source: fmt.Sprintf("surrogate: embeddings of %d random inputs by two networks with random weights (3 layers of width %d) in place of CLIP; --features DIR reads the authors' files", n, d)}
	s := e.Device.Scope()
	defer s.Close()
	x := s.Floats(n, d)
	kernels.NewRandom(e.Seed, 100).Normal(x, 0, 1)
	for k, set := range []*geometry.Rows{&p.a, &p.b} {
		data, err := randomTower(e, x, uint32(101+k))
		if err != nil {
			return p, err
		}
		rows, err := geometry.FromFloat32(n, d, data)
		if err != nil {
			return p, err
		}
		if *set, err = rows.Normalise(); err != nil {
			return p, err
		}
	}
	return p, nil
}

func randomTower(e *Env, x *engine.Tensor, stream uint32) ([]float32, error) {
	s := e.Device.Scope()
	defer s.Close()
	n, d := x.Rows(), x.Cols()
	random, sd := kernels.NewRandom(e.Seed, stream), float32(1/math.Sqrt(float64(d)))
	w, b, y, h := s.Floats(d, d), s.Floats(d), s.Floats(n, d), x
	for range 2 {
		random.Normal(w, 0, sd)
		random.Normal(b, 0, sd)
		next := s.Floats(n, d)
		layer(next, h, w, b)
		h = next
	}
	random.Normal(w, 0, sd)
	kernels.Gemm(y, h, w, kernels.MatMulOptions{TransB: true})
	return y.Floats()
}
