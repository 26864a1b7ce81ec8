package contrastive

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

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

// toy is a dual encoder of two small networks on n pairs of random vectors, the texts being a
// fixed rotation of the images with noise.
func toy(s *engine.Scope, seed uint64, n int) *Dual {
	const in, hidden, out = 12, 16, 8
	data := [2]*engine.Tensor{s.Floats(n, in), s.Floats(n, in)}
	kernels.NewRandom(3, 1).Normal(data[0], 0, 1)
	turn := s.Floats(in, in)
	kernels.NewRandom(3, 2).Normal(turn, 0, float32(1/math.Sqrt(in)))
	kernels.MatMul(data[1], data[0], turn)
	p := nn.NewParams(s)
	b := nn.NewBuilder(p, kernels.NewRandom(seed, 5))
	tower := func(name string, data *engine.Tensor) Tower {
		up := nn.NewDense(b.In("%s", name).In("up"), hidden, in, nn.FanIn(in), nn.Zero)
		down := nn.NewDense(b.In("%s", name).In("down"), out, hidden, nn.FanIn(hidden), nil)
		return TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			ids := make([]int32, len(examples))
			for i, e := range examples {
				ids[i] = int32(e)
			}
			x := nn.Gather(tp, nn.Const(data), ids)
			return down.Apply(tp, up.Apply(tp, x, kernels.ActReLU), kernels.NoActivation), nil
		})
	}
	return &Dual{
		Image: tower("image", data[0]), Text: tower("text", data[1]), Params: p,
		LogScale: b.Param("logit_scale", nn.Zero, 1),
	}
}

func toyConfig() Config {
	return Config{
		Batch: 16, Loss: "infonce", Scale: Scaling{Tau: 0.1, Learn: true},
		Rate: nn.Schedule{Rate: 0.01, Warmup: 3, Steps: 60}, Clip: 1, Seed: 9,
	}
}

func train(t *testing.T, d *engine.Device, c Config, steps int) (losses []float64, weights [][]float32) {
	s := d.Scope()
	defer s.Close()
	tr, err := NewTrainer(d, toy(s, 1, 50), 50, c)
	require.NoError(t, err)
	defer tr.Close()
	for range steps {
		require.NoError(t, tr.Step())
	}
	losses, err = tr.Losses()
	require.NoError(t, err)
	return losses, parameters(t, tr)
}

func parameters(t *testing.T, tr *Trainer) [][]float32 {
	var out [][]float32
	for _, p := range tr.tensors() {
		v, err := p.Value.T.Floats()
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}

func TestTrainingLowersTheLoss(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		losses, _ := train(t, d, toyConfig(), 60)
		require.Len(t, losses, 60)
		require.Greater(t, losses[0], math.Log(16)/2, "nothing is learned yet")
		require.Less(t, losses[59], losses[0]/2)
	})
}

// GradCache gives what the whole batch at once gives, but for the order of sums.
func TestChunksGiveTheWhole(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		c := toyConfig()
		whole, _ := train(t, d, c, 10)
		c.Chunk = 5
		parts, _ := train(t, d, c, 10)
		require.InDeltaSlice(t, whole, parts, 1e-4)
	})
}

// A run that was interrupted and resumed ends with the bits of one that was not; with other
// settings it is refused by name.
func TestResume(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		file := filepath.Join(t.TempDir(), "run.safetensors")
		c := toyConfig()
		_, want := train(t, d, c, 12)
		s := d.Scope()
		defer s.Close()
		first, err := NewTrainer(d, toy(s, 1, 50), 50, c)
		require.NoError(t, err)
		for range 7 {
			require.NoError(t, first.Step())
		}
		require.NoError(t, first.Save(file, map[string]string{"command": "test"}))
		first.Close()

		again, err := NewTrainer(d, toy(s, 2, 50), 50, c)
		require.NoError(t, err)
		require.NoError(t, again.Resume(file))
		require.Equal(t, 7, again.Steps())
		for range 5 {
			require.NoError(t, again.Step())
		}
		require.Equal(t, want, parameters(t, again))
		again.Close()

		c.Batch, c.Rate.Rate = 8, 0.02
		other, err := NewTrainer(d, toy(s, 2, 50), 50, c)
		require.NoError(t, err)
		require.ErrorContains(t, other.Resume(file), "batch (16 in the checkpoint, 8 now), rate.rate (0.01 in the checkpoint, 0.02 now)")
		other.Close()
		require.NoError(t, os.WriteFile(file, []byte("nonsense that is no checkpoint"), 0o644))
		require.ErrorContains(t, other.Resume(file), file)
	})
}

