package models

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
)

// parityBound is the largest relative difference from PyTorch of any layer: max|a - b|/max|b|.
const parityBound = 2e-5

// difference is max|a - b| / max|b|.
func difference(t *testing.T, a, b []float32) float64 {
	t.Helper()
	require.Equal(t, len(b), len(a))
	apart, size := 0.0, 0.0
	for i := range a {
		d := math.Abs(float64(a[i]) - float64(b[i]))
		if d != d {
			return math.Inf(1)
		}
		apart, size = max(apart, d), max(size, math.Abs(float64(b[i])))
	}
	return apart / size
}

// requireParity holds every layer that the reference has against it. all says that these must
// be all of the network's marks, so that no layer goes unseen.
func requireParity(t *testing.T, got, want layers, all bool) {
	t.Helper()
	require.NotEmpty(t, want.names)
	for _, name := range want.names {
		require.Contains(t, got.names, name)
		require.LessOrEqual(t, difference(t, got.values[name], want.values[name]), parityBound, name)
	}
	if all {
		require.Equal(t, want.names, got.names)
	}
}

// runCLIP embeds images and texts, and multiplies their cosines by the logit scale.
func runCLIP(t *testing.T, s *engine.Scope, m *CLIP, images *engine.Tensor, ids []int32) (got layers) {
	tp := nn.Inference(s)
	got.watch(t, tp, "image.")
	x := m.Image.Forward(tp, nn.Const(images))
	got.add("image.out", floats(t, x.T))
	got.watch(t, tp, "text.")
	y := m.Text.Forward(tp, ids)
	got.add("text.out", floats(t, y.T))
	x, y = nn.Normalise(tp, x), nn.Normalise(tp, y)
	logits := s.Floats(x.Rows(), y.Rows())
	kernels.Gemm(logits, x.T, y.T, kernels.MatMulOptions{TransB: true})
	scale := math.Exp(float64(floats(t, m.LogitScale.Value.T)[0]))
	kernels.Scale(logits, float32(scale), logits)
	got.add("logits", floats(t, logits))
	return got
}

func onEveryDeviceFor(t *testing.T, name string, test func(t *testing.T, d *engine.Device)) {
	t.Run(name, func(t *testing.T) { onEveryDevice(t, test) })
}

// ResNets of both kinds against torchvision's: batch norms with statistics of their own are
// folded in, and images whose halves are odd come through every stride.
func TestResNetParity(t *testing.T) {
	for _, kind := range []string{"basic", "bottleneck"} {
		want := fixture(t, "resnet_"+kind)
		w := checkpoint(t, "resnet_"+kind)
		onEveryDeviceFor(t, kind, func(t *testing.T, d *engine.Device) {
			s := d.Scope()
			defer s.Close()
			m, _, err := LoadResNet(s, w)
			require.NoError(t, err)
			require.Equal(t, ResNetConfig{Blocks: [4]int{2, 2, 2, 2}, Bottleneck: kind == "bottleneck", Width: 8}, m.Config)
			require.Equal(t, m.Config.Features(), len(want.values["pooled"])/2)
			var got layers
			tp := nn.Inference(s)
			got.watch(t, tp, "")
			m.Forward(tp, nn.Const(images(s, 2, 40, 32)))
			requireParity(t, got, want, true)
		})
	}
}

// torchvision's ViT in its names of today and of its first files.
func TestViTParity(t *testing.T) {
	for _, name := range []string{"vit", "vit_first"} {
		want := fixture(t, name)
		w := checkpoint(t, name)
		onEveryDeviceFor(t, name, func(t *testing.T, d *engine.Device) {
			s := d.Scope()
			defer s.Close()
			m, _, err := LoadViT(s, w)
			require.NoError(t, err)
			require.Equal(t, ViTConfig{Image: 24, Patch: 8, Width: 128, Layers: 2, Heads: 2, Hidden: 192, Torchvision: true}, m.Config)
			var got layers
			tp := nn.Inference(s)
			got.watch(t, tp, "")
			m.Forward(tp, nn.Const(images(s, 2, 24, 24)))
			requireParity(t, got, want, name == "vit")
		})
	}
}

// tinyCLIP is the shape of the fixtures.
var tinyCLIP = CLIPConfig{
	ViTConfig{Image: 32, Patch: 8, Width: 128, Layers: 2, Heads: 2, Hidden: 512, Out: 32},
	TextConfig{Context: 12, Vocab: 50, Width: 128, Layers: 2, Heads: 2, Out: 32},
}

// CLIP in OpenAI's names and in Hugging Face's, with weights of their own each.
func TestCLIPParity(t *testing.T) {
	for _, name := range []string{"clip", "clip_huggingface"} {
		want := fixture(t, name)
		w := checkpoint(t, name)
		onEveryDeviceFor(t, name, func(t *testing.T, d *engine.Device) {
			s := d.Scope()
			defer s.Close()
			m, _, err := LoadCLIP(s, w)
			require.NoError(t, err)
			require.Equal(t, tinyCLIP, CLIPConfig{m.Image.Config, m.Text.Config})
			got := runCLIP(t, s, m, images(s, 2, 32, 32), readIDs(t, fixtureIDs))
			requireParity(t, got, want, name == "clip")
		})
	}
}

// A tower alone is the tower of the pair, also on a tape that records (which computes every
// activation apart).
func TestTowerParity(t *testing.T) {
	want := fixture(t, "clip")
	w := checkpoint(t, "clip")
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		image, _, err := LoadViT(s, w)
		require.NoError(t, err)
		text, _, err := LoadText(s, w)
		require.NoError(t, err)
		for _, tape := range []func(*engine.Scope) *nn.Tape{nn.Inference, nn.NewTape} {
			x := image.Forward(tape(s), nn.Const(images(s, 2, 32, 32)))
			y := text.Forward(tape(s), readIDs(t, fixtureIDs))
			require.LessOrEqual(t, difference(t, floats(t, x.T), want.values["image.out"]), parityBound)
			require.LessOrEqual(t, difference(t, floats(t, y.T), want.values["text.out"]), parityBound)
		}
	})
}

// Through a file of half-precision numbers, as OpenAI publishes: what the file holds is what
// the network gets.
func TestLoadsHalfPrecisionFile(t *testing.T) {
	w := checkpoint(t, "clip")
	name := filepath.Join(t.TempDir(), "clip.safetensors")
	var specs []tensorfile.TensorSpec
	for _, n := range w.names {
		specs = append(specs, tensorfile.TensorSpec{Name: n, DType: tensorfile.Float16, Shape: w.shapes[n]})
	}
	f, err := tensorfile.CreateSafetensors(name, nil, specs...)
	require.NoError(t, err)
	for _, n := range w.names {
		require.NoError(t, f.Write(n, w.values[n]))
	}
	require.NoError(t, f.Close())
	file, err := tensorfile.OpenNamed(name)
	require.NoError(t, err)
	defer file.Close()
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	_, p, err := LoadCLIP(s, File{file})
	require.NoError(t, err)
	require.Len(t, p.All(), len(w.names))
	for _, x := range p.All() {
		values, err := file.Float32(x.Name)
		require.NoError(t, err)
		if x.Kernel {
			values = channelsLast(values, x.Value.T.Shape())
		}
		require.Equal(t, values, floats(t, x.Value.T), x.Name)
	}
	require.ErrorContains(t, File{file}.FileError(fmt.Errorf("a fault")), name)
}
