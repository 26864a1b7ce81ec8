package nn

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
	"mindgap/kernels"
)

// opCase is an operation on operands of these shapes. Terms bounds how many products of
// operands one number of a gradient sums up; a device's relative error grows with its root.
type opCase struct {
	op, name string
	shapes   [][]int
	terms    int
	run      func(tp *Tape, x []*Value) *Value
	around   func(i int, v float64) float64
}

var positive = func(i int, v float64) float64 { return 0.5 + math.Abs(v) }

// offKinks keeps numbers away from 0 and 1, where some activations have no derivative.
var offKinks = func(_ int, v float64) float64 { return v + math.Copysign(0.05, v) }

var opCases = []opCase{
	{"Add", "", [][]int{{5, 7}, {5, 7}}, 1, func(tp *Tape, x []*Value) *Value { return Add(tp, x[0], x[1]) }, nil},
	{"Add", "to itself", [][]int{{5, 7}}, 2, func(tp *Tape, x []*Value) *Value { return Add(tp, x[0], x[0]) }, nil},
	{"AddRow", "", [][]int{{6, 5}, {1, 5}}, 6, func(tp *Tape, x []*Value) *Value { return AddRow(tp, x[0], x[1]) }, nil},
	{"AddRow", "positions", [][]int{{6, 5}, {3, 5}}, 2, func(tp *Tape, x []*Value) *Value {
		return Reshape(AddRow(tp, Reshape(x[0], 2, 15), x[1]), 6, 5)
	}, nil},
	{"Reshape", "", [][]int{{6, 5}}, 6, func(tp *Tape, x []*Value) *Value {
		return Add(tp, Reshape(x[0], 3, 10), Exp(tp, Reshape(x[0], 3, 10)))
	}, nil},
	{"Maxout", "", [][]int{{5, 7}, {5, 7}}, 1, func(tp *Tape, x []*Value) *Value { return Maxout(tp, x[0], x[1]) }, nil},
	{"Normalise", "", [][]int{{5, 9}}, 9, func(tp *Tape, x []*Value) *Value { return Normalise(tp, x[0]) }, nil},
	{"Exp", "", [][]int{{5, 3}}, 1, func(tp *Tape, x []*Value) *Value { return Exp(tp, x[0]) }, nil},
	{"Scale", "", [][]int{{5, 3}}, 1, func(tp *Tape, x []*Value) *Value { return Scale(tp, x[0], -2.5) }, nil},
	{"Mean", "", [][]int{{5, 3}}, 1, func(tp *Tape, x []*Value) *Value { return Mean(tp, x[0]) }, nil},
	{"Linear", "", [][]int{{5, 7}, {4, 7}, {4}}, 7, func(tp *Tape, x []*Value) *Value {
		return Linear(tp, x[0], x[1], x[2], kernels.NoActivation)
	}, nil},
	{"Linear", "no bias, gelu", [][]int{{5, 7}, {4, 7}}, 14, func(tp *Tape, x []*Value) *Value {
		return Linear(tp, x[0], x[1], nil, kernels.ActGELU)
	}, nil},
	{"AddLinear", "", [][]int{{5, 4}, {5, 7}, {4, 7}, {4}}, 7, func(tp *Tape, x []*Value) *Value {
		return AddLinear(tp, x[0], x[1], x[2], x[3])
	}, nil},
	{"AddLinear", "residual", [][]int{{5, 4}, {4, 4}, {4}}, 8, func(tp *Tape, x []*Value) *Value {
		return AddLinear(tp, x[0], Linear(tp, x[0], x[1], x[2], kernels.ActQuickGELU), x[1], x[2])
	}, nil},
	{"Project", "", [][]int{{5, 7}, {7, 3}}, 7, func(tp *Tape, x []*Value) *Value { return Project(tp, x[0], x[1]) }, nil},
	{"Gather", "", [][]int{{5, 4}}, 3, func(tp *Tape, x []*Value) *Value {
		return Gather(tp, x[0], []int32{4, 0, 0, 2, 4, 4})
	}, nil},
	{"PrependToken", "", [][]int{{6, 5}, {5}, {4, 5}}, 2, func(tp *Tape, x []*Value) *Value {
		return PrependToken(tp, x[0], x[1], x[2], 2)
	}, nil},
	{"LayerNorm", "", [][]int{{6, 9}, {9}, {9}}, 18, func(tp *Tape, x []*Value) *Value {
		return LayerNorm(tp, x[0], x[1], x[2], 1e-5)
	}, nil},
	{"LayerNorm", "residual", [][]int{{6, 8}, {8}, {8}}, 18, func(tp *Tape, x []*Value) *Value {
		return Add(tp, x[0], LayerNorm(tp, x[0], x[1], x[2], 1e-6))
	}, nil},
	{"Attention", "", [][]int{{10, 24}}, 40, func(tp *Tape, x []*Value) *Value { return Attention(tp, x[0], 2, 2, false) }, nil},
	{"Attention", "causal", [][]int{{12, 36}}, 40, func(tp *Tape, x []*Value) *Value { return Attention(tp, x[0], 3, 3, true) }, nil},
	{"Conv2D", "", [][]int{{2, 5, 4, 3}, {6, 3, 3, 3}, {6}}, 54, func(tp *Tape, x []*Value) *Value {
		return Conv2D(tp, x[0], x[1], x[2], nil, kernels.ConvOptions{Stride: 2, Padding: 1})
	}, nil},
	{"Conv2D", "residual, quick_gelu", [][]int{{1, 4, 4, 4}, {4, 3, 3, 4}}, 72, func(tp *Tape, x []*Value) *Value {
		return Conv2D(tp, x[0], x[1], nil, x[0], kernels.ConvOptions{Stride: 1, Padding: 1, Act: kernels.ActQuickGELU})
	}, nil},
	{"MaxPool", "", [][]int{{2, 5, 6, 3}}, 4, func(tp *Tape, x []*Value) *Value {
		return MaxPool(tp, x[0], kernels.PoolOptions{Size: 3, Stride: 2, Padding: 1})
	}, nil},
	{"GlobalAveragePool", "", [][]int{{2, 5, 6, 3}}, 30, func(tp *Tape, x []*Value) *Value { return GlobalAveragePool(tp, x[0]) }, nil},
	{"InfoNCE", "", [][]int{{6, 4}, {6, 4}, {1}}, 24, func(tp *Tape, x []*Value) *Value {
		return InfoNCE(tp, Normalise(tp, x[0]), Normalise(tp, x[1]), Exp(tp, x[2]), kernels.InfoNCESymmetric)
	}, nil},
	{"InfoNCE", "rows", [][]int{{6, 4}, {6, 4}, {1}}, 24, func(tp *Tape, x []*Value) *Value {
		return InfoNCE(tp, x[0], x[1], x[2], kernels.InfoNCERows)
	}, positive},
	{"SigLIP", "", [][]int{{6, 4}, {6, 4}, {1}, {1}}, 24, func(tp *Tape, x []*Value) *Value {
		return SigLIP(tp, Normalise(tp, x[0]), Normalise(tp, x[1]), Exp(tp, x[2]), x[3])
	}, nil},
	// Eight rows: 1/N is a parameter in float32, which must not err against the definition.
	{"DualInfoNCE", "", [][]int{{8, 4}, {8, 4}, {1}}, 64, func(tp *Tape, x []*Value) *Value {
		return DualInfoNCE(tp, Normalise(tp, x[0]), Normalise(tp, x[1]), Exp(tp, x[2]))
	}, nil},
	{"CorrectInfoNCE", "", [][]int{{6, 4}, {6, 4}, {1}}, 24, func(tp *Tape, x []*Value) *Value {
		return CorrectInfoNCE(tp, Normalise(tp, x[0]), Normalise(tp, Add(tp, Scale(tp, x[0], 1), x[1])), Exp(tp, x[2]))
	}, nil},
	{"Alignment", "", [][]int{{8, 4}, {8, 4}}, 8, func(tp *Tape, x []*Value) *Value { return Alignment(tp, x[0], x[1]) }, nil},
	{"Uniformity", "", [][]int{{6, 4}}, 24, func(tp *Tape, x []*Value) *Value { return Uniformity(tp, Normalise(tp, x[0])) }, nil},
}

