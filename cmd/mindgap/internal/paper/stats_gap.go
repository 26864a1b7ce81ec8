package paper

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
)

// The released get_gap_stats: remaining gaps that it printed (5000 COCO pairs, ViT-B/32), and
// those of features_clip.npy (E8); both modalities by delta/2, or the images alone by delta.
var (
	gapBothPrinted   = map[float64]float64{-1: 1.412827, -.75: 1.305014, -.5: 1.173114, -.25: 1.013107, 0: .822103, .25: .599846, .5: .350383, .75: .083829}
	gapBothClip      = map[float64]float64{-1: 1.4294, -.75: 1.3245, -.5: 1.1958, -.25: 1.0392, 0: .8514, .25: .6315, .5: .3831, .75: .1149}
	gapImagesPrinted = map[float64]float64{-1: 1.287905, -.75: 1.224927, -.5: 1.134930, -.25: 1.005094, -.2: .973086, 0: .822103, .25: .584231, .5: .317848, .75: .070293}
	gapImagesClip    = map[float64]float64{-1: 1.2858, -.75: 1.2274, -.5: 1.1442, -.25: 1.0237, -.2: .9938, 0: .8514, .25: .6206, .5: .3519, .75: .0929}
)

// gapShifts are the shifts of get_gap_stats: those of the printed table, or in the published
// variant the steps of .05 that the cell has (quirk D10).
func gapShifts(published bool) []float64 {
	if !published {
		return []float64{-1, -.75, -.5, -.25, -.2, 0, .25, .5, .75}
	}
	var out []float64
	for k := -20; k <= 15; k++ {
		out = append(out, float64(k)/20)
	}
	return out
}

// gapUnderShift is get_gap_stats, and what it saves for the fairness experiment.
func (r *statsRun) gapUnderShift(e *Env, set *featureSet, source string) error {
	var share, off worstShare
	t := &report.Table{Doc: "The remaining gap by shift, as drawn.", Columns: []string{"variant", "source", "delta", "gap"}}
	r.tables["gap_shift"] = t
	for _, v := range []struct {
		name          string
		mode          geometry.ShiftMode
		printed, clip map[float64]float64
	}{
		{"both modalities shifted by delta/2 each", geometry.ShiftBoth, gapBothPrinted, gapBothClip},
		{"images alone shifted by delta", geometry.ShiftFirst, gapImagesPrinted, gapImagesClip},
	} {
		sweep, err := geometry.NewSweep(set.A, set.B, 0, v.mode)
		if err != nil {
			return err
		}
		s, err := newShifter(e.Device, set, sweep, nil, kernels.InfoNCESymmetric)
		if err != nil {
			return err
		}
		defer s.close()
		for _, delta := range gapShifts(r.published) {
			got, err := s.gapAt(delta, v.mode)
			if err != nil {
				return err
			}
			want := sweep.DistanceAlongGap(delta)
			got = math.Copysign(got, want)
			step := delta
			if v.mode == geometry.ShiftFirst { // one side goes all the way
				step = 2 * delta
			}
			share.see(got, want, centroidError(s.rowError(step)))
			if ref, ok := v.clip[delta]; ok {
				off.see(got, ref, 1)
			}
			var printed any
			if p, ok := v.printed[delta]; ok {
				printed = p
			}
			r.add(fmt.Sprintf("gap, %s, delta = %g", v.name, delta), got, printed)
			t.Add(v.name, shiftOurs, delta, got)
		}
		for _, delta := range slices.Sorted(maps.Keys(v.printed)) {
			t.Add(v.name, shiftPaper, delta, v.printed[delta])
		}
		if v.mode == geometry.ShiftBoth {
			r.record(sweep.Gap, s.u, source, set)
		}
	}
	r.claim(checkAtMost("engine-gap", "The device's remaining gaps agree with float64: the largest difference as a share of its bound.", float64(share), 1))
	if set.Authors {
		r.claim(checkAtMost("gap-stats", "Remaining gaps of features_clip.npy, both modalities shifted and images alone, are those computed from that file by other means, to four digits: the largest difference.", float64(off), 1e-4))
	}
	return nil
}

// gapFigures draw get_gap_stats.
func gapFigures() []report.Figure {
	return []report.Figure{{
		Name: "gap_shift", Table: "gap_shift", Title: "The gap that remains after a shift",
		Caption: "The distance of the two centroids after moving both modalities along the gap, or the images alone. The printed values are of other embeddings.",
		X:       report.Axis{Column: "delta", Label: "shift (delta)"}, Y: report.Axis{Column: "gap", Label: "remaining gap, signed"},
		Series: report.Group{Column: "source"}, Panel: report.Group{Column: "variant"},
		Points: []string{shiftPaper}, LegendAbove: true, Across: 2,
	}}
}

// record is what the fairness experiment needs: the unit gap vector, and where it is from.
// The released code saves a dictionary where a bare vector is expected (quirk D10).
func (r *statsRun) record(gap geometry.Gap, u []float64, source string, set *featureSet) {
	v := &report.Table{Doc: "The unit gap vector, from text to image, by component.", Columns: []string{"component", "value"}}
	for k, x := range u {
		v.Add(k, x)
	}
	r.tables["gap_vector"] = v
	if r.published {
		return
	}
	t := &report.Table{Doc: "Where gap_vector is from.", Columns: []string{"source", "pairs", "dimension", "gap"}}
	t.Add(source, set.A.N, set.A.D, gap.Distance)
	r.tables["gap_record"] = t
}

// amendments rotate the texts onto the images (Section 4.4) in the trained and, where it is
// given, in the random model.
func (r *statsRun) amendments(e *Env, set *featureSet) error {
	sets := []*featureSet{set}
	if e.Features != "" {
		random, err := readFeatures(e.Features, FeatureFiles[4])
		if err != nil {
			return err
		}
		sets = append(sets, random)
	}
	var moved worstShare
	for _, s := range sets {
		w, err := geometry.Procrustes(s.A, s.B)
		if err != nil {
			return err
		}
		y, err := geometry.Rotate(s.B, w)
		if err != nil {
			return err
		}
		before, err := geometry.CentroidGap(s.A, s.B)
		if err != nil {
			return err
		}
		after, err := geometry.CentroidGap(s.A, y)
		if err != nil {
			return err
		}
		matched, err := geometry.MatchedCosine(s.A, y)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("Procrustes amendment, %s %s: ", s.Model, s.Init)
		if e.Features == "" {
			name = "Procrustes amendment, surrogate: "
		}
		r.add(name+"gap before", before.Distance, nil)
		r.add(name+"gap after", after.Distance, nil)
		r.add(name+"matched cosine after", matched, nil)
		if s.Authors && s.Init == Pretrained {
			r.claim(
				checkAtMost("amended-gap", "The amendment takes the gap of features_clip.npy from 0.85135 to 0.01326: the larger difference.", max(math.Abs(before.Distance-.85135), math.Abs(after.Distance-.01326)), 1e-4),
				checkAtMost("amended-cosine", "After it the mean cosine of pairs is 0.85557: the difference.", math.Abs(matched-.85557), 1e-4))
		}
		old, err := geometry.WithinCosine(s.B)
		if err != nil {
			return err
		}
		now, err := geometry.WithinCosine(y)
		if err != nil {
			return err
		}
		moved.see(now, old, 1)
	}
	r.claim(checkAtMost("amendment-is-a-rotation", "The amendment leaves cosines within the texts as they are: the largest change of their mean.", float64(moved), 1e-12))
	return nil
}
