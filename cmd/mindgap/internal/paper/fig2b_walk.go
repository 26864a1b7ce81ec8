package paper

import (
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn/models"
)

type (
	tensor = engine.Tensor
	scope  = engine.Scope
)

// walk is inputs on their way through one network.
type walk struct {
	x      *tensor
	layer  func(y, x *tensor, w []*models.Weights)
	cosine *[][]float64 // of its curve; the last seed's grows
}

func newWalk(s *scope, x *tensor, cosine *[][]float64, first float64, layer func(y, x *tensor, w []*models.Weights)) *walk {
	own := s.Floats(x.Shape()...)
	own.CopyFrom(x)
	*cosine = append(*cosine, []float64{first})
	return &walk{own, layer, cosine}
}

// step goes through the next layer into y, measures, and gives back the memory of the layer
// before.
func (w *walk) step(y *tensor, weights []*models.Weights) (*tensor, error) {
	w.layer(y, w.x, weights)
	w.x, y = y, w.x
	mean, err := kernels.AllPairsCosineMean(w.x)
	mean = min(mean, 1) // it may round beyond
	last := len(*w.cosine) - 1
	(*w.cosine)[last] = append((*w.cosine)[last], mean)
	return y, err
}
