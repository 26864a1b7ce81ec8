package models

import (
	"math"

	"mindgap/kernels"
	"mindgap/nn"
)

// transformer is a stack of pre-LN blocks over sequences: x += MHA(LN1 x), then
// x += W2 act(W1 LN2 x), as in CLIP's both towers and in ViT.
type transformer struct {
	blocks []*block
	heads  int
	causal bool
}

// block is one residual block.
type block struct {
	norm1, norm2       *nn.Norm
	qkv, out, up, down *nn.Dense
	act                kernels.Activation
}

// blockInit are the distributions of a block's weights. Biases of MLPs are PyTorch's default,
// those of attention 0.
type blockInit struct{ qkv, out, up, down nn.Init }

// The image tower keeps PyTorch's defaults: MultiheadAttention draws its fused projection by
// xavier_uniform (fan in W, fan out 3 W), Linear its weights by kaiming_uniform(sqrt 5).
func imageInit(width, hidden int) blockInit {
	return blockInit{nn.XavierUniform(width, 3*width), nn.FanIn(width), nn.FanIn(width), nn.FanIn(hidden)}
}

// The text tower has initialisers of its own (OpenAI's CLIP, initialize_parameters): in_proj
// N(0, 1/W), c_fc N(0, 1/(2W)), and N(0, 1/(2WL)) for what is added to the stream.
func textInit(width, layers int) blockInit {
	w := float64(width)
	stream := nn.Normal(1 / math.Sqrt(w*2*float64(layers)))
	return blockInit{nn.Normal(1 / math.Sqrt(w)), stream, nn.Normal(1 / math.Sqrt(2*w)), stream}
}

// shape of a transformer; hidden 0 means 4 x width.
type shape struct {
	width, layers, heads, hidden int
	causal                       bool
	act                          kernels.Activation
	eps                          float32
}

// newTransformer makes "resblocks.N.*" under the builder's prefix, in CLIP's names.
func newTransformer(b *nn.Builder, s shape, init blockInit) *transformer {
	t := &transformer{heads: s.heads, causal: s.causal}
	for i := range s.layers {
		in := b.In("resblocks.%d", i)
		attn, mlp := in.In("attn"), in.In("mlp")
		t.blocks = append(t.blocks, &block{
			qkv: &nn.Dense{
				Weight: attn.Param("in_proj_weight", init.qkv, 3*s.width, s.width),
				Bias:   attn.Param("in_proj_bias", nn.Zero, 3*s.width),
			},
			out:   nn.NewDense(attn.In("out_proj"), s.width, s.width, init.out, nn.Zero),
			norm1: nn.NewNorm(in.In("ln_1"), s.width, s.eps),
			up:    nn.NewDense(mlp.In("c_fc"), s.hidden, s.width, init.up, nn.FanIn(s.width)),
			down:  nn.NewDense(mlp.In("c_proj"), s.width, s.hidden, init.down, nn.FanIn(s.hidden)),
			norm2: nn.NewNorm(in.In("ln_2"), s.width, s.eps),
			act:   s.act,
		})
	}
	return t
}

// apply runs all blocks on batch sequences, and marks the stream after each. x is spent
// where the tape records nothing.
func (t *transformer) apply(tp *nn.Tape, name string, x *nn.Value, batch int) *nn.Value {
	for i, b := range t.blocks {
		x = tp.Block(func() *nn.Value {
			h := nn.Attention(tp, b.qkv.Apply(tp, b.norm1.Apply(tp, x), kernels.NoActivation), batch, t.heads, t.causal)
			return b.out.AddTo(tp, x, h)
		})
		x = tp.Block(func() *nn.Value {
			return b.down.AddTo(tp, x, b.up.Apply(tp, b.norm2.Apply(tp, x), b.act))
		})
		tp.Mark(layerName(name, i), x)
	}
	return x
}
