package train

import (
	"context"
	"fmt"

	"mindgap/contrastive"
	"mindgap/engine"
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
