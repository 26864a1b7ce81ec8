package models

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// drawn is the distribution of a parameter whose name matches: constants, normal ones of mean
// 0 and a deviation, or uniform ones between -bound and bound.
type drawn struct {
	names string
	kind  string
	size  float64
}

// root is 1/sqrt(n).
func root(n float64) float64 { return 1 / math.Sqrt(n) }

// The image tower as CLIP's code leaves it (EXPERIMENTS.md, section 1): PyTorch's defaults, and
// N(0, 1/width) for what has no layer of its own.
func imageDistributions(c ViTConfig) []drawn {
	w := float64(c.Width)
	h := float64(c.Hidden)
	return []drawn{
		{`class_embedding|positional_embedding|proj`, "normal", root(w)},
		{`conv1\.weight`, "uniform", root(3 * float64(c.Patch*c.Patch))},
		{`.*attn\.in_proj_weight`, "uniform", math.Sqrt(6 / (w + 3*w))},
		{`.*attn\.out_proj\.weight`, "uniform", root(w)},
		{`.*attn\.(in_proj_bias|out_proj\.bias)`, "constant", 0},
		{`.*mlp\.c_fc\.(weight|bias)`, "uniform", root(w)},
		{`.*mlp\.c_proj\.(weight|bias)`, "uniform", root(h)},
		{`(.*\.)?ln_(1|2|pre|post)\.weight`, "constant", 1},
		{`(.*\.)?ln_(1|2|pre|post)\.bias`, "constant", 0},
	}
}

// The text tower has CLIP's own initialisers for weights; biases of the MLPs stay PyTorch's.
func textDistributions(c TextConfig) []drawn {
	w, l := float64(c.Width), float64(c.Layers)
	return []drawn{
		{`token_embedding\.weight`, "normal", 0.02},
		{`positional_embedding`, "normal", 0.01},
		{`text_projection`, "normal", root(w)},
		{`.*attn\.in_proj_weight`, "normal", root(w)},
		{`.*attn\.out_proj\.weight`, "normal", root(w) * root(2*l)},
		{`.*attn\.(in_proj_bias|out_proj\.bias)`, "constant", 0},
		{`.*mlp\.c_fc\.weight`, "normal", root(2 * w)},
		{`.*mlp\.c_fc\.bias`, "uniform", root(w)},
		{`.*mlp\.c_proj\.weight`, "normal", root(w) * root(2*l)},
		{`.*mlp\.c_proj\.bias`, "uniform", root(4 * w)},
		{`(.*\.)?ln_(1|2|final)\.weight`, "constant", 1},
		{`(.*\.)?ln_(1|2|final)\.bias`, "constant", 0},
	}
}

// requireDrawn holds a parameter to its distribution. Mean and variance are within five
// standard errors: the variance of a square is (k - 1) sigma^4 with kurtosis k = 3 (normal) or
// 9/5 (uniform). Uniform numbers never leave their bound and come near it; as many normal ones
// would not stay within sqrt(3) sigma, the bound of a uniform distribution of that variance.
func requireDrawn(t *testing.T, name string, list []float32, d drawn) {
	t.Helper()
	if d.kind == "constant" {
		for _, v := range list {
			require.Equal(t, float32(d.size), v, name)
		}
		return
	}
	variance, kurtosis := d.size*d.size, 3.0
	if d.kind == "uniform" {
		variance, kurtosis = variance/3, 1.8
	}
	n, sum, squares, largest := float64(len(list)), 0.0, 0.0, 0.0
	for _, v := range list {
		x := float64(v)
		sum, squares, largest = sum+x, squares+x*x, max(largest, math.Abs(x))
	}
	require.InDelta(t, 0, sum/n, 5*math.Sqrt(variance/n), "mean of %s", name)
	require.InDelta(t, variance, squares/n, 5*variance*math.Sqrt((kurtosis-1)/n), "variance of %s", name)
	if d.kind == "uniform" {
		require.LessOrEqual(t, largest, d.size*(1+engine.U), "bound of %s", name)
	}
	if n >= 500 { // chances of less than 1e-10 and 1e-18
		if d.kind == "uniform" {
			require.Greater(t, largest, 0.95*d.size, name)
		} else {
			require.Greater(t, largest, math.Sqrt(3*variance), name)
		}
	}
}

// requireAllDrawn finds exactly one distribution for every parameter under prefix.
func requireAllDrawn(t *testing.T, p *nn.Params, prefix string, list []drawn) (seen int) {
	t.Helper()
	for _, x := range p.All() {
		name, ok := strings.CutPrefix(x.Name, prefix)
		if !ok || prefix == "" && (strings.HasPrefix(name, "visual.") || name == "logit_scale") {
			continue
		}
		found := 0
		for _, d := range list {
			if regexp.MustCompile(`^(` + d.names + `)$`).MatchString(name) {
				requireDrawn(t, x.Name, floats(t, x.Value.T), d)
				found++
			}
		}
		require.Equal(t, 1, found, "distributions of %s", x.Name)
		seen++
	}
	return seen
}

