package contrastive

import (
	"fmt"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn"
)

// Tower embeds examples of one modality by their numbers in a data set: one row each, not
// normalised. An error names the example.
type Tower interface {
	Embed(tp *nn.Tape, examples []int) (*nn.Value, error)
}

// TowerFunc is a function as a Tower.
type TowerFunc func(tp *nn.Tape, examples []int) (*nn.Value, error)

// Embed calls f.
func (f TowerFunc) Embed(tp *nn.Tape, examples []int) (*nn.Value, error) { return f(tp, examples) }

// Dual is a dual encoder: images and texts embedded into one space, and the logit scale.
type Dual struct {
	Image, Text Tower
	Params      *nn.Params
	// LogScale is the logarithm of the logit scale 1/tau; LogitBias is SigLIP's, nil until
	// AddLogitBias, which a trainer calls where its loss needs one.
	LogScale, LogitBias *nn.Param
	// Amend is an orthogonal matrix W (D x D) by which texts are turned, y W^T, after they are
	// normalised: Section 4.4's amended initialisation. Nil: none. It does not learn.
	Amend *engine.Tensor
}

// AddLogitBias gives the model SigLIP's parameter "logit_bias", at first -10 as in its paper
// (Zhai et al. 2023). A model that has it stays as it is.
func (m *Dual) AddLogitBias() {
	if m.LogitBias == nil {
		m.LogitBias = m.Params.Find("logit_bias")
	}
	if m.LogitBias == nil {
		b := nn.NewBuilder(m.Params, kernels.NewRandom(0, 0)) // a constant draws none of them
		m.LogitBias = b.Param("logit_bias", nn.Constant(-10), 1)
	}
}

// EmbedImages embeds and normalises images.
func (m *Dual) EmbedImages(tp *nn.Tape, examples []int) (*nn.Value, error) {
	x, err := m.Image.Embed(tp, examples)
	if err != nil {
		return nil, err
	}
	return nn.Normalise(tp, x), nil
}

// EmbedTexts embeds and normalises texts, and turns them where the model is amended.
func (m *Dual) EmbedTexts(tp *nn.Tape, examples []int) (*nn.Value, error) {
	y, err := m.Text.Embed(tp, examples)
	if err != nil {
		return nil, err
	}
	y = nn.Normalise(tp, y)
	if m.Amend != nil {
		y = nn.Linear(tp, y, nn.Const(m.Amend), nil, 0)
	}
	return y, nil
}

// Pairs are unit embeddings of matched examples, in float64.
type Pairs struct{ Images, Texts geometry.Rows }

// Embed embeds examples of both modalities, chunk at a time.
func (m *Dual) Embed(d *engine.Device, examples []int, chunk int) (*Pairs, error) {
	x, err := EmbedRows(d, m.EmbedImages, examples, chunk)
	if err != nil {
		return nil, err
	}
	y, err := EmbedRows(d, m.EmbedTexts, examples, chunk)
	if err != nil {
		return nil, err
	}
	if x.D != y.D {
		return nil, fmt.Errorf("contrastive: images have %d dimensions, texts %d", x.D, y.D)
	}
	return &Pairs{x, y}, nil
}

// EmbedRows gives the unit rows that m.EmbedImages or m.EmbedTexts makes of examples, chunk at a
// time.
func EmbedRows(d *engine.Device, embed func(*nn.Tape, []int) (*nn.Value, error), examples []int, chunk int) (geometry.Rows, error) {
	var data []float32
	width := 0
	for lo := 0; lo < len(examples); lo += chunk {
		s := d.Scope()
		y, err := embed(nn.Inference(s), examples[lo:min(lo+chunk, len(examples))])
		if err != nil {
			s.Close()
			return geometry.Rows{}, err
		}
		list, err := y.T.Floats()
		width = y.Cols()
		s.Close()
		if err != nil {
			return geometry.Rows{}, err
		}
		data = append(data, list...)
	}
	rows, err := geometry.FromFloat32(len(examples), width, data)
	if err != nil {
		return rows, err
	}
	return rows.Normalise()
}

// AmendFrom sets Amend from the embeddings of examples: with X^T Y = U S V^T the orthogonal
// Procrustes solution W = U V^T brings the texts onto the images (Section 4.4). The matrix
// lives in scope s.
func (m *Dual) AmendFrom(s *engine.Scope, p *Pairs) error {
	w, err := geometry.Procrustes(p.Images, p.Texts)
	if err != nil {
		return err
	}
	list := make([]float32, len(w.Data))
	for i, v := range w.Data {
		list[i] = float32(v)
	}
	m.Amend = s.Upload(list, w.N, w.D)
	return nil
}
