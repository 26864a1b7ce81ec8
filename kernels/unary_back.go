package kernels

import (
	"fmt"
	"math"

	"mindgap/engine"
)

// UnaryBackParams describes dx = dy f'(x) over a matrix of rows x cols with row strides;
// with Accumulate 1 it is dx += dy f'(x).
type UnaryBackParams struct{ Rows, Cols, LdDx, LdDy, LdX, Accumulate int32 }

func unaryBack(act Activation) *engine.Kernel[UnaryBackParams] {
	a := &activations[act]
	return elementwise[UnaryBackParams]{
		name: a.name + "_back", doc: a.docBack, file: "unary_back.comp.glsl", defines: []string{fmt.Sprintf("ACT=%d", act)},
		bufs: []engine.Buf{{Name: "dx", Access: engine.InOut}, {Name: "dy", Access: engine.In}, {Name: "x", Access: engine.In}},
		layout: func(p UnaryBackParams) (rows, cols int32, o []operand) {
			return p.Rows, p.Cols, []operand{{ld: p.LdDx, add: p.Accumulate}, {ld: p.LdDy}, {ld: p.LdX}}
		},
		part:  func(p UnaryBackParams, rows int32) UnaryBackParams { p.Rows = rows; return p },
		flops: 2,
		ref: func(p UnaryBackParams, v [][]float64) {
			for i, x := range v[2] {
				put(v[0], i, v[1][i]*a.refBack(x), p.Accumulate)
			}
		},
		host: func(p UnaryBackParams, v [][]float32) {
			act.backAll(v[0], v[1], v[2], p.Accumulate)
		},
		// The error of f' times |dy|, the product's rounding and the sum's.
		bound: func(p UnaryBackParams, e engine.MathErrors, v, out [][]float64) {
			for i, x := range v[2] {
				dy := math.Abs(v[1][i])
				d := dy * math.Abs(a.refBack(x))
				out[0][i] = dy*a.errBack(x, e) + 1.01*u*(d+float64(p.Accumulate)*math.Abs(v[0][i])) + 2*e.Tiny
			}
		},
		inputs: activationInputs[UnaryBackParams](backCorners, 2, 0, 1),
		cases: []UnaryBackParams{
			{0, 5, 5, 5, 5, 0}, {1, 1, 1, 1, 1, 1}, {3, 7, 9, 8, 7, 0},
			{17, 64, 64, 68, 64, 1}, {5, 1024, 1024, 1024, 1024, 0},
		},
		bench: []UnaryBackParams{{4096, 4096, 4096, 4096, 4096, 0}},
	}.kernel()
}

// put stores x, or adds it to what is there.
func put[T float](dst []T, i int, x T, accumulate int32) {
	if accumulate != 0 {
		x += dst[i]
	}
	dst[i] = x
}

// The derivatives of the activations.
var (
	reluBack      = unaryBack(ActReLU)
	leakyReLUBack = unaryBack(ActLeakyReLU)
	sigmoidBack   = unaryBack(ActSigmoid)
	tanhBack      = unaryBack(ActTanh)
	geluBack      = unaryBack(ActGELU)
	quickGELUBack = unaryBack(ActQuickGELU)
	eluBack       = unaryBack(ActELU)
)

func runBack(k *engine.Kernel[UnaryBackParams], dx, dy, x *engine.Tensor, accumulate bool) {
	sameShape(k.Name, dx, dy, x)
	k.Run(UnaryBackParams{
		int32(x.Rows()), int32(x.Cols()), int32(dx.LD()), int32(dy.LD()), int32(x.LD()), flag(accumulate),
	}, dx, dy, x)
}

// flag is 1 for true, as parameter blocks hold it.
func flag(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// ReLUBack is dx = dy where x > 0, else dy * 0; with accumulate it is added to dx. As for
// all of these: x is the input of the forward function, all have one shape, and dx may be dy.
func ReLUBack(dx, dy, x *engine.Tensor, accumulate bool) { runBack(reluBack, dx, dy, x, accumulate) }

// LeakyReLUBack is dx (+)= dy where x > 0, else 0.01 dy.
func LeakyReLUBack(dx, dy, x *engine.Tensor, accumulate bool) {
	runBack(leakyReLUBack, dx, dy, x, accumulate)
}

// SigmoidBack is dx (+)= dy s (1 - s) with s = 1 / (1 + e^-x).
func SigmoidBack(dx, dy, x *engine.Tensor, accumulate bool) {
	runBack(sigmoidBack, dx, dy, x, accumulate)
}

// TanhBack is dx (+)= dy (1 - tanh(x)^2).
func TanhBack(dx, dy, x *engine.Tensor, accumulate bool) { runBack(tanhBack, dx, dy, x, accumulate) }

// GELUBack is dx (+)= dy (Phi(x) + x phi(x)).
func GELUBack(dx, dy, x *engine.Tensor, accumulate bool) { runBack(geluBack, dx, dy, x, accumulate) }

// QuickGELUBack is dx (+)= dy (s + a s (1 - s)) with a = 1.702 x, s = 1 / (1 + e^-a).
func QuickGELUBack(dx, dy, x *engine.Tensor, accumulate bool) {
	runBack(quickGELUBack, dx, dy, x, accumulate)
}

// ELUBack is dx (+)= dy where x > 0, else dy e^x.
func ELUBack(dx, dy, x *engine.Tensor, accumulate bool) { runBack(eluBack, dx, dy, x, accumulate) }

// ActivateBack is dx (+)= dy act'(x) for the activation of that code.
func ActivateBack(dx, dy, x *engine.Tensor, act Activation, accumulate bool) {
	k := map[Activation]*engine.Kernel[UnaryBackParams]{
		ActReLU: reluBack, ActLeakyReLU: leakyReLUBack, ActSigmoid: sigmoidBack, ActTanh: tanhBack, ActGELU: geluBack, ActQuickGELU: quickGELUBack, ActELU: eluBack,
	}[act]
	engine.Check("activate_back", k != nil, "%d has no derivative", act)
	runBack(k, dx, dy, x, accumulate)
}
