package paper

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/contrastive"
	"mindgap/contrastive/dataset"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// clipPairsSeed chooses the training pairs, as the authors' script does (E9); the generator is
// not NumPy's, so they are others.
const clipPairsSeed = 1234

// clipLab is the published configuration on the pairs of --data: CLIP ViT-B/16 with random
// weights, and where a file is given the model in it to go on from. Training takes batches of 64,
// Adam at 1e-5 with betas 0.9 and 0.98, eps 1e-6 and the classic L2 term 0.2, for 5 epochs.
func clipLab(e *Env, file, data string) (*lab, error) {
	list, train, err := clipPairs(data)
	if err != nil {
		return nil, err
	}
	l := &lab{train: train, held: len(list) - train, epochs: 5, dim: models.CLIPB16.Image.Out, chunk: 16, saveEvery: 10 * time.Minute}
	l.says = fmt.Sprintf("CLIP ViT-B/16 with random weights on %d pairs of %s, measured with %d others", l.train, data, l.held)
	l.config = contrastive.Config{
		Batch: 64, Chunk: 8, Loss: "infonce",
		Rate: nn.Schedule{Rate: 1e-5}, Adam: clipAdam(.2),
	}
	l.on = l.config
	l.build = func(s *engine.Scope, seed uint64, dim int) (*contrastive.Dual, error) {
		c := models.CLIPB16
		c.Image.Out, c.Text.Out = dim, dim
		p := nn.NewParams(s)
		return clipDual(e, models.NewCLIP(nn.NewBuilder(p, kernels.NewRandom(seed, attributesStream)), c), p, list)
	}
	if file != "" {
		l.pretrainedSays = "CLIP of " + filepath.Base(file)
		l.says = fmt.Sprintf("%s on %d pairs of %s, measured with %d others", l.pretrainedSays, l.train, data, l.held)
		l.pretrained = func(s *engine.Scope) (*contrastive.Dual, error) {
			f, err := tensorfile.OpenNamed(file)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			w := models.File{Named: f}
			m, p, err := models.LoadCLIP(s, w)
			if err != nil {
				return nil, w.FileError(err)
			}
			g, err := embed.GELUOf(e.GELU, file, w)
			if err != nil {
				return nil, w.FileError(err)
			}
			m.UseGELU(g.Exact)
			return clipDual(e, m, p, list)
		}
	}
	return l, nil
}

// clipPairs are the pairs of --data, those to train on first: the splits train and val where the
// set has both, else ten of eleven parts and one.
func clipPairs(data string) (list []dataset.Example, train int, err error) {
	n := paperPairs
	whole, err := readPairs(data, dataset.Options{})
	if err != nil {
		return nil, 0, err
	}
	learn, held := whole, []dataset.Example(nil)
	if split, err := readPairs(data, dataset.Options{Split: "train"}); err == nil {
		learn, held = split, whole
	}
	rand.New(rand.NewPCG(clipPairsSeed, 0)).Shuffle(len(learn), func(i, k int) { learn[i], learn[k] = learn[k], learn[i] })
	if held == nil {
		train = min(n.train, len(learn)*10/11)
		learn, held = learn[:train], learn[train:]
	}
	learn, held = learn[:min(n.train, len(learn))], held[:min(n.held, len(held))]
	return append(learn, held...), len(learn), nil
}

// readPairs walks a set; every example needs a caption.
func readPairs(spec string, o dataset.Options) (list []dataset.Example, err error) {
	set, err := dataset.Open(spec, o)
	if err != nil {
		return nil, err
	}
	for x, err := range set.Examples() {
		if err != nil {
			return nil, err
		}
		if len(x.Captions) == 0 {
			return nil, fmt.Errorf("%s: %s has no caption", spec, x.Name)
		}
		list = append(list, x)
	}
	return list, nil
}

// clipDual is CLIP as a dual encoder of examples: images through CLIP's preprocessing, the first
// caption of each, or as published the last (quirk D13).
func clipDual(e *Env, m *models.CLIP, p *nn.Params, list []dataset.Example) (*contrastive.Dual, error) {
	if e.Vocab == "" {
		return nil, fmt.Errorf("captions need --vocab FILE, CLIP's vocabulary (bpe_simple_vocab_16e6.txt.gz)")
	}
	words, err := preprocess.OpenBPE(e.Vocab, m.Text.Config.Context)
	if err != nil {
		return nil, err
	}
	if words.Size() > m.Text.Config.Vocab {
		return nil, fmt.Errorf("--vocab %s has %d tokens, the model %d; take the vocabulary that the model was trained with", e.Vocab, words.Size(), m.Text.Config.Vocab)
	}
	side := m.Image.Config.Image
	pipeline := preprocess.CLIP(side)
	return &contrastive.Dual{
		Params: p, LogScale: m.LogitScale,
		Image: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			data, err := decodeAll(pipeline, pickAll(list, examples))
			if err != nil {
				return nil, err
			}
			return m.Image.Forward(tp, nn.Const(tp.Scope().Upload(data, len(examples), side, side, 3))), nil
		}),
		Text: contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
			var ids []int32
			for _, x := range examples {
				captions := list[x].Captions
				caption := captions[0]
				if e.AsPublished {
					caption = captions[len(captions)-1]
				}
				ids = append(ids, words.Encode(caption)...)
			}
			return m.Text.Forward(tp, ids), nil
		}),
	}, nil
}

// decodeAll reads the pictures of examples on all cores, one after another in the result.
func decodeAll(p preprocess.Pipeline, list []dataset.Example) ([]float32, error) {
	data, errs := make([]float32, len(list)*p.Len()), make([]error, len(list))
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(list); i += workers {
				var m *preprocess.Image
				if m, errs[i] = list[i].Image(); errs[i] == nil {
					p.Apply(data[i*p.Len():(i+1)*p.Len()], m)
				}
			}
		})
	}
	all.Wait()
	return data, first(errs)
}
