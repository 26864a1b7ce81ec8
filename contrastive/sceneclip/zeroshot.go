package sceneclip

import (
	"mindgap/contrastive"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/nn"
)

// EmbedScenes gives unit embeddings of scenes, chunk at a time.
func (m *Model) EmbedScenes(d *engine.Device, specs []scenes.Spec, chunk int) (geometry.Rows, error) {
	return embed(d, len(specs), chunk, func(tp *nn.Tape, lo, hi int) *nn.Value { return m.Images(tp, specs[lo:hi]) })
}

// EmbedTexts gives unit embeddings of texts.
func (m *Model) EmbedTexts(d *engine.Device, texts []string, chunk int) (geometry.Rows, error) {
	return embed(d, len(texts), chunk, func(tp *nn.Tape, lo, hi int) *nn.Value { return m.Texts(tp, texts[lo:hi]) })
}

func embed(d *engine.Device, n, chunk int, f func(tp *nn.Tape, lo, hi int) *nn.Value) (geometry.Rows, error) {
	var data []float32
	width := 0
	for lo := 0; lo < n; lo += chunk {
		s := d.Scope()
		tp := nn.Inference(s)
		y := nn.Normalise(tp, f(tp, lo, min(lo+chunk, n)))
		width = y.Cols()
		list, err := y.T.Floats()
		s.Close()
		if err != nil {
			return geometry.Rows{}, err
		}
		data = append(data, list...)
	}
	rows, err := geometry.FromFloat32(n, width, data)
	if err != nil {
		return rows, err
	}
	return rows.Normalise()
}

// ZeroShot classifies n scenes of a task, held out from training, and gives the accuracy.
func (m *Model) ZeroShot(d *engine.Device, task *scenes.Task, seed uint64, n int) (float64, error) {
	specs := task.Source(seed).Take(0, n)
	images, err := m.EmbedScenes(d, specs, evalChunk)
	if err != nil {
		return 0, err
	}
	texts, err := m.EmbedTexts(d, task.Texts(), evalChunk)
	if err != nil {
		return 0, err
	}
	labels := make([]int, n)
	for i, s := range specs {
		labels[i] = task.Label(s)
	}
	return contrastive.Accuracy(contrastive.Predict(images, texts), labels), nil
}

// evalChunk is how many examples are embedded at once for measuring.
const evalChunk = 200
