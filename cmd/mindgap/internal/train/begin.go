package train

import (
	"context"
	"encoding/json"
	"fmt"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/geometry"
)

// amendFrom is the number of training pairs that the amending matrix is computed from: the
// paper's (Section 4.4).
const amendFrom = 50000

// amend turns the second modality onto the first one, where that is asked for.
func (r *run) amend(ctx context.Context, s *engine.Scope, w Watch) error {
	if r.options.Init != "amended" {
		return nil
	}
	if r.folder.Saved() {
		r.Model.ReserveAmend(s, r.Dim)
		return nil
	}
	n := min(r.Pairs, amendFrom)
	all := &contrastive.Pairs{Images: geometry.Zeros(n, r.Dim), Texts: geometry.Zeros(n, r.Dim)}
	for lo := 0; lo < n; lo += r.Chunk {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		hi := min(lo+r.Chunk, n)
		p, err := r.Model.Embed(r.device, span(lo, hi), r.Chunk)
		if err != nil {
			return fmt.Errorf("--init amended: %w", err)
		}
		copy(all.Images.Data[lo*r.Dim:], p.Images.Data)
		copy(all.Texts.Data[lo*r.Dim:], p.Texts.Data)
		if w.Amend != nil {
			w.Amend(hi, n)
		}
	}
	return r.Model.AmendFrom(s, all)
}

// FirstText is the text of a file of weights that has the losses of the first steps, by which
// one who trains these steps again sees that it is the same run.
const (
	FirstText  = "first_losses"
	firstSteps = 5
)

// first takes the loss of the last step into the texts. What is wrong with it is noticed at the
// next record.
func (r *run) first(t *contrastive.Trainer) {
	losses, err := t.Losses()
	if err != nil {
		return
	}
	var all []float64
	json.Unmarshal([]byte(r.texts[FirstText]), &all) // absent at the first step
	if data, err := json.Marshal(append(all, losses...)); err == nil {
		r.texts[FirstText] = string(data)
	}
}

// resume goes on from the checkpoint.
func (r *run) resume(t *contrastive.Trainer) error {
	n, err := tensorfile.OpenNamed(r.folder.path(CheckpointFile))
	if err != nil {
		return err
	}
	if text, ok := n.Metadata()[FirstText]; ok {
		r.texts[FirstText] = text
	}
	n.Close()
	return t.Resume(n.File())
}
