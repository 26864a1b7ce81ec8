package models

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
	"mindgap/kernels"
	"mindgap/nn"
)

// trained is a network with a loss, whose gradients of all parameters are checked together.
type trained struct {
	name string
	// build makes the network; the function runs it to its loss. Inputs are drawn by formula.
	build func(s *engine.Scope, b *nn.Builder) func(tp *nn.Tape) *nn.Value
	rows  int // that a parameter meets at most in one pass: images or texts times tokens or pixels
	// step is that of differences: small where a ReLU or a pool must not go over its kink.
	step, within float64
}

var trainedNets = []trained{
	{"mlp", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		var layers []*nn.Dense
		for i, w := range [][2]int{{10, 16}, {16, 12}, {12, 8}} {
			layers = append(layers, nn.NewDense(b.In("%d", i), w[1], w[0], nn.Zero, nn.Zero))
		}
		x := s.Upload(draw("images", 0, 2, 4*10), 4, 10)
		return func(tp *nn.Tape) *nn.Value {
			y := nn.Const(x)
			for i, l := range layers {
				y = l.Apply(tp, y, []kernels.Activation{kernels.ActTanh, kernels.ActGELU, kernels.NoActivation}[i])
			}
			return contrast(s, tp, y)
		}
	}, 4, 1e-3, 1e-9},
	{"resnet", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewResNet(b, ResNetConfig{Blocks: [4]int{1, 1, 1, 1}, Width: 4})
		x := images(s, 4, 32, 32)
		return func(tp *nn.Tape) *nn.Value { return contrast(s, tp, m.Forward(tp, nn.Const(x))) }
	}, 4 * 16 * 16, 1e-6, 1e-7},
	{"vit", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewViT(b, smallCLIP.Image)
		x := images(s, 4, 16, 16)
		return func(tp *nn.Tape) *nn.Value { return contrast(s, tp, m.Forward(tp, nn.Const(x))) }
	}, 4 * 5, 1e-3, 1e-9},
	{"vit of torchvision", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewViT(b, ViTConfig{Image: 16, Patch: 8, Width: 16, Layers: 1, Heads: 2, Torchvision: true})
		x := images(s, 4, 16, 16)
		return func(tp *nn.Tape) *nn.Value { return contrast(s, tp, m.Forward(tp, nn.Const(x))) }
	}, 4 * 5, 1e-3, 1e-9},
	{"vit with a stem", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewViT(b, ViTConfig{Image: 16, Patch: 8, Width: 16, Layers: 1, Heads: 2, Out: 8, Stem: 2})
		x := images(s, 4, 16, 16)
		return func(tp *nn.Tape) *nn.Value { return contrast(s, tp, m.Forward(tp, nn.Const(x))) }
	}, 4 * 8 * 8, 1e-6, 1e-7},
	{"text", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewText(b, smallCLIP.Text)
		return func(tp *nn.Tape) *nn.Value { return contrast(s, tp, m.Forward(tp, smallIDs)) }
	}, 4 * 6, 1e-3, 1e-9},
	{"clip", func(s *engine.Scope, b *nn.Builder) func(*nn.Tape) *nn.Value {
		m := NewCLIP(b, smallCLIP)
		x := images(s, 4, 16, 16)
		return func(tp *nn.Tape) *nn.Value {
			i := nn.Normalise(tp, m.Image.Forward(tp, nn.Const(x)))
			t := nn.Normalise(tp, m.Text.Forward(tp, smallIDs))
			return nn.InfoNCE(tp, i, t, nn.Exp(tp, m.LogitScale.Value), kernels.InfoNCESymmetric)
		}
	}, 4 * 6, 1e-3, 1e-9},
}

var smallCLIP = CLIPConfig{
	ViTConfig{Image: 16, Patch: 8, Width: 16, Layers: 2, Heads: 2, Out: 8},
	TextConfig{Context: 6, Vocab: 20, Width: 16, Layers: 2, Heads: 2, Out: 8},
}

// Texts that end early, end late, and hold a token twice.
var smallIDs = []int32{1, 2, 19, 0, 0, 0, 3, 4, 5, 6, 7, 19, 8, 8, 19, 2, 2, 2, 18, 1, 9, 9, 3, 4}

// contrast is InfoNCE of embeddings against fixed unit rows, at a scale of 5.
func contrast(s *engine.Scope, tp *nn.Tape, x *nn.Value) *nn.Value {
	n, d := x.Rows(), x.Cols()
	y := nn.Normalise(nn.Inference(s), nn.Const(s.Upload(draw("partners", 0, 1, n*d), n, d)))
	return nn.InfoNCE(tp, nn.Normalise(tp, x), y, nn.Const(s.Upload([]float32{5}, 1)), kernels.InfoNCESymmetric)
}

// params gives a network's parameters' names and shapes.
func (c trained) params(t *testing.T, d *engine.Device) (names []string, shapes [][]int) {
	s := d.Scope()
	defer s.Close()
	p := nn.NewParams(s)
	c.build(s, nn.NewBuilder(p, nil))
	for _, x := range p.All() {
		names, shapes = append(names, x.Name), append(shapes, x.Value.T.Shape())
	}
	require.NotEmpty(t, names)
	return names, shapes
}

