package nn

import (
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// AdamOptions are the constants of Adam. The zero value means PyTorch's defaults: betas 0.9
// and 0.999, eps 1e-8, no decay.
type AdamOptions struct {
	Beta1 float64 `json:"beta1,omitempty"`
	Beta2 float64 `json:"beta2,omitempty"`
	Eps   float64 `json:"eps,omitempty"`
	// Decay pulls weights towards 0: as a term of the gradient, as PyTorch's Adam(weight_decay)
	// does and the paper's training script, or Decoupled, as AdamW.
	Decay     float64 `json:"decay,omitempty"`
	Decoupled bool    `json:"decoupled,omitempty"`
	// MatricesOnly leaves gains, biases and other vectors without decay.
	MatricesOnly bool `json:"matrices_only,omitempty"`
}

func (o AdamOptions) constants() kernels.AdamOptions {
	k := kernels.AdamOptions{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decay: o.Decay, Decoupled: o.Decoupled}
	for _, d := range []struct {
		to *float64
		v  float64
	}{{&k.Beta1, 0.9}, {&k.Beta2, 0.999}, {&k.Eps, 1e-8}} {
		if *d.to == 0 {
			*d.to = d.v
		}
	}
	return k
}

// Adam changes parameters by their gradients (Kingma & Ba 2015). Nothing waits for the device.
type Adam struct {
	Options AdamOptions
	Steps   int // taken

	params       []*Param
	m, v         []*engine.Tensor
	factor, norm *engine.Tensor
}

// NewAdam prepares the running means of every parameter that learns, 0 at first, in scope s.
func NewAdam(s *engine.Scope, p *Params, o AdamOptions) *Adam {
	a := &Adam{Options: o, factor: s.Floats(1), norm: s.Floats(1)}
	for _, x := range p.All() {
		if x.Value.wants {
			a.params = append(a.params, x)
			a.m = append(a.m, s.Zeros(x.Value.T.Shape()...))
			a.v = append(a.v, s.Zeros(x.Value.T.Shape()...))
		}
	}
	return a
}

// Step changes the parameters at a learning rate. Where clip is not 0 all gradients together
// are shortened to that norm. A parameter to which no gradient has come stays as it is.
func (a *Adam) Step(rate, clip float64) {
	a.Steps++
	var grads []*engine.Tensor
	for _, x := range a.params {
		if g := x.Value.Grad(); g != nil {
			grads = append(grads, g)
		}
	}
	if clip == 0 {
		a.factor.Write([]float32{1})
	} else {
		s := a.factor.Device().Scope()
		squares := s.Floats(1)
		kernels.SumSquares(squares, grads...)
		kernels.ClipFactor(a.factor, a.norm, squares, float32(clip), 1)
		s.Close()
	}
	o := a.Options.constants()
	o.Rate = rate
	for i, x := range a.params {
		g := x.Value.Grad()
		if g == nil {
			continue
		}
		own := o
		if a.Options.MatricesOnly && len(x.Value.T.Shape()) < 2 {
			own.Decay = 0
		}
		kernels.Adam(x.Value.T, a.m[i], a.v[i], g, a.factor, own, a.Steps)
	}
}

// State lists the running means with names that no parameter has, for checkpoints.
func (a *Adam) State() []*Param {
	var list []*Param
	for i, x := range a.params {
		list = append(list, &Param{Name: "adam.m." + x.Name, Value: Const(a.m[i])}, &Param{Name: "adam.v." + x.Name, Value: Const(a.v[i])})
	}
	return list
}

// AtMost keeps a parameter of one element at or below a limit.
func AtMost(x *Param, limit float32) {
	t := x.Value.T
	s := t.Device().Scope()
	defer s.Close()
	bound := s.Upload([]float32{-limit}, t.Shape()...)
	kernels.Scale(t, -1, t)
	kernels.Maxout(t, t, bound)
	kernels.Scale(t, -1, t)
}

// GradNorm is the norm of all gradients at the last Step that clipped, a tensor of one.
func (a *Adam) GradNorm() *engine.Tensor { return a.norm }

// Unclipped is a norm that nothing exceeds: Step then measures it and changes nothing.
var Unclipped = math.Inf(1)
