package models

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// Bias says how the biases of a layer are drawn.
type Bias int

const (
	NoBias      Bias = iota
	NormalBias       // N(0, 1/width): the paper's Figure 2b
	UniformBias      // uniform within +-1/sqrt(width): the default of PyTorch's Linear
)

// Biases are all kinds, in the order of the paper.
var Biases = []Bias{NormalBias, UniformBias, NoBias}

// String is the name that results use.
func (b Bias) String() string { return [...]string{"none", "normal", "uniform"}[b] }

// Variance is that of one bias, times the width: 1, 1/3 or 0.
func (b Bias) Variance() float64 { return [...]float64{0, 1, 1. / 3}[b] }

// Activation is what a layer does with W x + b: one of the kernels' activations, or Maxout.
type Activation struct {
	Name     string
	function kernels.Activation
	maxout   bool
}

// Activations are those of Figure 2b by the names that results use. Maxout is the larger of
// two maps of their own weights.
var Activations = []Activation{
	{"linear", kernels.NoActivation, false},
	{"relu", kernels.ActReLU, false},
	{"leaky_relu", kernels.ActLeakyReLU, false},
	{"sigmoid", kernels.ActSigmoid, false},
	{"tanh", kernels.ActTanh, false},
	{"maxout", kernels.NoActivation, true},
	{"gelu", kernels.ActGELU, false},
	{"quick_gelu", kernels.ActQuickGELU, false},
	{"elu", kernels.ActELU, false},
}

// ActivationByName finds one of Activations; it panics where there is none.
func ActivationByName(name string) Activation {
	for _, a := range Activations {
		if a.Name == name {
			return a
		}
	}
	panic("models: no activation " + name)
}

// MLP is a network of layers act(W x + b), all of one width. W ~ N(0, 1/width).
type MLP struct {
	Bias       Bias
	Activation Activation
}

// Weights are the random numbers of one layer. Every MLP can take its layer from them, so
// that networks that differ in bias or activation can be run on the same numbers.
type Weights struct {
	width int
	maps  [2]linear // the second is maxout's
	used  int       // how many of them are drawn
}

// linear is a map W x + b with a bias of either kind.
type linear struct{ w, normal, uniform *engine.Tensor }

// NewWeights makes room for the weights of a layer; with maxout, of two maps.
func NewWeights(s *engine.Scope, width int, maxout bool) *Weights {
	w := &Weights{width: width, used: 1}
	if maxout {
		w.used = 2
	}
	for i := range w.used {
		w.maps[i] = linear{s.Floats(width, width), s.Floats(width), s.Floats(width)}
	}
	return w
}

// Draw fills in the next layer of a stream.
func (w *Weights) Draw(r *kernels.Random) {
	sd := float32(1 / math.Sqrt(float64(w.width)))
	for _, m := range w.maps[:w.used] {
		r.Normal(m.w, 0, sd)
		r.Normal(m.normal, 0, sd)
		r.Uniform(m.uniform, -sd, sd)
	}
}

// Layer is y = act(W x + b) for every row of x; y and x are n x width and apart.
func (m MLP) Layer(y, x *engine.Tensor, w *Weights) {
	if !m.Activation.maxout {
		m.apply(y, x, w.maps[0])
		return
	}
	engine.Check("mlp", w.used == 2, "maxout needs weights of two maps")
	s := y.Device().Scope()
	defer s.Close()
	other := s.Floats(y.Rows(), y.Cols())
	m.apply(y, x, w.maps[0])
	m.apply(other, x, w.maps[1])
	kernels.Maxout(y, y, other)
}

func (m MLP) apply(y, x *engine.Tensor, l linear) {
	o := kernels.MatMulOptions{TransB: true, Act: m.Activation.function}
	switch m.Bias {
	case NormalBias:
		o.Bias = l.normal
	case UniformBias:
		o.Bias = l.uniform
	}
	kernels.Gemm(y, x, l.w, o)
}