func init() {
	for act := kernels.ActReLU; act <= kernels.ActELU; act++ {
		opCases = append(opCases, opCase{"Activate", act.String(), [][]int{{9, 8}}, 1, func(tp *Tape, x []*Value) *Value {
			return Activate(tp, x[0], act)
		}, offKinks})
	}
}

func (c opCase) differentiable() enginetest.Differentiable {
	return enginetest.Differentiable{
		Shapes: c.shapes, Around: c.around,
		Run: func(s *engine.Scope, x []*engine.Tensor, weights func([]int) *engine.Tensor) (*engine.Tensor, []*engine.Tensor) {
			tp := NewTape(s)
			leaves := make([]*Value, len(x))
			for i := range x {
				leaves[i] = Leaf(x[i])
			}
			y := c.run(tp, leaves)
			tp.Backward(y, weights(y.T.Shape()))
			dx := make([]*engine.Tensor, len(x))
			for i, v := range leaves {
				dx[i] = v.Grad()
			}
			return y.T, dx
		},
	}
}

// Every operation's gradient, in float64, against differences of its definition; and every
// device's against that.
func TestGradients(t *testing.T) {
	exact, err := engine.Open("host", engine.WithDefinitions())
	require.NoError(t, err)
	defer exact.Close()
	for _, c := range opCases {
		for seed := range uint64(3) {
			// The error of the differences is of order h^4, that of their float64 sums 2^-53/h.
			g, d, err := c.differentiable().Slope(exact, seed, 1e-3)
			require.NoError(t, err)
			require.InDelta(t, d, g, 1e-9*(1+math.Abs(d)), "%s %s: slope by gradient and by differences", c.op, c.name)
		}
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, c := range opCases {
			want, err := c.differentiable().At(exact, true, 1, 0)
			require.NoError(t, err)
			got, err := c.differentiable().At(d, false, 1, 0)
			require.NoError(t, err)
			requireClose(t, d, c, "result", want.Y, got.Y)
			for i := range want.DX {
				requireClose(t, d, c, "gradient", want.DX[i], got.DX[i])
			}
		}
	})
	require.Zero(t, exact.Memory().Live)
}

