package paper

import (
	"fmt"
	"os"
	"slices"

	"mindgap/contrastive/dataset"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn/preprocess"
)

// inputs are what encoders see: input i is the same whatever batches are made of them.
type inputs struct {
	says  string // what they are, for results
	own   bool   // drawn scenes: a surrogate
	count int    // how many there are; 0: no end
	// images gives images lo..hi as N x side x side x 3, texts the ids of texts lo..hi.
	images func(s *engine.Scope, side, lo, hi int) (*engine.Tensor, error)
	raw    bool // images are not normalised by mean and deviation: bytes become 0 to 1
	texts  func(s *engine.Scope, context, lo, hi int) ([]int32, error)
}

// The streams of noise.
const (
	noiseImages = 3000 + iota
	noiseTexts
)

// clipVocabulary is the number of tokens of CLIP's texts.
const clipVocabulary = 49408

// noise is the published random input (Figure 2a, third row): images of N(0, 1), and texts of
// integers uniform over the vocabulary at every position, without start or end.
func noise(seed uint64) *inputs {
	return &inputs{
		says: "noise",
		images: func(s *engine.Scope, side, lo, hi int) (*engine.Tensor, error) {
			x, one := s.Floats(hi-lo, side, side, 3), 3*side*side
			kernels.FillNormal(x, kernels.Stream{Seed: seed, ID: noiseImages}, uint64(lo)*uint64(one), 0, 1)
			return x, nil
		},
		texts: func(s *engine.Scope, context, lo, hi int) ([]int32, error) {
			const row = 128 // numbers of the stream for a text, a multiple of 4
			engine.Check("noise", context <= row, "texts of %d tokens", context)
			all := s.Ints(hi-lo, row)
			kernels.FillInts(all, kernels.Stream{Seed: seed, ID: noiseTexts}, uint64(lo)*row, clipVocabulary)
			ids := make([]int32, (hi-lo)*context)
			return ids, all.SliceCols(0, context).ReadInts(ids)
		},
	}
}

// drawnScenes are scenes of this program in place of photographs with captions.
func drawnScenes(seed uint64) *inputs {
	source := scenes.Source{Seed: seed}
	in := &inputs{}
	*in = inputs{
		says: "drawn scenes in place of COCO", own: true,
		images: func(s *engine.Scope, side, lo, hi int) (*engine.Tensor, error) {
			data := make([]float32, (hi-lo)*side*side*3)
			p := in.pipeline(side)
			scenes.Batch(data, source.Take(lo, hi-lo), side, scenes.Norm{Mean: p.Mean, Std: p.Std})
			return s.Upload(data, hi-lo, side, side, 3), nil
		},
		texts: func(_ *engine.Scope, context, lo, hi int) ([]int32, error) {
			words, err := preprocess.NewWordVocabulary(scenes.Vocabulary(), context)
			if err != nil {
				return nil, err
			}
			var captions []string
			for _, x := range source.Take(lo, hi-lo) {
				captions = append(captions, x.Caption())
			}
			return preprocess.EncodeAll(words, captions), nil
		},
	}
	return in
}

// pipeline is the paper's preprocessing for random networks.
func (in *inputs) pipeline(side int) preprocess.Pipeline {
	p := preprocess.ImageNet(side)
	if in.raw {
		p.Mean, p.Std = [3]float32{}, [3]float32{1, 1, 1}
	}
	return p
}

// given are the images and captions of a data set, as the paper's notebooks take COCO: the
// first caption of an image.
func given(e *Env, spec string, set dataset.Set, n int) (*inputs, error) {
	list, err := examples(dataset.Head(set, n))
	if err != nil {
		return nil, err
	}
	in := &inputs{says: fmt.Sprintf("%s, %d examples", spec, len(list)), count: len(list)}
	in.images = func(s *engine.Scope, side, lo, hi int) (*engine.Tensor, error) {
		p := in.pipeline(side)
		data := make([]float32, (hi-lo)*p.Len())
		for i, x := range list[lo:hi] {
			m, err := x.Image()
			if err != nil {
				return nil, err
			}
			p.Apply(data[i*p.Len():(i+1)*p.Len()], m)
		}
		return s.Upload(data, hi-lo, side, side, 3), nil
	}
	in.texts = func(_ *engine.Scope, context, lo, hi int) ([]int32, error) {
		if e.Vocab == "" {
			return nil, fmt.Errorf("captions need --vocab FILE, CLIP's vocabulary (bpe_simple_vocab_16e6.txt.gz)")
		}
		t, err := preprocess.OpenBPE(e.Vocab, context)
		if err != nil {
			return nil, err
		}
		var captions []string
		for _, x := range list[lo:hi] {
			if len(x.Captions) == 0 {
				return nil, fmt.Errorf("%s: %s has no caption", spec, x.Name)
			}
			captions = append(captions, x.Captions[0])
		}
		return preprocess.EncodeAll(t, captions), nil
	}
	return in, nil
}

// realInputs are those of the first data set of --data with captions, else drawn scenes.
func realInputs(e *Env, n int) (*inputs, error) {
	spec, set, err := e.captioned()
	if err != nil {
		return nil, err
	}
	if set == nil {
		return drawnScenes(e.Seed), nil
	}
	return given(e, spec, set, n)
}

// weightDigests is the Inputs of an experiment that reads --weights and --vocab; data sets are
// named by their place.
func weightDigests(e *Env) (map[string]string, error) {
	out := map[string]string{}
	files := slices.Clone(e.Weights)
	if e.Vocab != "" {
		if info, err := os.Stat(e.Vocab); err == nil && !info.IsDir() {
			files = append(files, e.Vocab)
		}
	}
	for _, name := range files {
		d, err := fileDigest(name)
		if err != nil {
			return nil, err
		}
		out[name] = d
	}
	for i, spec := range e.Data {
		out[fmt.Sprintf("data %d", i+1)] = spec
	}
	return out, nil
}
