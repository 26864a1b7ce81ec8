package contrastive

import "mindgap/geometry"

// Measures are what a training run reports of embeddings of held-out pairs.
type Measures struct {
	Gap           float64 `json:"gap"`         // distance of the centroids
	WithinImages  float64 `json:"within_a"`    // mean cosine of two images: the cone
	WithinTexts   float64 `json:"within_b"`    //
	Matched       float64 `json:"matched"`     // mean cosine of a pair
	RecallImages  float64 `json:"r1_image"`    // R@1: an image's own text is the nearest
	RecallTexts   float64 `json:"r1_text"`     // R@1: a text's own image is the nearest
	InfoNCE       float64 `json:"loss"`        // symmetric, over all pairs at LogitScale
	LogitScale    float64 `json:"logit_scale"` //
	PairsMeasured int     `json:"n"`
}

// Measure looks at pairs at a logit scale.
func (p *Pairs) Measure(logitScale float64) (Measures, error) {
	m := Measures{LogitScale: logitScale, PairsMeasured: p.Images.N}
	gap, err := geometry.CentroidGap(p.Images, p.Texts)
	if err != nil {
		return m, err
	}
	m.Gap = gap.Distance
	for _, c := range []struct {
		to *float64
		of func() (float64, error)
	}{
		{&m.WithinImages, func() (float64, error) { return geometry.WithinCosine(p.Images) }},
		{&m.WithinTexts, func() (float64, error) { return geometry.WithinCosine(p.Texts) }},
		{&m.Matched, func() (float64, error) { return geometry.MatchedCosine(p.Images, p.Texts) }},
		{&m.RecallImages, func() (float64, error) { return recall(p.Images, p.Texts) }},
		{&m.RecallTexts, func() (float64, error) { return recall(p.Texts, p.Images) }},
		{&m.InfoNCE, func() (float64, error) {
			return geometry.InfoNCE(p.Images, p.Texts, logitScale, geometry.Symmetric, 0)
		}},
	} {
		if *c.to, err = c.of(); err != nil {
			return m, err
		}
	}
	return m, nil
}

func recall(a, b geometry.Rows) (float64, error) {
	r, err := geometry.Rank(a, b)
	if err != nil {
		return 0, err
	}
	return r.Recall(1), nil
}
