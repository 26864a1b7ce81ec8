package models

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
)

// parityBound is the largest relative difference from PyTorch of any layer: max|a - b|/max|b|.
const parityBound = 2e-5

// memory is a checkpoint whose numbers come from the formula of testdata/parity.py, which drew
// the same for PyTorch.
type memory struct {
	names  []string
	shapes map[string][]int
	values map[string][]float32
}

func (m *memory) Names() []string { return m.names }

func (m *memory) Shape(name string) ([]int, bool) {
	shape, ok := m.shapes[name]
	return shape, ok
}

func (m *memory) Floats(name string) ([]float32, error) { return m.values[name], nil }

func (m *memory) set(name string, shape []int, values []float32) {
	if _, ok := m.shapes[name]; !ok {
		m.names = append(m.names, name)
	}
	m.shapes[name], m.values[name] = shape, values
}

// with is the checkpoint, a tensor's shape and zeros put in its place.
func (m *memory) with(name string, shape ...int) *memory {
	m.set(name, shape, make([]float32, elements(shape)))
	return m
}

func (m *memory) remove(name string) {
	m.names = slices.DeleteFunc(m.names, func(n string) bool { return n == name })
	delete(m.shapes, name)
}

// renamed is the checkpoint under other names; "" leaves a tensor out.
func (m *memory) renamed(to func(name string) string) *memory {
	out := &memory{shapes: map[string][]int{}, values: map[string][]float32{}}
	for _, name := range m.names {
		if n := to(name); n != "" {
			out.set(n, m.shapes[name], m.values[name])
		}
	}
	return out
}

// checkpoint draws the tensors that testdata/NAME.txt lists.
func checkpoint(t *testing.T, name string) *memory {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".txt"))
	require.NoError(t, err)
	defer f.Close()
	m := &memory{shapes: map[string][]int{}, values: map[string][]float32{}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		word := strings.Fields(lines.Text())
		offset, err := strconv.ParseFloat(word[1], 64)
		require.NoError(t, err)
		scale, err := strconv.ParseFloat(word[2], 64)
		require.NoError(t, err)
		var shape []int
		if len(word) > 3 {
			for _, s := range strings.Split(word[3], "x") {
				n, err := strconv.Atoi(s)
				require.NoError(t, err)
				shape = append(shape, n)
			}
		}
		m.set(word[0], shape, draw(word[0], offset, scale, elements(shape)))
	}
	return m
}

func elements(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// draw is offset + scale u, with u = -1 .. 1 in steps of 2^-23 by splitmix64 from FNV-1a of
// the name.
func draw(name string, offset, scale float64, n int) []float32 {
	h := fnv.New64a()
	h.Write([]byte(name))
	seed := h.Sum64()
	out := make([]float32, n)
	for i := range out {
		z := seed + uint64(i+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		u := float64(int64(z>>40)-1<<23) / (1 << 23)
		out[i] = float32(offset + float64(scale*u)) // two roundings, as numpy does
	}
	return out
}

// layers are a network's activations by the names of its marks, in the order computed.
type layers struct {
	names  []string
	values map[string][]float32
}

func (l *layers) add(name string, values []float32) {
	if l.values == nil {
		l.values = map[string][]float32{}
	}
	l.names = append(l.names, name)
	l.values[name] = values
}

// watch keeps every value that a tape marks, its name after prefix.
func (l *layers) watch(t *testing.T, tp *nn.Tape, prefix string) {
	tp.Watch = func(name string, x *engine.Tensor) { l.add(prefix+name, floats(t, x)) }
}

// readLayers reads PyTorch's activations.
func readLayers(t *testing.T, file string) (l layers) {
	t.Helper()
	f, err := tensorfile.OpenNamed(file)
	require.NoError(t, err)
	defer f.Close()
	for _, name := range f.Names() {
		if name != "ids" {
			values, err := f.Float32(name)
			require.NoError(t, err)
			l.add(name, values)
		}
	}
	return l
}

// readArray reads an npy file, or an array "x.npz:name".
func readArray(t *testing.T, name string) (values []float32, shape []int) {
	t.Helper()
	r, err := tensorfile.OpenArray(name)
	require.NoError(t, err)
	defer r.Close()
	values, err = r.ReadAll()
	require.NoError(t, err)
	return values, r.Shape()
}

func readIDs(t *testing.T, name string) []int32 {
	values, _ := readArray(t, name)
	ids := make([]int32, len(values))
	for i, v := range values {
		ids[i] = int32(v)
	}
	return ids
}

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

// images draws N x H x W x 3 as testdata/parity.py does.
func images(s *engine.Scope, n, height, width int) *engine.Tensor {
	return s.Upload(draw("images", 0, 2, n*height*width*3), n, height, width, 3)
}

func fixture(t *testing.T, name string) layers {
	return readLayers(t, filepath.Join("testdata", name+".npz"))
}

// fixtureIDs are the texts of both CLIPs' fixtures.
const fixtureIDs = "testdata/clip.npz:ids"

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