// requireClose allows errors of terms + 8 roundings, functions of the driver's accuracy among
// them, of the largest number.
func requireClose(t *testing.T, d *engine.Device, c opCase, what string, want, got []float64) {
	t.Helper()
	size := 0.0
	for _, v := range want {
		size = max(size, math.Abs(v))
	}
	bound := engine.U * (float64(c.terms) + 8 + 4*d.Caps().Math.Exp) * (size + 1)
	for i := range want {
		require.InDelta(t, want[i], got[i], bound, "%s %s: %s, element %d", c.op, c.name, what, i)
	}
}

// Without a recording results are the same, and nothing is left for a way back.
func TestInferenceIsTheSame(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, c := range opCases {
			want, err := c.differentiable().At(d, false, 1, 0)
			require.NoError(t, err)
			f := c.differentiable()
			f.Run = func(s *engine.Scope, x []*engine.Tensor, _ func([]int) *engine.Tensor) (*engine.Tensor, []*engine.Tensor) {
				consts := make([]*Value, len(x))
				for i := range x {
					consts[i] = Const(x[i])
				}
				return c.run(Inference(s), consts).T, nil
			}
			if c.name == "to itself" {
				continue // its operand is spent
			}
			got, err := f.At(d, false, 1, 0)
			require.NoError(t, err)
			requireClose(t, d, c, "result", want.Y, got.Y)
		}
	})
}

// Every exported function that takes a tape is an operation of the table.
func TestEveryOperationIsChecked(t *testing.T) {
	known := map[string]bool{}
	for _, c := range opCases {
		known[c.op] = true
	}
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "ops") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		require.NoError(t, err)
		for _, decl := range parsed.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && unicode.IsUpper(rune(fn.Name.Name[0])) {
				require.True(t, known[fn.Name.Name], "%s has no case in opCases", fn.Name.Name)
			}
		}
	}
}

func onEveryDevice(t *testing.T, test func(t *testing.T, d *engine.Device)) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
				t.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
			}
			d, err := engine.Open(name)
			require.NoError(t, err)
			defer d.Close()
			test(t, d)
			require.Zero(t, d.Memory().Live, "tensors left behind")
		})
	}
}
