package kernels

import (
	"fmt"

	"mindgap/engine"
)

// UnaryParams describes y = f(x) over a matrix of rows x cols with row strides.
type UnaryParams struct{ Rows, Cols, LdY, LdX int32 }

// elementGrain is how many elements a core takes at a time.
const elementGrain = 1 << 14

// vecGroups is the number of groups of 64 invocations that take vec neighbours of a row each.
func vecGroups(rows, cols int32, vec int) int { return ceil(int(rows)*(int(cols)/vec), 64) }

// multiplesOf4 reports whether rows can be taken four elements at a time.
func multiplesOf4(sizes ...int32) bool {
	for _, n := range sizes {
		if n%4 != 0 {
			return false
		}
	}
	return true
}

// once is the Loops of kernels without a loop.
func once[P any](P) int { return 1 }

func unary(act Activation) *engine.Kernel[UnaryParams] {
	a := &activations[act]
	code := fmt.Sprintf("ACT=%d", act)
	return &engine.Kernel[UnaryParams]{
		Name: a.name, Doc: a.doc, Source: shaders, Special: true, InPlace: true,
		Bufs: []engine.Buf{{Name: "y", Access: engine.Out}, {Name: "x", Access: engine.In}},
		Variants: []engine.Variant[UnaryParams]{
			{
				Name: "vec4", File: "unary.comp.glsl", Defines: []string{code, "VEC=4"}, Vec4: []string{"y", "x"},
				Groups: func(p UnaryParams) int { return vecGroups(p.Rows, p.Cols, 4) }, Loops: once[UnaryParams],
				Fits: func(p UnaryParams, _ *engine.Caps) bool { return multiplesOf4(p.Cols, p.LdY, p.LdX) },
			},
			{
				Name: "scalar", File: "unary.comp.glsl", Defines: []string{code},
				Groups: func(p UnaryParams) int { return vecGroups(p.Rows, p.Cols, 1) }, Loops: once[UnaryParams],
			},
		},
		Size: func(p UnaryParams) []int {
			checkMatrix(a.name, p.Rows, p.Cols, p.LdY, p.LdX)
			return []int{span(p.Rows, p.Cols, p.LdY), span(p.Rows, p.Cols, p.LdX)}
		},
		Cost: func(p UnaryParams) engine.Cost {
			n := float64(p.Rows) * float64(p.Cols)
			return engine.Cost{Flops: n, Bytes: 8 * n}
		},
		Split: func(p UnaryParams) engine.Split[UnaryParams] {
			return engine.Split[UnaryParams]{
				Rows: int(p.Rows), Step: []int{int(p.LdY), int(p.LdX)},
				Part: func(lo, hi int) UnaryParams { p.Rows = int32(hi - lo); return p },
			}
		},
		Ref: func(p UnaryParams, b [][]float64) {
			eachRow(p.Rows, p.Cols, func(row, col int) {
				b[0][row*int(p.LdY)+col] = a.ref(b[1][row*int(p.LdX)+col])
			})
		},
		Host: func(h *engine.Host, p UnaryParams, v []engine.View) {
			h.Parallel(int(p.Rows), rowGrain(p.Cols, elementGrain), func(lo, hi int) {
				for r := lo; r < hi; r++ {
					y := v[0].F[r*int(p.LdY):][:p.Cols]
					x := v[1].F[r*int(p.LdX):][:p.Cols]
					for i, xi := range x {
						y[i] = a.host(xi)
					}
				}
			})
		},
		Bound: func(p UnaryParams, e engine.MathErrors, b [][]float64) [][]float64 {
			out := make([]float64, len(b[0]))
			eachRow(p.Rows, p.Cols, func(row, col int) {
				out[row*int(p.LdY)+col] = a.err(b[1][row*int(p.LdX)+col], e)
			})
			return [][]float64{out, nil}
		},
		Inputs: activationInputs[UnaryParams](1),
		Cases:  []UnaryParams{{0, 5, 5, 5}, {1, 1, 1, 1}, {3, 7, 9, 8}, {17, 64, 64, 68}, {5, 1024, 1024, 1024}},
		Bench:  []UnaryParams{{4096, 4096, 4096, 4096}},
	}
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
