package paper

import (
	"context"
	"errors"
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
	images func(ctx context.Context, s *engine.Scope, side, lo, hi int) (*engine.Tensor, error)
	texts  func(s *engine.Scope, context, lo, hi int) ([]int32, error)
	// picture and caption are input i before a network's own preparation; nil for noise. A
	// picture that is drawn has the size that is asked for.
	picture func(i, side int) (*preprocess.Image, error)
	caption func(i int) (string, error)
	// prepare is how pictures become numbers: nil is the paper's way for random networks.
	prepare func(side int) preprocess.Pipeline
	last    bool // of the captions of a picture, not the first (quirk D13)
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
		images: func(_ context.Context, s *engine.Scope, side, lo, hi int) (*engine.Tensor, error) {
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
func drawnScenes(e *Env) *inputs {
	source := scenes.Source{Seed: e.Seed}
	return ofPictures(e, &inputs{
		says: "drawn scenes in place of COCO", own: true,
		picture: func(i, side int) (*preprocess.Image, error) { return source.At(i).Render(side), nil },
		caption: func(i int) (string, error) { return source.At(i).Caption(), nil },
	})
}

// given are the images and captions of a data set, as the paper's notebooks take COCO: the
// first caption of an image, unless the last is asked for.
func given(e *Env, spec string, set dataset.Set, n int) (*inputs, error) {
	list, err := listOf(dataset.Head(set, n))
	if err != nil {
		return nil, err
	}
	in := &inputs{
		says: fmt.Sprintf("%s, %d examples", spec, len(list)), count: len(list),
		picture: func(i, _ int) (*preprocess.Image, error) { return list[i].Image() },
	}
	in.caption = func(i int) (string, error) {
		all := list[i].Captions
		switch {
		case len(all) == 0:
			return "", fmt.Errorf("%s: %s has no caption", spec, list[i].Name)
		case in.last:
			return all[len(all)-1], nil
		}
		return all[0], nil
	}
	return ofPictures(e, in), nil
}

// ofPictures makes networks' inputs of pictures and captions.
func ofPictures(e *Env, in *inputs) *inputs {
	in.images = func(ctx context.Context, s *engine.Scope, side, lo, hi int) (*engine.Tensor, error) {
		p := preprocess.ImageNet(side)
		if in.prepare != nil {
			p = in.prepare(side)
		}
		loader := preprocess.Loader{Pipeline: p, Batch: hi - lo}
		var x *engine.Tensor
		for b, err := range loader.Load(ctx, hi-lo, func(i int) (*preprocess.Image, error) { return in.picture(lo+i, side) }) {
			if err != nil {
				return nil, err
			}
			x = s.Upload(b.Pixels, hi-lo, side, side, 3)
		}
		return x, nil
	}
	var words preprocess.Tokenizer // of the last texts: a vocabulary is read once
	in.texts = func(_ *engine.Scope, context, lo, hi int) ([]int32, error) {
		captions, err := in.captions(lo, hi)
		if err != nil {
			return nil, err
		}
		if words == nil || words.Context() != context {
			if words, err = in.tokenizer(e, context); err != nil {
				return nil, err
			}
		}
		return preprocess.EncodeAll(words, captions), nil
	}
	return in
}

func (in *inputs) captions(lo, hi int) (list []string, err error) {
	for i := lo; i < hi; i++ {
		text, err := in.caption(i)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}

// tokenizer is CLIP's, or without --vocab that of the drawn scenes' own words.
func (in *inputs) tokenizer(e *Env, context int) (preprocess.Tokenizer, error) {
	switch {
	case e.Vocab != "":
		return preprocess.OpenBPE(e.Vocab, context)
	case in.own:
		return preprocess.NewWordVocabulary(scenes.Vocabulary(), context)
	}
	return nil, errors.New("captions need --vocab FILE, CLIP's vocabulary (bpe_simple_vocab_16e6.txt.gz)")
}

// unnormalised leaves pictures as numbers from 0 to 1.
func unnormalised(side int) preprocess.Pipeline {
	p := preprocess.ImageNet(side)
	p.Mean, p.Std = [3]float32{}, [3]float32{1, 1, 1}
	return p
}

// realInputs are those of the first data set of --data with captions, else drawn scenes.
func realInputs(e *Env, n int) (*inputs, error) {
	spec, set, err := e.captioned()
	if err != nil {
		return nil, err
	}
	if set == nil {
		in := drawnScenes(e)
		if len(e.Data) > 0 {
			in.says += ", as no set of --data has captions"
		}
		return in, nil
	}
	return given(e, spec, set, n)
}

// weightDigests is the Inputs of an experiment that reads --weights and --vocab; data sets are
// named by their place.
func weightDigests(e *Env) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range e.Weights {
		if err := knownNetwork(name); err != nil {
			return nil, err
		}
	}
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
	if e.GELU != "" {
		out["gelu"] = e.GELU
	}
	for i, spec := range e.Data {
		out[fmt.Sprintf("data %d", i+1)] = spec
	}
	return out, nil
}
