package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/scenes"
	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

var normOff = &Experiment{
	Name: "norm-off", Where: "Supplementary Figure 15", Title: "Without normalisation", Needs: []string{clipData},
	Doc:    "Is the gap made by normalisation? A model with the normalisation of its inputs and all of its normalisation layers switched off still shows it. The paper takes pretrained CLIP; without --weights the models here are CLIP ViT-B/32 with random weights and the program's own dual encoder.",
	Inputs: weightDigests,
	Run: func(ctx context.Context, e *Env) (*report.Result, error) {
		n := 64
		if e.Scale == Paper {
			n = 500
		}
		return normOffAt(ctx, e, n, models.CLIPB32)
	},
}

// normOffStream is the stream of an untrained model's weights.
const normOffStream = 5000

// normGap is what was measured with the norms on or off.
type normGap struct {
	model                 string
	n                     int
	on                    bool
	gap, withinA, withinB float64
}

// normOffAt is the experiment on n pairs. Without weights there are two models: CLIP of this
// shape with random weights, and the program's own dual encoder, which is trained.
func normOffAt(ctx context.Context, e *Env, n int, config models.CLIPConfig) (*report.Result, error) {
	feed, err := realInputs(e, n)
	if err != nil {
		return nil, err
	}
	if feed.count > 0 {
		n = min(n, feed.count)
	}
	file, err := clipFile(e.Weights)
	if err != nil {
		return nil, err
	}
	e.Progress.Start("norm-off", float64(4*n), "inputs")
	list, err := normsOfCLIP(ctx, e, file, config, feed, n)
	if err != nil {
		return nil, err
	}
	if file == "" {
		own, err := normsOfOwn(ctx, e, n)
		if err != nil {
			return nil, err
		}
		list = append(list, own...)
	}
	says := fmt.Sprintf("%s on %s", list[0].model, feed.says)
	if file == "" || feed.own {
		says = fmt.Sprintf("surrogate: %s, seed %d", says, e.Seed)
		if file == "" {
			says += fmt.Sprintf("; %s, on held-out drawn scenes", list[2].model)
		}
		says += "; the published experiment takes --weights with CLIP and --data with COCO"
	}
	return normResult(list, says), nil
}

// normsOfCLIP measures a published CLIP, or where there is no file one with random weights.
func normsOfCLIP(ctx context.Context, e *Env, file string, config models.CLIPConfig, feed *inputs, n int) ([]normGap, error) {
	s := e.Device.Scope()
	defer s.Close()
	name, normal := "CLIP ViT-B/32 with random weights", feed.prepare
	var m *models.CLIP
	if file == "" {
		m = models.NewCLIP(nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(e.Seed, normOffStream)), config)
	} else {
		var err error
		if m, _, name, err = loadCLIP(e, s, file); err != nil {
			return nil, err
		}
		normal = preprocess.CLIP
	}
	return normsOnAndOff(m, name, func(on bool) ([2]geometry.Rows, error) {
		feed.prepare = normal
		if !on {
			feed.prepare = unnormalised
		}
		return towerRows(ctx, e, m, feed, n)
	})
}

// normsOfOwn measures the program's own dual encoder.
func normsOfOwn(ctx context.Context, e *Env, n int) ([]normGap, error) {
	s := e.Device.Scope()
	defer s.Close()
	m, name, err := ownModel(s)
	if err != nil {
		return nil, err
	}
	d := ownDual(e, m, name)
	list := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut}.Take(0, n)
	feed := ofPictures(e, &inputs{
		prepare: unnormalised, picture: func(i, side int) (*preprocess.Image, error) { return list[i].Render(side), nil },
	})
	return normsOnAndOff(m.CLIP, name, func(on bool) (sets [2]geometry.Rows, err error) {
		if on {
			sets[0], err = d.scenes(ctx, list)
		} else {
			sets[0], err = hostRows(ctx, e, ofViT(m.Image), feed, n)
		}
		if err != nil {
			return sets, err
		}
		sets[1], err = d.texts(ctx, captionsOf(list))
		return sets, err
	})
}

// normsOnAndOff measures a model with its norms and without.
func normsOnAndOff(m *models.CLIP, name string, rows func(on bool) ([2]geometry.Rows, error)) (list []normGap, err error) {
	for _, on := range []bool{true, false} {
		m.SwitchNorms(on)
		sets, err := rows(on)
		if err != nil {
			return nil, err
		}
		gap, err := geometry.CentroidGap(sets[0], sets[1])
		if err != nil {
			return nil, err
		}
		g := normGap{model: name, n: sets[0].N, on: on, gap: gap.Distance}
		if g.withinA, err = geometry.WithinCosine(sets[0]); err != nil {
			return nil, err
		}
		if g.withinB, err = geometry.WithinCosine(sets[1]); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, nil
}

func normResult(list []normGap, says string) *report.Result {
	table := &report.Table{
		Doc:     "The gap between the centroids of images and texts, and the mean cosine within each, with normalisation and without.",
		Columns: []string{"model", "norm", "gap", "within_a", "within_b", "n"},
	}
	r := &report.Result{Inputs: says, Tables: map[string]*report.Table{"norm": table}}
	for i, g := range list {
		norm := "on"
		if !g.on {
			norm = "off"
			id := "gap-off"
			if i > 1 {
				id = "gap-off-own"
			}
			r.Claims = append(r.Claims, report.Claim{
				ID: id, Kind: report.Observation,
				Text:  fmt.Sprintf("%s: without any normalisation the two modalities still lie apart (with it the gap is %.3f).", g.model, list[i-1].gap),
				Paper: "UMAP still shows two separate regions", Got: g.gap, Want: "> 0.3", Holds: g.gap > .3,
			})
		}
		table.Add(g.model, norm, g.gap, g.withinA, g.withinB, g.n)
	}
	return r
}