func TestCLIPInitialisation(t *testing.T) {
	c := tinyCLIP
	c.Image.Hidden, c.Image.Layers, c.Text.Layers = 192, 2, 3 // sizes that cannot be taken for one another
	onEveryDevice(t, func(t *testing.T, d *engine.Device) {
		s := d.Scope()
		defer s.Close()
		p := nn.NewParams(s)
		NewCLIP(nn.NewBuilder(p, kernels.NewRandom(7, 1)), c)
		seen := requireAllDrawn(t, p, "visual.", imageDistributions(c.Image))
		seen += requireAllDrawn(t, p, "", textDistributions(c.Text))
		require.Equal(t, len(p.All()), seen+1)
		requireDrawn(t, "logit_scale", floats(t, p.Find("logit_scale").Value.T), drawn{kind: "constant", size: float64(float32(math.Log(1 / 0.07)))})
	})
}

// Kernels are kaiming_normal, fan_out, divided by the fresh batch norm's sqrt(1 + 1e-5); the
// biases, which batch norms become, are 0.
func TestResNetInitialisation(t *testing.T) {
	for _, bottleneck := range []bool{false, true} {
		c := ResNetConfig{Blocks: [4]int{2, 1, 1, 1}, Bottleneck: bottleneck, Width: 16}
		onEveryDevice(t, func(t *testing.T, d *engine.Device) {
			s := d.Scope()
			defer s.Close()
			p := nn.NewParams(s)
			NewResNet(nn.NewBuilder(p, kernels.NewRandom(7, 2)), c)
			for _, x := range p.All() {
				d := drawn{kind: "constant"}
				if x.Kernel {
					shape := x.Value.T.Shape() // O x KH x KW x I
					d = drawn{kind: "normal", size: math.Sqrt(2/float64(shape[0]*shape[1]*shape[2])) * root(1+1e-5)}
				}
				requireDrawn(t, x.Name, floats(t, x.Value.T), d)
			}
		})
	}
}

// A seed is a network, and blocks of one shape do not share their numbers.
func TestInitialisationFollowsTheSeed(t *testing.T) {
	d := host(t)
	s := d.Scope()
	defer s.Close()
	draw := func(seed uint64) *nn.Params {
		p := nn.NewParams(s)
		NewCLIP(nn.NewBuilder(p, kernels.NewRandom(seed, 0)), tinyCLIP)
		return p
	}
	a, again, b := draw(1), draw(1), draw(2)
	first := map[float32]string{}
	for i, x := range a.All() {
		list := floats(t, x.Value.T)
		require.Equal(t, list, floats(t, again.All()[i].Value.T), x.Name)
		if list[0] == 0 || list[0] == 1 || x.Name == "logit_scale" {
			continue
		}
		require.NotEqual(t, list, floats(t, b.All()[i].Value.T), x.Name)
		require.Empty(t, first[list[0]], x.Name)
		first[list[0]] = x.Name
	}
}

// Numbers of parameters, by PyTorch: 151,277,313 of CLIP ViT-B/32 is printed by the paper's own
// code; torchvision's documentation has 11,689,512 for resnet18, 25,557,032 for resnet50 and
// 88,224,232 for vit_b_32, from which go the classifiers of 1,000 classes and, since batch
// norms are folded, one number for each channel of a convolution.
func TestParameterCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the weights take 600 MB")
	}
	torchvision := ViTB32
	torchvision.Torchvision, torchvision.Out = true, 0
	channels18 := 64 + 2*2*(64+128+256+512) + 128 + 256 + 512                    // stem, blocks, shortcuts
	channels50 := 64 + 3*6*64 + 4*6*128 + 6*6*256 + 3*6*512 + 4*(64+128+256+512) // a block: 1 + 1 + 4 widths
	for _, c := range []struct {
		name  string
		build func(b *nn.Builder)
		want  int
	}{
		{"CLIP ViT-B/32", func(b *nn.Builder) { NewCLIP(b, CLIPB32) }, 151277313},
		{"ResNet-18", func(b *nn.Builder) { NewResNet(b, ResNet18) }, 11689512 - 1000*513 - channels18},
		{"ResNet-50", func(b *nn.Builder) { NewResNet(b, ResNet50) }, 25557032 - 1000*2049 - channels50},
		{"torchvision's ViT-B/32", func(b *nn.Builder) { NewViT(b, torchvision) }, 88224232 - 1000*769},
	} {
		d, err := engine.Open("host")
		require.NoError(t, err)
		s := d.Scope()
		p := nn.NewParams(s)
		c.build(nn.NewBuilder(p, nil))
		require.Equal(t, c.want, p.Count(), c.name)
		s.Close()
		d.Close()
	}
}
