package models

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// ViTConfig is the shape of a vision transformer: square images, cut into square patches.
type ViTConfig struct {
	Image, Patch         int // side in pixels
	Width, Layers, Heads int
	Hidden               int // of the MLPs; 0: 4 x Width
	Out                  int // of the projection; 0: none, features have Width
	// Torchvision has no norm before the blocks, the exact GELU, a bias in the patch
	// embedding and eps 1e-6; CLIP has QuickGELU and eps 1e-5.
	Torchvision bool
	// Stem is how many 3 x 3 convolutions of stride 2 with ReLU look at the pixels before the
	// patches are cut (Xiao et al. 2021, "Early convolutions help transformers see better",
	// without batch norm): small networks learn shapes sooner by them. Channels double up to
	// Width/2. Published image towers have none.
	Stem int
	// GELU is the exact one in place of CLIP's QuickGELU (open_clip's later models).
	GELU bool
}

// The published image towers of CLIP.
var (
	ViTB32 = ViTConfig{Image: 224, Patch: 32, Width: 768, Layers: 12, Heads: 12, Out: 512}
	ViTB16 = ViTConfig{Image: 224, Patch: 16, Width: 768, Layers: 12, Heads: 12, Out: 512}
	ViTL14 = ViTConfig{Image: 224, Patch: 14, Width: 1024, Layers: 24, Heads: 16, Out: 768}
)

// Tokens is the length of a sequence: a class token and the patches.
func (c ViTConfig) Tokens() int { return 1 + (c.Image/c.Patch)*(c.Image/c.Patch) }

// Check refuses shapes that no network can have.
func (c ViTConfig) Check() error {
	switch {
	case c.Image <= 0 || c.Patch <= 0 || c.Width <= 0 || c.Layers < 0 || c.Heads <= 0 || c.Out < 0 || c.Hidden < 0:
		return fmt.Errorf("models: vit: %+v has a size that is not positive", c)
	case c.Image%c.Patch != 0:
		return fmt.Errorf("models: vit: images of %d pixels are no multiple of patches of %d", c.Image, c.Patch)
	case c.Stem < 0 || c.Stem > 8 || c.Patch%(1<<c.Stem) != 0 || c.Width%(1<<c.Stem) != 0:
		return fmt.Errorf("models: vit: patches of %d and width %d cannot be halved by a stem of %d", c.Patch, c.Width, c.Stem)
	case c.Width%c.Heads != 0:
		return fmt.Errorf("models: vit: width %d is no multiple of %d heads", c.Width, c.Heads)
	}
	return nil
}

// ViT is the image tower of CLIP (Dosovitskiy et al. 2021, Radford et al. 2021), or
// torchvision's classifier without its head.
type ViT struct {
	Config ViTConfig
	class  *nn.Param
	pos    *nn.Param
	stem   []*nn.Conv
	patch  *nn.Conv
	pre    *nn.Norm // nil: none
	blocks *transformer
	post   *nn.Norm
	proj   *nn.Param // nil: none
}

// NewViT makes the network in the names of CLIP ("conv1.weight", "transformer.resblocks.0.…")
// and the order in which CLIP's code makes them. Class and positional embedding and
// projection are N(0, 1/Width), the rest PyTorch's defaults (see imageInit).
func NewViT(b *nn.Builder, c ViTConfig) *ViT {
	if c.Hidden == 0 {
		c.Hidden = 4 * c.Width
	}
	eps, act := float32(1e-5), kernels.ActQuickGELU
	if c.Torchvision {
		eps, act = 1e-6, kernels.ActGELU
	}
	if c.GELU {
		act = kernels.ActGELU
	}
	scale := nn.Normal(1 / math.Sqrt(float64(c.Width)))
	v := &ViT{Config: c}
	channels := 3
	for i := range c.Stem {
		out := c.Width >> (c.Stem - i)
		in := b.In("stem.%d", i)
		v.stem = append(v.stem, &nn.Conv{
			Weight: in.Kernel("weight", nn.KaimingFanOut(9*out), out, 3, channels), Bias: in.Param("bias", nn.Zero, out), Stride: 2, Padding: 1,
		})
		channels = out
	}
	cut := c.Patch >> c.Stem
	v.patch = &nn.Conv{Weight: b.Kernel("conv1.weight", nn.FanIn(channels*cut*cut), c.Width, cut, channels), Stride: cut}
	if c.Torchvision {
		v.patch.Bias = b.Param("conv1.bias", nn.Zero, c.Width)
	}
	v.class = b.Param("class_embedding", scale, c.Width)
	v.pos = b.Param("positional_embedding", scale, c.Tokens(), c.Width)
	if !c.Torchvision {
		v.pre = nn.NewNorm(b.In("ln_pre"), c.Width, eps)
	}
	s := shape{width: c.Width, layers: c.Layers, heads: c.Heads, hidden: c.Hidden, act: act, eps: eps}
	v.blocks = newTransformer(b.In("transformer"), s, imageInit(c.Width, c.Hidden))
	v.post = nn.NewNorm(b.In("ln_post"), c.Width, eps)
	if c.Out > 0 {
		v.proj = b.Param("proj", scale, c.Width, c.Out)
	}
	return v
}

// Forward embeds images (N x Image x Image x 3): N x Out, or N x Width without a projection,
// not normalised. It marks "patches", "blocks.0" and so on, and "pooled".
func (v *ViT) Forward(tp *nn.Tape, images *nn.Value) *nn.Value {
	n := images.T.Dim(0)
	engine.Check("vit", images.T.Dim(1) == v.Config.Image && images.T.Dim(2) == v.Config.Image && images.T.Dim(3) == 3,
		"images %v; want N x %d x %d x 3", images.T, v.Config.Image, v.Config.Image)
	x := tp.Block(func() *nn.Value {
		x := images
		for _, c := range v.stem {
			x = c.Apply(tp, x, nil, kernels.ActReLU)
		}
		patches := v.patch.Apply(tp, x, nil, kernels.NoActivation)
		x = nn.PrependToken(tp, patches, v.class.Value, v.pos.Value, n)
		if v.pre == nil {
			return x
		}
		return v.pre.Apply(tp, x)
	})
	tp.Mark("patches", x)
	x = v.blocks.apply(tp, "blocks", x, n)
	first := make([]int32, n)
	for i := range first {
		first[i] = int32(i * v.Config.Tokens())
	}
	y := nn.Gather(tp, x, first)
	y = tp.Mark("pooled", v.post.Apply(tp, y))
	if v.proj == nil {
		return y
	}
	return nn.Project(tp, y, v.proj.Value)
}

// Bytes estimates the memory of Forward for one image, without a recording.
func (v *ViT) Bytes() int64 {
	c := v.Config
	perToken := c.Width*3 + max(5*c.Width, c.Hidden+c.Width) + 3*c.Patch*c.Patch
	return 4 * (int64(c.Tokens()*perToken) + 3*int64(c.Image)*int64(c.Image))
}

func layerName(name string, i int) string { return fmt.Sprintf("%s.%d", name, i) }
