package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// Activation names a function of one variable that is applied to every element, on its own
// or at the end of another kernel. Its number is the code that include/activation.glsl
// switches on. Formulas are those of PyTorch's functions of the same names.
type Activation int32

// The activations, in the order of their codes.
const (
	NoActivation Activation = iota // x
	ActReLU                        // max(x, 0)
	ActLeakyReLU                   // x >= 0 ? x : 0.01 x
	ActSigmoid                     // 1 / (1 + e^-x)
	ActTanh                        // tanh x
	ActGELU                        // x Phi(x), Phi the normal distribution: the exact form, by erf
	ActQuickGELU                   // x / (1 + e^(-1.702 x)), the GELU of CLIP
	ActELU                         // x > 0 ? x : e^x - 1
)

// activation is a function of one variable and its derivative, each said in float64 (the
// definition) and float32 (the host); err and errBack bound the absolute error of an
// evaluation at x on a device with functions of such errors. many, where there is one, is host
// of leading elements, in place, many at a time; it says of how many. manyBack likewise sets
// dx to dy times the derivative at x, or adds it.
type activation struct {
	name, doc, docBack string
	lipschitz          float64
	ref, refBack       func(x float64) float64
	host, hostBack     func(x float32) float32
	many               func(x []float32) int
	manyBack           func(dx, dy, x []float32, accumulate bool) int
	err, errBack       func(x float64, e engine.MathErrors) float64
}

// activations is indexed by Activation.
var activations = [...]activation{
	NoActivation: {
		name: "none", lipschitz: 1,
		ref: func(x float64) float64 { return x }, refBack: func(float64) float64 { return 1 },
		host: func(x float32) float32 { return x }, hostBack: func(float32) float32 { return 1 },
		err: exact, errBack: exact,
	},
	ActReLU: {
		name: "relu", doc: "y = max(x, 0)", docBack: "dx = x > 0 ? dy : 0", lipschitz: 1,
		ref:     func(x float64) float64 { return math.Max(x, 0) },
		refBack: func(x float64) float64 { return step(x, 0) },
		host:    relu32, hostBack: func(x float32) float32 { return step32(x, 0) }, many: func(x []float32) int { vector.ReLU(x, x); return len(x) },
		err: exact, errBack: exact,
	},
	ActLeakyReLU: {
		name: "leaky_relu", doc: "y = x >= 0 ? x : 0.01 x", docBack: "dx = dy (x > 0 ? 1 : 0.01)", lipschitz: 1,
		ref:     func(x float64) float64 { return x * step(x, 0.01) },
		refBack: func(x float64) float64 { return step(x, 0.01) },
		host:    leaky32, hostBack: func(x float32) float32 { return step32(x, 0.01) },
		err:     func(x float64, _ engine.MathErrors) float64 { return 2 * engine.U * math.Max(-0.01*x, 0) },
		errBack: func(float64, engine.MathErrors) float64 { return 0.01 * engine.U },
	},
	ActSigmoid: {
		name: "sigmoid", doc: "y = 1 / (1 + e^-x)", docBack: "dx = dy s(x) (1 - s(x))", lipschitz: 0.25,
		ref: sigmoid64, refBack: sigmoidBack64, host: sigmoid32, hostBack: sigmoidBack32,
		err: sigmoidErr, errBack: sigmoidBackErr,
	},
	ActTanh: {
		name: "tanh", doc: "y = tanh(x)", docBack: "dx = dy (1 - tanh(x)^2)", lipschitz: 1,
		ref: math.Tanh, refBack: func(x float64) float64 { return 4 * sigmoidBack64(2*x) },
		host: tanh32, hostBack: func(x float32) float32 { return 4 * sigmoidBack32(2*x) },
		err:     tanhErr,
		errBack: func(x float64, e engine.MathErrors) float64 { return 4 * sigmoidBackErr(2*x, e) },
	},
	ActGELU: {
		name: "gelu", doc: "y = x (1 + erf(x / sqrt 2)) / 2", docBack: "dx = dy (Phi(x) + x phi(x))", lipschitz: 1.13,
		ref: gelu64, refBack: geluBack64, host: gelu32, hostBack: geluBack32, many: vector.GELU,
		err: geluErr, errBack: geluBackErr,
	},
	ActQuickGELU: {
		name: "quick_gelu", doc: "y = x / (1 + e^(-1.702 x))", docBack: "dx = dy (s + a s (1 - s)), a = 1.702 x, s = s(a)", lipschitz: 1.1,
		ref:     func(x float64) float64 { return x * sigmoid64(quick*x) },
		refBack: func(x float64) float64 { return sigmoid64(quick*x) + zeroTimes(quick*x, sigmoidBack64(quick*x)) },
		host:    func(x float32) float32 { return x * sigmoid32(quick*x) }, hostBack: quickBack32, many: vector.QuickGELU, manyBack: vector.QuickGELUBack,
		err: quickErr, errBack: quickBackErr,
	},
	ActELU: {
		name: "elu", doc: "y = x > 0 ? x : e^x - 1", docBack: "dx = dy (x > 0 ? 1 : e^x)", lipschitz: 1,
		ref:     func(x float64) float64 { return math.Max(x, 0) + math.Expm1(math.Min(x, 0)) },
		refBack: func(x float64) float64 { return math.Exp(math.Min(x, 0)) },
		host:    elu32, hostBack: func(x float32) float32 { return engine.Exp32(min(x, 0)) },
		err: eluErr, errBack: eluBackErr,
	},
}

