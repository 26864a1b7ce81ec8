package paper

import (
	"context"
	"fmt"
	"path/filepath"

	"mindgap/cmd/mindgap/internal/report"
)

var statistics = &Experiment{
	Name: "stats", Where: "Sections 2.1, 4.4 and 5; Supplementary Tables 4 and 5", Title: "The numbers in the text", Needs: []string{features},
	Doc:    "What the paper says in numbers rather than in figures, computed again: the gap when both modalities or the images alone are shifted, the gap when one modality is rotated onto the other, the intervals of the comparison of initialisation and optimisation, the p-values of the zero-shot accuracies, the angle of the cone, and the shares of harmful labels in FairFace. Where a printed number does not follow from its own formula, the computed one stands here.",
	Inputs: statisticsInputs,
	Run:    runStatistics,
}

func statisticsInputs(e *Env) (map[string]string, error) {
	in, err := featureDigests(FeatureFiles[0], FeatureFiles[4])(e)
	if err != nil || e.Counts == "" {
		return in, err
	}
	if _, err = readFairFace(e.Counts); err != nil {
		return nil, err
	}
	in["fairface-counts"], err = fileDigest(e.Counts)
	return in, err
}

// statsRun gathers quantities and claims.
type statsRun struct {
	published bool
	table     *report.Table
	tables    map[string]*report.Table
	claims    []report.Claim
}

func runStatistics(ctx context.Context, e *Env) (*report.Result, error) {
	var counts []fairFaceCounts
	if e.Counts != "" {
		var err error
		if counts, err = readFairFace(e.Counts); err != nil {
			return nil, err
		}
	}
	set, source, err := clipFeatures(e)
	if err != nil {
		return nil, err
	}
	r := &statsRun{
		published: e.AsPublished,
		table: &report.Table{
			Doc:     "A row per quantity: as computed here, and as the paper or its code printed it. Printed gaps are of 5000 COCO pairs and CLIP ViT-B/32.",
			Columns: []string{"quantity", "value", "paper"},
		},
	}
	r.tables = map[string]*report.Table{"stats": r.table}
	for _, part := range []func() error{
		func() error { return r.gapUnderShift(e, set, source) },
		func() error { return r.amendments(e, set) },
		func() error { return r.identities(e, set) },
		r.intervals, r.pValues, r.cone, r.fairFaceQuoted,
		func() error { return r.fairFaceGiven(counts) },
	} {
		if err := part(); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if e.Counts != "" {
		source += fmt.Sprintf("; FairFace counts from %s", filepath.Base(e.Counts))
	}
	return &report.Result{Inputs: source, Claims: r.claims, Tables: r.tables, Figures: gapFigures()}, nil
}

// add writes a quantity; paper is what was printed, nil where nothing was.
func (r *statsRun) add(quantity string, value float64, paper any) {
	r.table.Add(quantity, value, paper)
}

// misprint writes a quantity whose printed number does not follow from the paper's own data
// or formula: it stands beside ours only in the published variant.
func (r *statsRun) misprint(quantity string, value, printed float64) {
	if r.published {
		r.add(quantity+" (paper: a misprint)", value, printed)
		return
	}
	r.add(quantity, value, nil)
}

func (r *statsRun) claim(c ...report.Claim) { r.claims = append(r.claims, c...) }
