package sceneclip

import (
	"fmt"

	"mindgap/contrastive"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
)

// QualityText is the text of the file of weights that holds its Quality, as JSON.
const QualityText = "quality"

// Quality is how well a model tells held-out scenes apart.
type Quality struct {
	Pairs    contrastive.Measures `json:"pairs"`     // 1,000 scenes whose captions all differ
	ZeroShot map[string]float64   `json:"zero_shot"` // accuracy by task, of 1,000 scenes each
}

// The scenes that quality is measured on.
const (
	qualityScenes = 1000
	qualitySeed   = 99
)

// Quality measures the model on scenes that were held out from training.
func (m *Model) Quality(d *engine.Device) (Quality, error) {
	q := Quality{ZeroShot: map[string]float64{}}
	held, err := scenes.Source{Seed: qualitySeed, Split: scenes.HeldOut}.Distinct(qualityScenes)
	if err != nil {
		return q, err
	}
	dual := m.Dual(Canonical(held))
	all := make([]int, len(held))
	for i := range all {
		all[i] = i
	}
	pairs, err := dual.Embed(d, all, evalChunk)
	if err != nil {
		return q, err
	}
	scale, err := dual.LogitScale()
	if err != nil {
		return q, err
	}
	if q.Pairs, err = pairs.Measure(scale); err != nil {
		return q, err
	}
	for i := range scenes.Tasks {
		task := &scenes.Tasks[i]
		if q.ZeroShot[task.Name], err = m.ZeroShot(d, task, qualitySeed, qualityScenes); err != nil {
			return q, fmt.Errorf("task %s: %w", task.Name, err)
		}
	}
	return q, nil
}