// String is the kernel's name: "none", "relu", "leaky_relu", ...
func (a Activation) String() string {
	if a < 0 || int(a) >= len(activations) {
		return fmt.Sprintf("Activation(%d)", int32(a))
	}
	return activations[a].name
}

// Define is f(x) in float64: the definition.
func (a Activation) Define(x float64) float64 { return activations[a].ref(x) }

// DefineBack is f'(x) in float64; at a kink the left value.
func (a Activation) DefineBack(x float64) float64 { return activations[a].refBack(x) }

// Apply is f(x) in float32 as the host computes it.
func (a Activation) Apply(x float32) float32 { return activations[a].host(x) }

// applyAll is x = f(x) for every element, to the bit what Apply gives for each.
func (a Activation) applyAll(x []float32) {
	f := &activations[a]
	for len(x) > 0 {
		n, rest := 0, len(x)
		if f.many != nil {
			n = f.many(x)
			rest = min(n+8, rest) // of these one may want the care of the form for one
		}
		for i := n; i < rest; i++ {
			x[i] = f.host(x[i])
		}
		x = x[rest:]
	}
}

// ApplyBack is f'(x) in float32 as the host computes it.
func (a Activation) ApplyBack(x float32) float32 { return activations[a].hostBack(x) }

// backAll sets dx to dy f'(x), or adds that, for every element: to the bit what ApplyBack gives.
func (a Activation) backAll(dx, dy, x []float32, accumulate int32) {
	f := &activations[a]
	for len(x) > 0 {
		n, rest := 0, len(x)
		if f.manyBack != nil {
			n = f.manyBack(dx, dy, x, accumulate != 0)
			rest = min(n+8, rest)
		}
		for i := n; i < rest; i++ {
			put(dx, i, dy[i]*f.hostBack(x[i]), accumulate)
		}
		dx, dy, x = dx[rest:], dy[rest:], x[rest:]
	}
}

// Error bounds |device's f(x) - f(x)| for an exact x, on host and gl alike. For an x that
// itself is off by d add Lipschitz() * d.
func (a Activation) Error(x float64, e engine.MathErrors) float64 { return activations[a].err(x, e) }

// ErrorBack bounds |device's f'(x) - f'(x)| for an exact x.
func (a Activation) ErrorBack(x float64, e engine.MathErrors) float64 {
	return activations[a].errBack(x, e)
}

// Lipschitz is at least |f(x) - f(y)| / |x - y| for all x and y.
func (a Activation) Lipschitz() float64 { return activations[a].lipschitz }
