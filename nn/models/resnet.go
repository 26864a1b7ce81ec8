package models

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// ResNetConfig is the shape of a residual network (He et al. 2016) as torchvision builds it.
type ResNetConfig struct {
	Blocks     [4]int // of each stage
	Bottleneck bool   // 1x1, 3x3, 1x1 to four times the width, with the stride in the 3x3
	Width      int    // of the first stage, 64
}

// The published networks.
var (
	ResNet18 = ResNetConfig{Blocks: [4]int{2, 2, 2, 2}, Width: 64}
	ResNet50 = ResNetConfig{Blocks: [4]int{3, 4, 6, 3}, Bottleneck: true, Width: 64}
)

// Features is the width of the output: 512 for ResNet-18, 2048 for ResNet-50.
func (c ResNetConfig) Features() int { return 8 * c.Width * c.expansion() }

func (c ResNetConfig) expansion() int {
	if c.Bottleneck {
		return 4
	}
	return 1
}

// ResNet embeds images by the average pool's output: torchvision's network without its
// classifier, in eval mode. Batch norms are folded into the convolutions before them, so every
// convolution has a bias; features have passed a ReLU and are not negative.
type ResNet struct {
	Config ResNetConfig
	stem   *nn.Conv
	stages [4][]*residual
	folds  []fold
}

// residual is a basic or bottleneck block; shortcut is nil where the input is added as it is.
type residual struct {
	convs    []*nn.Conv
	shortcut *nn.Conv
}

// fold names a convolution and the batch norm behind it, as torchvision does.
type fold struct {
	conv     *nn.Conv
	from, bn string
}

// batchNormEps is torchvision's.
const batchNormEps = 1e-5

// NewResNet makes the network with kernels N(0, 2/(out k^2)) (kaiming_normal, fan_out) and
// fresh batch norms: gain 1, bias 0, running mean 0 and variance 1, so that in eval mode each
// divides by sqrt(1 + 1e-5).
func NewResNet(b *nn.Builder, c ResNetConfig) *ResNet {
	r := &ResNet{Config: c}
	r.stem = r.conv(b, "conv1", "bn1", c.Width, 7, 3, 2, 3)
	in := c.Width
	for s, count := range c.Blocks {
		width := c.Width << s
		out := width * c.expansion()
		for i := range count {
			stride := 1
			if s > 0 && i == 0 {
				stride = 2
			}
			at := b.In("layer%d", s+1).In("%d", i)
			x := &residual{}
			if c.Bottleneck {
				x.convs = []*nn.Conv{
					r.conv(at, "conv1", "bn1", width, 1, in, 1, 0),
					r.conv(at, "conv2", "bn2", width, 3, width, stride, 1),
					r.conv(at, "conv3", "bn3", out, 1, width, 1, 0),
				}
			} else {
				x.convs = []*nn.Conv{
					r.conv(at, "conv1", "bn1", width, 3, in, stride, 1),
					r.conv(at, "conv2", "bn2", width, 3, width, 1, 1),
				}
			}
			if stride != 1 || in != out {
				x.shortcut = r.conv(at.In("downsample"), "0", "1", out, 1, in, stride, 0)
			}
			r.stages[s] = append(r.stages[s], x)
			in = out
		}
	}
	return r
}

func (r *ResNet) conv(b *nn.Builder, name, bn string, out, size, in, stride, padding int) *nn.Conv {
	fresh := math.Sqrt(2/float64(out*size*size)) / math.Sqrt(1+batchNormEps)
	c := &nn.Conv{
		Weight: b.Kernel(name+".weight", nn.Normal(fresh), out, size, in),
		Bias:   b.Param(bn+".bias", nn.Zero, out),
		Stride: stride, Padding: padding,
	}
	prefix := c.Weight.Name[:len(c.Weight.Name)-len(name+".weight")]
	r.folds = append(r.folds, fold{c, c.Weight.Name, prefix + bn})
	return c
}

// Forward embeds images (N x H x W x 3, at least 32 pixels a side): N x Features, not
// normalised and not negative. It marks "stem", "layer1.0" and so on, and "pooled".
func (r *ResNet) Forward(tp *nn.Tape, images *nn.Value) *nn.Value {
	engine.Check("resnet", len(images.T.Shape()) == 4 && images.T.Dim(3) == 3, "images %v; want N x H x W x 3", images.T)
	x := tp.Block(func() *nn.Value {
		return nn.MaxPool(tp, tp.Mark("stem", r.stem.Apply(tp, images, nil, kernels.ActReLU)), kernels.PoolOptions{Size: 3, Stride: 2, Padding: 1})
	})
	for s, blocks := range r.stages {
		for i, b := range blocks {
			in := x
			x = tp.Block(func() *nn.Value { return b.apply(tp, in) }, in)
			tp.Mark(fmt.Sprintf("layer%d.%d", s+1, i), x)
		}
	}
	return tp.Mark("pooled", nn.GlobalAveragePool(tp, x))
}

func (b *residual) apply(tp *nn.Tape, x *nn.Value) *nn.Value {
	shortcut := x
	if b.shortcut != nil {
		shortcut = b.shortcut.Apply(tp, x, nil, kernels.NoActivation)
	}
	last := len(b.convs) - 1
	for _, c := range b.convs[:last] {
		x = c.Apply(tp, x, nil, kernels.ActReLU)
	}
	return b.convs[last].Apply(tp, x, shortcut, kernels.ActReLU)
}

// Bytes estimates the memory of Forward for one image of so many pixels a side.
func (r *ResNet) Bytes(side int) int64 {
	return 4 * int64(side) * int64(side) * int64(3+3*r.Config.Width/4*r.Config.expansion())
}
