package paper

import (
	"context"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
)

var fig3Shift = &Experiment{
	Name: "fig3-shift", Where: "Figure 3(a-d)", Title: "The loss when the gap is closed by hand", Needs: []string{features},
	Doc:    "The embeddings of images and texts are moved towards each other along the gap, and the contrastive loss is measured on the way. At CLIP's temperature the loss is lowest near the gap that training left, and there is a barrier where the gap would close; at high temperatures it would pay to close it.",
	Inputs: featureDigests(FeatureFiles[0]),
	Run:    runFig3Shift,
}

// shiftRun is what was measured: the landscape on the device, and in float64 beside it.
type shiftRun struct {
	*featureSet
	source    string
	published bool               // image to text alone, as the released code has it (quirk D1)
	curves    []geometry.Curve   // on the device; one for each logit scale
	exact     []geometry.Curve   // float64
	optima    []geometry.Optimum // between the grid points, float64
	pca       *geometry.PCA
	points    [2]geometry.Rows // both modalities in the plane of the PCA
	gap       float64
	loss      worstShare // of the device's losses in their bounds
	distance  worstShare
}

func runFig3Shift(ctx context.Context, e *Env) (*report.Result, error) {
	set, source, err := clipFeatures(e)
	if err != nil {
		return nil, err
	}
	r := &shiftRun{featureSet: set, source: source, published: e.AsPublished}
	if err := r.measure(ctx, e); err != nil {
		return nil, err
	}
	loss := "symmetric loss"
	if r.published {
		loss = "image-to-text loss, as the released code computes it (its second term is the first one again)"
	}
	return &report.Result{
		Inputs: source + "; " + loss + " in batches of 50", Claims: r.claims(), Tables: r.tables(), Figures: r.figures(),
	}, nil
}

func (r *shiftRun) measure(ctx context.Context, e *Env) error {
	sweep, err := geometry.NewSweep(r.A, r.B, shiftBatch, geometry.ShiftBoth)
	if err != nil {
		return err
	}
	r.gap = sweep.Gap.Distance
	mode, dir := kernels.InfoNCESymmetric, geometry.Symmetric
	if r.published {
		mode, dir = kernels.InfoNCERows, geometry.AToB
	}
	deltas := geometry.DeltaGrid()
	e.Progress.Start("fig3-shift", float64(len(deltas)), "shifts")
	r.exact = sweep.Landscape(geometry.LogitScales(), deltas, dir)
	for _, c := range r.exact {
		r.optima = append(r.optima, sweep.Optimum(c, dir))
	}
	if err := r.onDevice(ctx, e, sweep, deltas, mode); err != nil {
		return err
	}
	return r.plane()
}

// onDevice computes the landscape with the engine; the sign of a distance is that of the
// float64 computation.
func (r *shiftRun) onDevice(ctx context.Context, e *Env, sweep *geometry.Sweep, deltas []float64, mode kernels.InfoNCEMode) error {
	s, err := newShifter(e.Device, r.featureSet, sweep, geometry.LogitScales(), mode)
	if err != nil {
		return err
	}
	defer s.close()
	for _, c := range r.exact {
		c.Loss, c.Distance = nil, nil
		r.curves = append(r.curves, c)
	}
	m := e.Device.Caps().Math
	for k, delta := range deltas {
		if err := ctx.Err(); err != nil {
			return err
		}
		loss, distance, err := s.at(delta)
		if err != nil {
			return err
		}
		off := s.rowError(delta)
		want := r.exact[0].Distance[k]
		if want < 0 {
			distance = -distance
		}
		r.distance.see(distance, want, centroidError(off))
		for i := range r.curves {
			c := &r.curves[i]
			c.Loss, c.Distance = append(c.Loss, loss[i]), append(c.Distance, distance)
			r.loss.see(loss[i], r.exact[i].Loss[k], lossBound(m, shiftBatch, r.D, c.LogitScale, off))
		}
		e.Progress.Add(1)
	}
	return nil
}

// plane is Figure 3a: both modalities on their first two principal components, images on
// the left as in the paper.
func (r *shiftRun) plane() (err error) {
	if r.pca, err = geometry.FitPCA(geometry.Stack(r.A, r.B), 2); err != nil {
		return err
	}
	for k, set := range []geometry.Rows{r.A, r.B} {
		if r.points[k], err = r.pca.Transform(set); err != nil {
			return err
		}
	}
	if r.points[0].Mean()[0] > 0 {
		for _, p := range r.points {
			for i := range p.N {
				p.Row(i)[0] *= -1
			}
		}
	}
	return nil
}