// Memory does not grow from step to step.
func TestStepsKeepNothing(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		tr, err := NewTrainer(d, toy(s, 1, 50), 50, toyConfig())
		require.NoError(t, err)
		defer tr.Close()
		require.NoError(t, tr.Step())
		live, held := d.Memory().Live, int64(0)
		for i := range 30 {
			require.NoError(t, tr.Step())
			require.Equal(t, live, d.Memory().Live)
			if i == 5 {
				held = d.Memory().Held
			}
		}
		require.Equal(t, held, d.Memory().Held)
	})
}

// A loss that overflows names its step and a tensor, and Save refuses to keep it.
func TestLossThatIsNoNumber(t *testing.T) {
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		m := toy(s, 1, 50)
		tr, err := NewTrainer(d, m, 50, toyConfig())
		require.NoError(t, err)
		defer tr.Close()
		require.NoError(t, tr.Step())
		bad := m.Params.Find("text.down.weight").Value.T
		row := make([]float32, bad.Cols())
		row[3] = float32(math.NaN())
		bad.Slice(0, 0, 1).Write(row)
		require.NoError(t, tr.Step())
		file := filepath.Join(t.TempDir(), "run.safetensors")
		err = tr.Save(file, nil)
		var nan *NotFinite
		require.ErrorAs(t, err, &nan)
		require.Equal(t, 2, nan.Step)
		require.NotEmpty(t, nan.Tensor)
		require.NoFileExists(t, file)
	})
}

func TestConfigCheck(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		says   string
	}{
		{func(c *Config) { c.Batch = 1 }, "a batch of 1 has no other pair"},
		{func(c *Config) { c.Batch = 51 }, "larger than the 50 pairs"},
		{func(c *Config) { c.Loss = "hinge" }, `no loss "hinge"; there are infonce`},
		{func(c *Config) { c.Scale.Tau = 0 }, "want positive numbers"},
		{func(c *Config) { c.Scale.Tau = 1e-9 }, "a logit scale of 1e+09 overflows the loss"},
		{func(c *Config) { c.Scale = Scaling{Tau: 1, End: 1e-9} }, "a logit scale of 1e+09 overflows the loss"},
		{func(c *Config) { c.Scale.End = 1 }, "either learned or scheduled"},
		{func(c *Config) { c.Mismatch = 1.5 }, "want 0 to 1"},
		{func(c *Config) { c.Rate.Rate = math.NaN() }, "learning rate NaN"},
		{func(c *Config) { c.Clip = -1 }, "cannot be kept below"},
		{func(c *Config) { c.Chunk = -1 }, "chunk -1"},
	} {
		config := toyConfig()
		c.change(&config)
		require.ErrorContains(t, config.Check(50), c.says)
	}
	require.NoError(t, toyConfig().Check(50))
}

func TestPairing(t *testing.T) {
	for _, rate := range []float64{0, 0.02, 0.5, 1} {
		text := pairing(7, 100, rate)
		seen, wrong := map[int]bool{}, 0
		for i, x := range text {
			seen[x] = true
			if i != x {
				wrong++
			}
		}
		require.Len(t, seen, 100, "texts are exchanged, none lost")
		require.Equal(t, int(rate*100+0.5), wrong)
	}
	c := Config{Seed: 1}
	require.Equal(t, order(c, 0, 20), order(c, 0, 20))
	require.NotEqual(t, order(c, 0, 20), order(c, 1, 20))
	c.InOrder = true
	require.Equal(t, []int{0, 1, 2}, order(c, 1, 3))
}

func TestScalingSchedule(t *testing.T) {
	s := Scaling{Tau: 1, End: 0.01}
	require.InDelta(t, 0, s.at(0, 11), 1e-12)
	require.InDelta(t, math.Log(10), s.at(5, 11), 1e-12)
	require.InDelta(t, math.Log(100), s.at(10, 11), 1e-12)
	require.InDelta(t, math.Log(100), s.at(99, 11), 1e-12)
	require.InDelta(t, math.Log(5), Scaling{Tau: 0.2}.at(3, 11), 1e-12)
}
