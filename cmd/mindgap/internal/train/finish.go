package train

import (
	"encoding/json"
	"maps"
	"strconv"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// finish writes what a finished run gives: weights, embeddings of the measured pairs, and what
// lies beside the weights. first are the losses of the run's first steps.
func (r *run) finish(s *engine.Scope, first []float64) error {
	last := r.log.Records[len(r.log.Records)-1]
	texts := map[string]string{
		"command": r.folder.Begun.Command, "seed": strconv.FormatUint(r.options.Seed, 10),
		"steps": strconv.Itoa(last.Step), "loss": r.options.Loss, "tau": strconv.FormatFloat(1/last.LogitScale, 'g', 6, 64),
		"device": r.folder.Begun.Where(), "trained_on": r.What,
	}
	losses, err := json.Marshal(first)
	if err != nil {
		return err
	}
	texts[contrastive.FirstText] = string(losses)
	if r.Job.texts != nil {
		more, err := r.Job.texts(r.device)
		if err != nil {
			return err
		}
		maps.Copy(texts, more)
	}
	for name, data := range r.files {
		if err := r.folder.Write(name, data); err != nil {
			return err
		}
	}
	p, err := r.Model.Embed(r.device, r.measured(), r.Chunk)
	if err != nil {
		return err
	}
	n, dim := p.Images.N, p.Images.D
	if err := writeRows(r.folder.path(HeldOutFile), n, dim, floats(p.Images.Data), floats(p.Texts.Data)); err != nil {
		return err
	}
	return models.Save(r.folder.path(WeightsFile), texts, r.weights(s))
}

func floats(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// weights are the trained parameters. The matrix W of an amended model, which turns the second
// modality's embeddings, y W^T, becomes a part of the projection that makes them: lengths do not
// change by a rotation, so that normalising afterwards gives the same.
func (j *Job) weights(s *engine.Scope) []*nn.Param {
	var list []*nn.Param
	for _, x := range j.Model.Params.All() {
		if w := j.Model.Amend; w != nil && x.Name == j.projection {
			t := s.Floats(x.Value.T.Shape()...)
			if j.transposed {
				kernels.Gemm(t, x.Value.T, w, kernels.MatMulOptions{TransB: true}) // P W^T
			} else {
				kernels.MatMul(t, w, x.Value.T)
			}
			x = &nn.Param{Name: x.Name, Value: nn.Const(t), Kernel: x.Kernel}
		}
		list = append(list, x)
	}
	return list
}
