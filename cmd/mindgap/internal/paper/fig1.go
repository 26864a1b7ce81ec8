package paper

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"sync"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

var fig1 = &Experiment{
	Name: "fig1", Where: "Figure 1; Supplementary Figure 4", Title: "The modality gap in four models", Needs: []string{features, clipData},
	Doc: "Models that are trained on pairs of images and texts (or videos, X-rays, proteins) put both into one space, yet the two kinds of embedding lie in separate regions of it: that distance is the modality gap. It is there before training as well. The figure shows four pretrained and four untrained models in two dimensions, and two that this program runs itself.",
	Inputs: func(e *Env) (map[string]string, error) {
		out, err := featureDigests(FeatureFiles...)(e)
		if err != nil {
			return nil, err
		}
		more, err := weightDigests(e)
		maps.Copy(out, more)
		return out, err
	},
	Run: runFig1,
}

// fig1Neighbours is what UMAP's default looks at: 15, the row itself included.
const fig1Neighbours = 14

// fig1Panel is a model: a panel of the figure and a row of the table.
type fig1Panel struct {
	*featureSet
	Note   string
	Device fig1Numbers // on the device
	Exact  fig1Numbers // in float64
	Shape  fig1Shape
	Views  []fig1View
	// Islands is the share of the 14 nearest points in the picture of UMAP that are of a
	// point's own modality.
	Islands float64
}

func (p *fig1Panel) name() string { return p.Model + ", " + p.Init }

func runFig1(ctx context.Context, e *Env) (*report.Result, error) {
	sets, inputs, err := fig1Sets(e)
	if err != nil {
		return nil, err
	}
	own, says, err := fig1Own(ctx, e, fig1Scale(e))
	if err != nil {
		return nil, err
	}
	return fig1Of(ctx, e, append(sets, own...), inputs+"; "+says)
}

// fig1Sets gives what there is to measure: the authors' files, or where no folder is given a
// surrogate for each of their models with random weights.
func fig1Sets(e *Env) (sets []*featureSet, inputs string, err error) {
	if e.Features == "" {
		for i, f := range FeatureFiles {
			if f.Init != Random {
				continue
			}
			s, err := surrogateFeatures(e, f, i)
			if err != nil {
				return nil, "", err
			}
			sets = append(sets, s)
		}
		return sets, surrogateInputs(e, "the four models with random weights (Figure 1c; the numbers and widths of pairs are theirs)"), nil
	}
	authors := 0
	for _, f := range FeatureFiles {
		s, err := readFeatures(e.Features, f)
		if err != nil {
			return nil, "", err
		}
		if s.Authors {
			authors++
		}
		sets = append(sets, s)
	}
	inputs = "the authors' published features: CLIP ViT-B/16 on 500 COCO val2017 pairs, VideoCLIP on 100 videos, ConVIRT on 500 MIMIC-CXR pairs, CLASP on 99 UniProt pairs"
	if authors < len(sets) {
		inputs = fmt.Sprintf("features of --features, %d of 8 unchanged from the authors' repository; reference values are applied to these alone", authors)
	}
	if e.AsPublished {
		inputs += "; labelled as in the paper, which calls random what keeps a pretrained text model"
	}
	return sets, inputs, nil
}

// fig1Of measures and draws the given sets.
func fig1Of(ctx context.Context, e *Env, sets []*featureSet, inputs string) (*report.Result, error) {
	e.Progress.Start("fig1", float64(len(sets)*(1+fig1Views)), "pictures")
	var panels []*fig1Panel
	var near []*geometry.Neighbours
	for _, s := range sets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := &fig1Panel{featureSet: s, Note: fig1Note(e, s)}
		nb, err := p.measure(ctx, e.Device)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name(), err)
		}
		panels, near = append(panels, p), append(near, nb)
		e.Progress.Add(1)
	}
	if err := fig1Draw(ctx, e, panels, near); err != nil {
		return nil, err
	}
	return &report.Result{
		Inputs: inputs, Claims: fig1Claims(panels), Tables: fig1Tables(panels),
		Sketches: []report.Sketch{fig1a()}, Figures: fig1Figures(e, panels),
	}, nil
}

// fig1Note is what must be known of a row.
func fig1Note(e *Env, s *featureSet) string {
	switch {
	case s.Note != "":
		return s.Note
	case e.Features == "":
		return "surrogate: two random encoders of this program"
	case !s.Authors:
		return "not the authors' file"
	case s.Init == Random && !e.AsPublished && (s.Model == "videoclip" || s.Model == "convirt"):
		return "random except a pretrained text model"
	}
	return ""
}

// fig1Draw lays the panels out in the plane, as many at once as there are processors: each
// picture is the same on any number of them.
func fig1Draw(ctx context.Context, e *Env, panels []*fig1Panel, near []*geometry.Neighbours) error {
	errs := make([]error, len(panels))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, p := range panels {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = p.draw(ctx, e, near[i])
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", panels[i].name(), err)
		}
	}
	return nil
}
