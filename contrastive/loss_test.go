package contrastive

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/enginetest"
	"mindgap/nn"
)

// plain are the losses as their definitions have them, by names of Losses.
var plain = map[string]func(x, y [][]float64, scale, bias float64) float64{
	"infonce": func(x, y [][]float64, scale, _ float64) float64 {
		return (choose(x, y, scale) + choose(y, x, scale)) / 2
	},
	"infonce-images": func(x, y [][]float64, scale, _ float64) float64 { return choose(x, y, scale) },
	"infonce-texts":  func(x, y [][]float64, scale, _ float64) float64 { return choose(y, x, scale) },
	"infonce-uniformity": func(x, y [][]float64, scale, _ float64) float64 {
		return (choose(x, y, scale)+choose(y, x, scale))/2 + (spreadOf(x)+spreadOf(y))/2
	},
	"alignment-uniformity": func(x, y [][]float64, _, _ float64) (sum float64) {
		for i := range x {
			sum += squared(x[i], y[i]) / float64(len(x))
		}
		return sum + (spreadOf(x)+spreadOf(y))/2
	},
	"dual": func(x, y [][]float64, scale, _ float64) (sum float64) {
		n := len(x)
		all := append(append([][]float64{}, x...), y...)
		for i := range all {
			below := 0.0
			for j := range all {
				if j != i {
					below += math.Exp(scale * product(all[i], all[j]))
				}
			}
			sum += (math.Log(below) - scale*product(all[i], all[(i+n)%(2*n)])) / float64(2*n)
		}
		return sum
	},
	"simple": func(x, y [][]float64, scale, _ float64) float64 {
		return (chooseRight(x, y, scale) + chooseRight(y, x, scale)) / 2
	},
	"siglip": func(x, y [][]float64, scale, bias float64) (sum float64) {
		for i := range x {
			for j := range y {
				z := -1.0
				if i == j {
					z = 1
				}
				sum += math.Log1p(math.Exp(-z*(scale*product(x[i], y[j])+bias))) / float64(len(x))
			}
		}
		return sum
	},
}

func product(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func squared(a, b []float64) (sum float64) {
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return sum
}

// entropies are the cross-entropies of each row's choice among k, and whether it is right.
func entropies(q, k [][]float64, scale float64) (loss []float64, right []bool) {
	for i := range q {
		below, best := 0.0, true
		for j := range k {
			below += math.Exp(scale * product(q[i], k[j]))
			best = best && product(q[i], k[j]) <= product(q[i], k[i])
		}
		loss = append(loss, math.Log(below)-scale*product(q[i], k[i]))
		right = append(right, best)
	}
	return loss, right
}

func choose(q, k [][]float64, scale float64) (sum float64) {
	loss, _ := entropies(q, k, scale)
	for _, l := range loss {
		sum += l / float64(len(loss))
	}
	return sum
}

func chooseRight(q, k [][]float64, scale float64) float64 {
	loss, right := entropies(q, k, scale)
	sum, n := 0.0, 0.0
	for i, l := range loss {
		if right[i] {
			sum, n = sum+l, n+1
		}
	}
	return sum / (n + 1e-6)
}

func spreadOf(x [][]float64) float64 {
	sum := 0.0
	for i := range x {
		for j := range x {
			if i != j {
				sum += math.Exp(-2 * squared(x[i], x[j]))
			}
		}
	}
	return math.Log(sum / float64(len(x)*(len(x)-1)))
}

// 8 pairs of 5 numbers, a text holding some of its image, the logarithm of a scale, and a bias.
func lossCase(l *Loss) enginetest.Differentiable {
	return enginetest.Differentiable{
		Shapes: [][]int{{8, 5}, {8, 5}, {1}, {1}},
		Run: func(s *engine.Scope, t []*engine.Tensor, weights func([]int) *engine.Tensor) (*engine.Tensor, []*engine.Tensor) {
			tp := nn.NewTape(s)
			leaves := make([]*nn.Value, len(t))
			for i := range t {
				leaves[i] = nn.Leaf(t[i])
			}
			x := nn.Normalise(tp, leaves[0])
			y := nn.Normalise(tp, nn.Add(tp, nn.Scale(tp, leaves[0], 1), leaves[1]))
			loss := l.Of(tp, x, y, nn.Exp(tp, leaves[2]), leaves[3])
			tp.Backward(loss, weights([]int{1}))
			var d []*engine.Tensor
			for i, v := range leaves {
				if v.Grad() == nil { // the loss has no scale or no bias
					d = append(d, s.Zeros(t[i].Shape()...))
					continue
				}
				d = append(d, v.Grad())
			}
			return loss.T, append(d, x.T, y.T)
		},
	}
}

// Every loss: its value is the plain formula's of its own unit rows, its gradient that of
// differences, and on every device that of the definitions.
func TestLosses(t *testing.T) {
	require.Len(t, plain, len(Losses))
	exact, err := engine.Open("host", engine.WithDefinitions())
	require.NoError(t, err)
	defer exact.Close()
	values := map[string]*enginetest.Derivatives{}
	for _, l := range Losses {
		for seed := range uint64(3) {
			f := lossCase(l)
			g, d, err := f.Slope(exact, seed, 1e-3)
			require.NoError(t, err)
			require.InDelta(t, d, g, 1e-9*(1+math.Abs(d)), l.Name)
			at, err := f.At(exact, true, seed, 0)
			require.NoError(t, err)
			values[l.Name] = at
		}
		at, err := lossCase(l).At(exact, true, 2, 0)
		require.NoError(t, err)
		scale, bias := operands(t, exact, l)
		want := plain[l.Name](rowsOf(at.DX[4], 5), rowsOf(at.DX[5], 5), scale, bias)
		// Constants (1/n, log n(n-1), 1e-6) are parameters in float32.
		require.InDelta(t, want, at.Y[0], 8*engine.U*(1+math.Abs(want)), l.Name)
	}
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, l := range Losses {
			got, err := lossCase(l).At(d, false, 2, 0)
			require.NoError(t, err)
			want := values[l.Name]
			// Sums of at most 2N D terms, and exponentials of the driver's.
			bound := engine.U * (2*8*5 + 8 + 4*d.Caps().Math.Exp)
			require.InDelta(t, want.Y[0], got.Y[0], bound*(1+math.Abs(want.Y[0])), l.Name)
			for i := range want.DX {
				size := 0.0
				for _, v := range want.DX[i] {
					size = max(size, math.Abs(v))
				}
				require.InDeltaSlice(t, want.DX[i], got.DX[i], bound*(1+size), "%s: gradient %d", l.Name, i)
			}
		}
	})
	require.Zero(t, exact.Memory().Live)
}

