package kernels

import (
	"fmt"

	"mindgap/engine"
	"mindgap/kernels/internal/vector"
)

// UnaryParams describes y = f(x) over a matrix of rows x cols with row strides.
type UnaryParams struct{ Rows, Cols, LdY, LdX int32 }

func unary(act Activation) *engine.Kernel[UnaryParams] {
	a := &activations[act]
	return elementwise[UnaryParams]{
		name: a.name, doc: a.doc, file: "unary.comp.glsl", defines: []string{fmt.Sprintf("ACT=%d", act)},
		bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
		layout: func(p UnaryParams) (rows, cols int32, o []operand) {
			return p.Rows, p.Cols, []operand{{ld: p.LdY}, {ld: p.LdX}}
		},
		part:  func(p UnaryParams, rows int32) UnaryParams { p.Rows = rows; return p },
		flops: 1,
		ref: func(_ UnaryParams, v [][]float64) {
			for i, x := range v[1] {
				v[0][i] = a.ref(x)
			}
		},
		host: func(_ UnaryParams, v [][]float32) {
			if act == ActReLU { // without the copy
				vector.ReLU(v[0], v[1])
				return
			}
			copy(v[0], v[1])
			act.applyAll(v[0])
		},
		bound: func(_ UnaryParams, e engine.MathErrors, v, out [][]float64) {
			for i, x := range v[1] {
				out[0][i] = a.err(x, e)
			}
		},
		inputs: activationInputs[UnaryParams](corners, 1),
		cases:  []UnaryParams{{0, 5, 5, 5}, {1, 1, 1, 1}, {3, 7, 9, 8}, {17, 64, 64, 68}, {5, 1024, 1024, 1024}},
		bench:  []UnaryParams{{4096, 4096, 4096, 4096}},
	}.kernel()
}

// The activations.
var (
	relu      = unary(ActReLU)
	leakyReLU = unary(ActLeakyReLU)
	sigmoid   = unary(ActSigmoid)
	tanh      = unary(ActTanh)
	gelu      = unary(ActGELU)
	quickGELU = unary(ActQuickGELU)
	elu       = unary(ActELU)
)

// run queues y = f(x); x and y have one shape and may be the same view.
func run(k *engine.Kernel[UnaryParams], y, x *engine.Tensor) {
	sameShape(k.Name, y, x)
	k.Run(UnaryParams{int32(x.Rows()), int32(x.Cols()), int32(y.LD()), int32(x.LD())}, y, x)
}

// ReLU is y = max(x, 0). As for all activations, x and y have one shape; y may be x.
func ReLU(y, x *engine.Tensor) { run(relu, y, x) }

// LeakyReLU is y = x for x >= 0, else 0.01 x.
func LeakyReLU(y, x *engine.Tensor) { run(leakyReLU, y, x) }

// Sigmoid is y = 1 / (1 + e^-x).
func Sigmoid(y, x *engine.Tensor) { run(sigmoid, y, x) }

// Tanh is y = tanh(x).
func Tanh(y, x *engine.Tensor) { run(tanh, y, x) }

// GELU is y = x Phi(x), Phi the normal distribution (the exact form, by erf). At -Inf it is
// NaN, as in PyTorch.
func GELU(y, x *engine.Tensor) { run(gelu, y, x) }

// QuickGELU is y = x / (1 + e^(-1.702 x)), the activation of OpenAI's CLIP.
func QuickGELU(y, x *engine.Tensor) { run(quickGELU, y, x) }

// ELU is y = x for x > 0, else e^x - 1.
func ELU(y, x *engine.Tensor) { run(elu, y, x) }

// Activate is y = act(x) for the activation of that code; NoActivation copies.
func Activate(y, x *engine.Tensor, act Activation) {
	if act == NoActivation {
		runScale(scale, y, 1, x)
		return
	}
	k := map[Activation]*engine.Kernel[UnaryParams]{
		ActReLU: relu, ActLeakyReLU: leakyReLU, ActSigmoid: sigmoid, ActTanh: tanh, ActGELU: gelu, ActQuickGELU: quickGELU, ActELU: elu,
	}[act]
	engine.Check("activate", k != nil, "%d is no activation", act)
	run(k, y, x)
}
