package paper

import (
	"fmt"
	"path/filepath"
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

// loadCLIP makes the model of a file, with the GELU that --gelu, the file or its names say, and
// says which it is.
func loadCLIP(e *Env, s *engine.Scope, file string) (m *models.CLIP, p *nn.Params, says string, err error) {
	f, err := tensorfile.OpenNamed(file)
	if err != nil {
		return nil, nil, "", err
	}
	defer f.Close()
	w := models.File{Named: f}
	if m, p, err = models.LoadCLIP(s, w); err != nil {
		return nil, nil, "", w.FileError(err)
	}
	g, err := embed.GELUOf(e.GELU, file, w)
	if err != nil {
		return nil, nil, "", w.FileError(err)
	}
	m.UseGELU(g.Exact)
	return m, p, fmt.Sprintf("CLIP of %s (%s)", filepath.Base(file), g), nil
}

// clipLab is the published configuration on the pairs of --data: CLIP with random weights, random
// being its shape, and where a file is given the model in it to go on from. Training takes
// batches of 64, Adam at 1e-5 with betas 0.9 and 0.98, eps 1e-6 and the classic L2 term 0.2, for
// 5 epochs.
func clipLab(e *Env, file, data string, random models.CLIPConfig) (*lab, error) {
	list, train, from, err := clipPairs(data)
	if err != nil {
		return nil, err
	}
	l := &lab{train: train, held: len(list) - train, epochs: 5, dim: random.Image.Out, chunk: 16, saveEvery: 10 * time.Minute}
	pairs := fmt.Sprintf("%d pairs of %s, measured with %d of %s", l.train, data, l.held, from)
	l.says = fmt.Sprintf("CLIP with random weights, %d pixels in patches of %d, on %s", random.Image.Image, random.Image.Patch, pairs)
	l.config = contrastive.Config{
		Batch: 64, Chunk: 8, Loss: "infonce",
		Rate: nn.Schedule{Rate: 1e-5}, Adam: clipAdam(.2),
	}
	l.on = l.config
	l.build = func(s *engine.Scope, seed uint64, dim int) (*contrastive.Dual, error) {
		c := random
		c.Image.Out, c.Text.Out = dim, dim
		p := nn.NewParams(s)
		return clipDual(e, models.NewCLIP(nn.NewBuilder(p, kernels.NewRandom(seed, labStream)), c), p, list)
	}
	if file != "" {
		l.pretrainedSays = "CLIP of " + filepath.Base(file)
		l.says = l.pretrainedSays + " on " + pairs
		l.pretrained = func(s *engine.Scope) (*contrastive.Dual, error) {
			m, p, _, err := loadCLIP(e, s, file)
			if err != nil {
				return nil, err
			}
			return clipDual(e, m, p, list)
		}
	}
	return l, nil
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