// operands gives the scale and the bias that lossCase draws with seed 2.
func operands(t *testing.T, exact *engine.Device, l *Loss) (scale, bias float64) {
	f := lossCase(l)
	f.Run = func(_ *engine.Scope, x []*engine.Tensor, _ func([]int) *engine.Tensor) (*engine.Tensor, []*engine.Tensor) {
		return x[2], []*engine.Tensor{x[3]}
	}
	at, err := f.At(exact, true, 2, 0)
	require.NoError(t, err)
	return math.Exp(at.Y[0]), at.DX[0][0]
}

func rowsOf(x []float64, d int) (rows [][]float64) {
	for i := 0; i < len(x); i += d {
		rows = append(rows, x[i:i+d])
	}
	return rows
}

// A short training lowers every loss.
func TestEveryLossTrains(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for _, l := range Losses {
			c := toyConfig()
			c.Loss, c.Batch = l.Name, 50 // all pairs: the loss changes by the weights alone
			losses, _ := train(t, d, c, 25)
			require.Less(t, losses[24], losses[0]-0.2, l.Name)
		}
	})
}

// SigLIP's bias belongs to the model that is trained: it begins at -10, learns, and is kept in
// checkpoints.
func TestLogitBias(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	c := toyConfig()
	c.Loss = "siglip"
	tr, err := NewTrainer(d, toy(s, 1, 50), 50, c)
	require.NoError(t, err)
	defer tr.Close()
	bias := func() float32 {
		list, err := tr.Model.Params.Find("logit_bias").Value.T.Floats()
		require.NoError(t, err)
		return list[0]
	}
	require.EqualValues(t, -10, bias())
	for range 4 {
		require.NoError(t, tr.Step())
	}
	learned := bias()
	require.NotEqualValues(t, -10, learned)
	file := filepath.Join(t.TempDir(), "run.safetensors")
	require.NoError(t, tr.Save(file, nil))
	require.NoError(t, tr.Step())
	require.NotEqual(t, learned, bias())
	require.NoError(t, tr.Resume(file))
	require.Equal(t, learned, bias())
	tr.Model.AddLogitBias()
	require.Equal(t, learned, bias(), "a bias that is there stays")
}
