package nn_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// A training step of a small network, the kind that launches cost most: two MLPs of three layers,
// a batch of 64, InfoNCE, Adam. Reports the launches of a step and the share of its time that they
// would take if they did nothing.
func BenchmarkTrainingStep(b *testing.B) {
	for _, name := range []string{"host", "gl"} {
		for _, width := range []int{8, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, width), func(b *testing.B) {
				if name == "gl" && os.Getenv("MINDGAP_NO_GL") == "1" {
					b.Skip("MINDGAP_NO_GL=1: this machine has no OpenGL")
				}
				d, err := engine.Open(name)
				require.NoError(b, err)
				defer d.Close()
				benchmarkStep(b, d, width)
			})
		}
	}
}

func benchmarkStep(b *testing.B, d *engine.Device, width int) {
	const batch, layers = 64, 3
	s := d.Scope()
	defer s.Close()
	random := kernels.NewRandom(1, 0)
	params := nn.NewParams(s)
	build := nn.NewBuilder(params, random)
	var towers [2][]*nn.Dense
	var inputs [2]*nn.Value
	for t := range towers {
		for l := range layers {
			towers[t] = append(towers[t], nn.NewDense(build.In("%d.%d", t, l), width, width, nn.Normal(0.2), nn.Constant(0)))
		}
		x := s.Floats(batch, width)
		random.Normal(x, 0, 1)
		inputs[t] = nn.Const(x)
	}
	scale := nn.Const(s.Upload([]float32{10}, 1))
	params.Train()
	adam := nn.NewAdam(s, params, nn.AdamOptions{})
	step := func() {
		t := d.Scope()
		defer t.Close()
		tape := nn.NewTape(t)
		var y [2]*nn.Value
		for i, tower := range towers {
			h := inputs[i]
			for _, layer := range tower {
				h = layer.Apply(tape, h, kernels.ActReLU)
			}
			y[i] = nn.Normalise(tape, h)
		}
		params.ZeroGrad()
		tape.Backward(nn.InfoNCE(tape, y[0], y[1], scale, kernels.InfoNCESymmetric), nil)
		adam.Step(1e-3, 1)
	}
	step()
	require.NoError(b, d.Sync())
	before := d.Launches()
	step()
	launches := d.Launches() - before
	require.NoError(b, d.Sync())
	b.ReportAllocs()
	for b.Loop() {
		step()
		require.NoError(b, d.Sync())
	}
	b.ReportMetric(float64(launches), "launches/op")
	b.ReportMetric(launchCost(b, d)*float64(launches*b.N)/b.Elapsed().Seconds(), "launch-share")
}

// launchCost is the seconds of a launch that does nothing but be one, in a list of many.
func launchCost(b *testing.B, d *engine.Device) float64 {
	const n = 4096
	s := d.Scope()
	defer s.Close()
	x := s.Zeros(4)
	kernels.Scale(x, 1, x)
	require.NoError(b, d.Sync())
	start := time.Now()
	for range n {
		kernels.Scale(x, 1, x)
	}
	require.NoError(b, d.Sync())
	return time.Since(start).Seconds() / n
}
