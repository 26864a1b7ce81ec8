package paper

import (
	"fmt"
	"math"
	"strings"

	"mindgap/contrastive"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/preprocess"
)

// The small towers: layers of attributesHidden ReLU units, then a projection. Texts enter as the
// attributesToken numbers of each of their words, laid end to end.
const (
	attributesLayers = 3
	attributesHidden = 128
	attributesToken  = 16
	attributesDim    = 64
	attributesNoise  = .3 // standard deviation, where an attribute is 0 or 1
)

// attributesLab trains two small networks: one sees a scene's attributes as a vector with noise
// in place of its picture, the other its caption as a string of tokens.
func attributesLab(e *Env, n pairSizes) *lab {
	d := drawnPairs(e.Seed, n)
	l := d.lab(n)
	l.says = fmt.Sprintf("two networks of %d ReLU layers of %d on %d drawn scenes, their attributes as vectors (noise %g) and their captions as tokens, seed %d, in place of CLIP ViT-B/16 on COCO", attributesLayers, attributesHidden, n.train, attributesNoise, e.Seed)
	l.dim, l.chunk = attributesDim, 512
	l.config = contrastive.Config{Batch: 64, Loss: "infonce", Rate: nn.Schedule{Rate: 3e-3, Warmup: 20}, Adam: clipAdam(0)}
	l.on = l.config
	l.on.Rate.Rate = 1e-3
	vectors := make([]float32, len(d.specs)*scenes.VectorLength)
	for i, s := range d.specs {
		s.Vector(vectors[i*scenes.VectorLength:], attributesNoise)
	}
	ids, context := d.tokens()
	l.build = func(s *engine.Scope, seed uint64, dim int) (*contrastive.Dual, error) {
		p := nn.NewParams(s)
		b := nn.NewBuilder(p, kernels.NewRandom(seed, labStream))
		table := nn.Const(s.Upload(vectors, len(d.specs), scenes.VectorLength))
		image := newTower(b.In("image"), scenes.VectorLength, dim)
		words := b.Param("text.tokens", nn.Normal(1), scenes.Tokenizer().Size(), attributesToken)
		text := newTower(b.In("text"), context*attributesToken, dim)
		return &contrastive.Dual{
			Params: p, LogScale: b.Param("logit_scale", nn.Zero, 1),
			Image: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
				rows := make([]int32, len(examples))
				for i, x := range examples {
					rows[i] = int32(x)
				}
				return image.apply(tp, nn.Gather(tp, table, rows)), nil
			}),
			Text: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
				list := make([]int32, 0, len(examples)*context)
				for _, x := range examples {
					list = append(list, ids[x*context:(x+1)*context]...)
				}
				x := nn.Gather(tp, words.Value, list)
				return text.apply(tp, nn.Reshape(x, len(examples), context*attributesToken)), nil
			}),
		}, nil
	}
	return l
}

// tokens are the ids of all texts, context of each: as many as the longest needs.
func (d *drawn) tokens() (ids []int32, context int) {
	for _, text := range d.texts {
		context = max(context, len(strings.Fields(text))+2) // with start and end
	}
	words, err := preprocess.NewWordVocabulary(scenes.Vocabulary(), context)
	if err != nil {
		panic(err) // the scenes' own words
	}
	return preprocess.EncodeAll(words, d.texts), context
}

// tower is h <- relu(W h + b) for every layer, then P h. W and b are PyTorch's defaults for linear
// layers, P ~ N(0, 1/hidden) as CLIP's projections.
type tower struct {
	layers []*nn.Dense
	out    *nn.Dense
}

func newTower(b *nn.Builder, in, out int) *tower {
	t := &tower{}
	for i := range attributesLayers {
		t.layers = append(t.layers, nn.NewDense(b.In("%d", i), attributesHidden, in, nn.FanIn(in), nn.FanIn(in)))
		in = attributesHidden
	}
	t.out = nn.NewDense(b.In("projection"), out, in, nn.Normal(1/math.Sqrt(float64(in))), nil)
	return t
}

func (t *tower) apply(tp *nn.Tape, x *nn.Value) *nn.Value {
	for _, l := range t.layers {
		x = l.Apply(tp, x, kernels.ActReLU)
	}
	return t.out.Apply(tp, x, kernels.NoActivation)
}
