package contrastive

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
	"mindgap/nn/models"
)

// curveWithin is how far a loss may be from that of PyTorch, which computed in float64; its own
// float32 goes 2e-6 away (testdata/curve.py prints it).
const curveWithin = 1e-4

// The settings of testdata/curve.py.
var (
	curveShape = models.CLIPConfig{
		Image: models.ViTConfig{Image: 16, Patch: 8, Width: 32, Layers: 2, Heads: 2, Out: 16},
		Text:  models.TextConfig{Context: 8, Vocab: 40, Width: 32, Layers: 1, Heads: 2, Out: 16},
	}
	curveConfig = Config{
		Batch: 16, Loss: "infonce", Scale: Scaling{Tau: 0.07, Learn: true}, Clip: 1, Seed: 9,
		Rate: nn.Schedule{Rate: 1e-3, Warmup: 10, Steps: 100},
	}
	curveAdams = map[string]nn.AdamOptions{
		"adamw": {Beta1: 0.9, Beta2: 0.98, Eps: 1e-6, Decay: 0.2, Decoupled: true, MatricesOnly: true},
		"adam":  {Beta1: 0.9, Beta2: 0.98, Eps: 1e-6, Decay: 0.2},
		"plain": {},
	}
)

// curvePairs is the number of pairs in the fixture.
const curvePairs = 40

// curveModel is the fixture's CLIP on its pairs, with PyTorch's weights.
func curveModel(t *testing.T, s *engine.Scope, f *tensorfile.Named) *Dual {
	p := nn.NewParams(s)
	m := models.NewCLIP(nn.NewBuilder(p, nil), curveShape)
	require.NoError(t, nn.ReadFile(f, p.All()))
	side := curveShape.Image.Image
	pixels := numbers(t, f, "images")
	for i := range pixels {
		pixels[i] = (pixels[i] - 128) / 64
	}
	images := nn.Const(s.Upload(pixels, curvePairs, side*side*3))
	ids, length := numbers(t, f, "ids"), curveShape.Text.Context
	return &Dual{
		Params: p, LogScale: m.LogitScale,
		Image: TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			rows := make([]int32, len(examples))
			for i, e := range examples {
				rows[i] = int32(e)
			}
			x := nn.Gather(tp, images, rows)
			return m.Image.Forward(tp, nn.Reshape(x, len(rows), side, side, 3)), nil
		}),
		Text: TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			var tokens []int32
			for _, e := range examples {
				for _, id := range ids[e*length : (e+1)*length] {
					tokens = append(tokens, int32(id))
				}
			}
			return m.Text.Forward(tp, tokens), nil
		}),
	}
}

func numbers(t *testing.T, f *tensorfile.Named, name string) []float32 {
	list, err := f.Float32(name)
	require.NoError(t, err)
	return list
}

// 100 steps from the same weights on the same batches follow the losses of PyTorch: AdamW as
// CLIP is trained, Adam with the classic L2 term as the paper's script has it, and PyTorch's
// defaults, each with clipping, warm-up, half a cosine and a learned temperature. In chunks
// (GradCache) the losses are the same.
func TestLossFollowsPyTorch(t *testing.T) {
	f, err := tensorfile.OpenNamed("testdata/curve.npz")
	require.NoError(t, err)
	defer f.Close()
	batches := numbers(t, f, "order")
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		for name, adam := range curveAdams {
			for _, chunk := range []int{0, 6} {
				if chunk > 0 && name != "adamw" || (chunk > 0 || name == "plain") && d.Caps().Kind != "host" {
					continue // what gl computes in the same way is followed once
				}
				c := curveConfig
				c.Adam, c.Chunk = adam, chunk
				s := d.Scope()
				tr, err := NewTrainer(d, curveModel(t, s, f), curvePairs, c)
				require.NoError(t, err)
				for i := range c.Rate.Steps {
					images, texts := tr.batch(i)
					for k, want := range batches[i*c.Batch : (i+1)*c.Batch] {
						require.EqualValues(t, want, images[k], "step %d: the pairs of the batch", i)
						require.EqualValues(t, want, texts[k])
					}
					require.NoError(t, tr.Step())
				}
				got, err := tr.Losses()
				require.NoError(t, err)
				want := numbers(t, f, "loss."+name)
				require.Less(t, want[99], want[0]/3, "PyTorch learned")
				apart := 0.0
				for i := range got {
					apart = max(apart, math.Abs(got[i]-float64(want[i])))
				}
				t.Logf("%s, chunks of %d: largest difference %.1e", name, chunk, apart)
				require.LessOrEqual(t, apart, curveWithin, "%s, chunks of %d", name, chunk)
				tr.Close()
				s.Close()
			}
		}
	})
}

// Steps queue work and wait for nothing but the step before the last: two are made while the
// device stands still.
func TestStepsWaitForNothing(t *testing.T) {
	d, err := engine.Open("host") // every device has this queue; only here can it be made to stand
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	schedule := toyConfig()
	schedule.Chunk, schedule.Loss, schedule.Scale = 5, "simple", Scaling{Tau: 1, End: 0.1}
	for _, c := range []Config{toyConfig(), schedule} {
		tr, err := NewTrainer(d, toy(s, 1, 50), 50, c)
		require.NoError(t, err)
		release := make(chan struct{})
		standing := &engine.Kernel[struct{}]{
			Name: "standing", Bufs: []engine.Buf{{Name: "y", Access: engine.Out}},
			Size: func(struct{}) []int { return []int{1} }, Cost: func(struct{}) engine.Cost { return engine.Cost{} },
			Host: func(*engine.Host, struct{}, []engine.View) { <-release },
		}
		standing.Run(struct{}{}, s.Floats(1))
		made := make(chan error)
		go func() { made <- errors.Join(tr.Step(), tr.Step()) }()
		select {
		case err := <-made:
			require.NoError(t, err)
			close(release)
		case <-time.After(time.Minute): // steps of a toy take milliseconds
			close(release)
			<-made
			require.Fail(t, "a step waits for the device")
		}
		losses, err := tr.Losses()
		require.NoError(t, err)
		require.Len(t, losses, 2)
		tr.Close()
	}
}
