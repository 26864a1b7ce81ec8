package geometry

import "math"

// A LayerState is the theory of two vectors on their way through a random network of
// infinite width: the cosine between them and the squared length of each.
type LayerState struct {
	Cosine float64 // rho
	Square float64 // q = E |h|^2
}

// Linear passes through W x + b, entries of W normal with variance 1/width and of b
// with variance v/width (v = 1: the paper's normal bias; 1/3: PyTorch's uniform
// default; 0: none): q' = q + v, rho' = (rho q + v)/(q + v). Afterwards the
// coordinates are normal with mean 0 and variance q'/width.
func (s LayerState) Linear(v float64) LayerState {
	q := s.Square + v
	return LayerState{Cosine: (s.Cosine*s.Square + v) / q, Square: q}
}

// Apply passes normal coordinates of the given width through an activation.
func (s LayerState) Apply(a *Activation, width int) LayerState {
	own, cross := a.moments(math.Sqrt(s.Square/float64(width)), s.Cosine)
	return LayerState{Cosine: cross / own, Square: own * float64(width)}
}

// MLPTheory is the states of Figure 2b, layers 0 to depth, each act(W x + b): width
// units per layer, inputs N(0, I) (rho = 0, q = width), bias variance v/width. For
// ReLU it is
//
//	rho' = kappa((rho q + v)/(q + v)),  q' = (q + v)/2.
//
// A network of finite width scatters around it: at width 512 by about .02 at layer 3.
func MLPTheory(a *Activation, v float64, width, depth int) []LayerState {
	s := []LayerState{{Cosine: 0, Square: float64(width)}}
	for k := range depth {
		s = append(s, s[k].Linear(v).Apply(a, width))
	}
	return s
}

// FullMean turns the mean cosine of pairs i != j into the mean over all n^2 pairs,
// i = j included, as Figure 2b plots it: (1 + (n-1) rho)/n.
func FullMean(rho float64, n int) float64 { return (1 + float64(n-1)*rho) / float64(n) }

// An Activation knows two moments: E phi(x)^2 and E phi(x) phi(y) for normal x, y of
// standard deviation sd and correlation c.
type Activation struct {
	Name    string
	moments func(sd, c float64) (own, cross float64)
	phi     func(float64) float64 // of one unit; nil for maxout, whose units have two
}

// Activations are those of Figure 2b, by the names that results use.
func Activations() []*Activation {
	return []*Activation{
		{"linear", leakyMoments(1), leaky(1)},
		{"relu", leakyMoments(0), leaky(0)},
		{"leaky_relu", leakyMoments(0.01), leaky(0.01)},
		{"sigmoid", quadrature(logisticOf), logisticOf},
		{"tanh", quadrature(math.Tanh), math.Tanh},
		{"maxout", maxoutMoments, nil},
		{"gelu", quadrature(gelu), gelu},
		{"quick_gelu", quadrature(quickGELU), quickGELU},
		{"elu", quadrature(elu), elu},
	}
}

// ActivationByName finds one of Activations, or nil.
func ActivationByName(name string) *Activation {
	for _, a := range Activations() {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func logisticOf(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func gelu(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) }

func quickGELU(x float64) float64 { return x * logisticOf(1.702*x) }

func elu(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.Expm1(x)
}

func leaky(a float64) func(float64) float64 {
	return func(x float64) float64 { return max(x, a*x) }
}

// leakyMoments: a x + (1-a) relu(x), with E relu(x) relu(y) = sd^2 kappa(c)/2 and
// E x relu(y) = sd^2 c/2.
func leakyMoments(a float64) func(sd, c float64) (float64, float64) {
	e := func(c float64) float64 { return a*a*c + a*(1-a)*c + (1-a)*(1-a)*Kappa(c)/2 }
	return func(sd, c float64) (float64, float64) { return sd * sd * e(1), sd * sd * e(c) }
}

// maxoutMoments: max(x, x') = (x+x')/2 + |x-x'|/2 of two independent maps, with
// E |x| |y| = 2 sd^2 (sqrt(1-c^2) + c arcsin c)/pi.
func maxoutMoments(sd, c float64) (own, cross float64) {
	c = math.Max(-1, math.Min(1, c))
	return sd * sd, sd * sd * (c/2 + (math.Sqrt(1-c*c)+c*math.Asin(c))/math.Pi)
}