// fanIn is the number of terms behind one output of a weight.
func fanIn(shape []int) int { return elements(shape) / shape[0] }

// differentiable is the loss as a function of all parameters, in sizes as networks have them:
// weights N(0, 1/fan in), gains about 1, the rest small. moved shifts every number by a
// share of it.
func (c trained) differentiable(names []string, shapes [][]int, moved func(i int) float64) enginetest.Differentiable {
	return enginetest.Differentiable{
		Shapes: shapes,
		Around: func(i int, v float64) float64 {
			switch name := names[i]; {
			case name == "logit_scale":
				v = math.Log(5) + 0.1*v
			case len(shapes[i]) > 1:
				v /= math.Sqrt(float64(fanIn(shapes[i])))
			case strings.Contains(name, "ln_") && strings.HasSuffix(name, "weight"):
				v = 1 + 0.1*v
			default:
				v *= 0.1
			}
			return v * (1 + moved(i))
		},
		Run: func(s *engine.Scope, x []*engine.Tensor, weights func([]int) *engine.Tensor) (*engine.Tensor, []*engine.Tensor) {
			p := nn.NewParams(s)
			run := c.build(s, nn.NewBuilder(p, nil))
			p.Train()
			for i, q := range p.All() {
				q.Value.T.CopyFrom(x[i])
			}
			tp := nn.NewTape(s)
			tp.Spend = true
			loss := run(tp)
			tp.Backward(loss, weights(loss.T.Shape()))
			var grads []*engine.Tensor
			for _, q := range p.All() {
				grads = append(grads, q.Value.Grad())
			}
			return loss.T, grads
		},
	}
}

// terms bounds the roundings on the longest way through a network and back: a weight is in
// sums of its inputs, on the way back of its outputs, and for its gradient of all rows; a gain or
// bias in those of a norm over its row, both ways, and of all rows.
func (c trained) terms(shapes [][]int) int {
	n := 0
	for _, shape := range shapes {
		if len(shape) > 1 {
			n += fanIn(shape) + shape[0] + c.rows
			continue
		}
		n += 4*elements(shape) + c.rows
	}
	return n + 8*8 // the loss
}

// Whole networks: their gradients in float64 are those of differences of the loss, and
// every device's are those in float64. An operation of n roundings gives what is exact for
// operands moved by lambda sqrt(n) units, but for a chance of 2 exp(-lambda^2/2), 3e-8 with
// lambda 6 (Higham and Mary, A New Approach to Probabilistic Rounding Error Analysis, 2019). So
// the whole errs as it does when everything moves by that for all its roundings; how far that
// takes the gradients is measured, in float64, on random moves of all parameters.
func TestGradientsOfWholeNetworks(t *testing.T) {
	exact, err := engine.Open("host", engine.WithDefinitions())
	require.NoError(t, err)
	defer exact.Close()
	for _, c := range trainedNets {
		t.Run(c.name, func(t *testing.T) {
			names, shapes := c.params(t, exact)
			still := func(int) float64 { return 0 }
			f := c.differentiable(names, shapes, still)
			for seed := range uint64(2) {
				g, d, err := f.Slope(exact, seed, c.step)
				require.NoError(t, err)
				require.InDelta(t, d, g, c.within*(1+math.Abs(d)), "slope by gradient and by differences")
			}
			want, err := f.At(exact, true, 1, 0)
			require.NoError(t, err)
			require.Zero(t, exact.Memory().Live)
			reach := c.reach(t, exact, names, shapes, want)
			onEveryDevice(t, func(t *testing.T, d *engine.Device) {
				got, err := f.At(d, false, 1, 0)
				require.NoError(t, err)
				units := engine.U * (6*math.Sqrt(float64(c.terms(shapes))) + 8*d.Caps().Math.Exp)
				require.InDelta(t, want.Y[0], got.Y[0], units*(math.Abs(want.Y[0])+reach[len(names)]), "loss")
				for i := range names {
					require.InDeltaSlice(t, want.DX[i], got.DX[i], units*(largest(want.DX[i])+reach[i]), names[i])
				}
			})
		})
	}
}

// reach is how far each gradient, and last the loss, goes when all parameters move by random
// shares of at most delta of themselves, over delta.
func (c trained) reach(t *testing.T, exact *engine.Device, names []string, shapes [][]int, at *enginetest.Derivatives) []float64 {
	const delta = 1e-4 // far above the rounding of operands to float32
	out := make([]float64, len(names)+1)
	for round := range 3 {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		moved, err := c.differentiable(names, shapes, func(int) float64 { return delta * (2*r.Float64() - 1) }).At(exact, true, 1, 0)
		require.NoError(t, err)
		for i := range names {
			for j, v := range moved.DX[i] {
				out[i] = max(out[i], math.Abs(v-at.DX[i][j])/delta)
			}
		}
		out[len(names)] = max(out[len(names)], math.Abs(moved.Y[0]-at.Y[0])/delta)
	}
	return out
}

func largest(x []float64) (m float64) {
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	return m
}
