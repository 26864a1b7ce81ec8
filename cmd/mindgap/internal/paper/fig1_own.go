package paper

import (
	"context"
	"fmt"

	"mindgap/geometry"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// fig1Runs are the models of Figure 1 that the program runs itself: CLIP with random weights of
// this shape on so many pairs, and the trained one on as many as that.
type fig1Runs struct {
	random          models.CLIPConfig
	pairs, trainedN int
}

func fig1Scale(e *Env) fig1Runs {
	if e.Scale == Paper {
		return fig1Runs{models.CLIPB16, 500, 500}
	}
	return fig1Runs{models.CLIPB16, 16, 300} // 16: each has 14 neighbours of its kind, with some to spare
}

// fig1Stream is the stream of the random model's weights.
const fig1Stream = 6000

// fig1Own runs them: CLIP before training, and after it, which is that of --weights or else the
// program's own dual encoder.
func fig1Own(ctx context.Context, e *Env, runs fig1Runs) (sets []*featureSet, says string, err error) {
	random, err := fig1Random(ctx, e, runs)
	if err != nil {
		return nil, "", fmt.Errorf("CLIP with random weights: %w", err)
	}
	e.Device.Trim()
	trained, err := fig1Trained(ctx, e, runs.trainedN)
	if err != nil {
		return nil, "", fmt.Errorf("the trained model: %w", err)
	}
	return []*featureSet{trained, random}, fmt.Sprintf("run here, seed %d: %s (%d pairs); %s (%d pairs)", e.Seed, trained.Note, trained.N, random.Note, random.N), nil
}

func fig1Random(ctx context.Context, e *Env, runs fig1Runs) (*featureSet, error) {
	s := e.Device.Scope()
	defer s.Close()
	feed, err := realInputs(e, runs.pairs)
	if err != nil {
		return nil, err
	}
	feed.last = e.AsPublished
	n := runs.pairs
	if feed.count > 0 {
		n = min(n, feed.count)
	}
	e.Progress.Start("fig1: CLIP with random weights", float64(2*n), "inputs")
	m := models.NewCLIP(nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(e.Seed, fig1Stream)), runs.random)
	sets, err := towerRows(ctx, e, m, feed, n)
	if err != nil {
		return nil, err
	}
	c := runs.random.Image
	set := &featureSet{
		FeatureFile: FeatureFile{Model: "clip-random", Init: Random, N: n, D: sets[0].D, First: "image"}, A: sets[0], B: sets[1],
		Note: fmt.Sprintf("CLIP with patches of %d and random weights, on %s", c.Patch, feed.says),
	}
	if feed.own {
		set.Note = "surrogate: " + set.Note
	}
	return set, nil
}

// towerRows gives the unit rows of n pairs by both towers of a CLIP.
func towerRows(ctx context.Context, e *Env, m *models.CLIP, feed *inputs, n int) (sets [2]geometry.Rows, err error) {
	for i, x := range []*encoder{ofViT(m.Image), ofText(m.Text)} {
		if sets[i], err = hostRows(ctx, e, x, feed, n); err != nil {
			return sets, err
		}
	}
	return sets, nil
}

// hostRows gives the unit rows of n inputs by an encoder.
func hostRows(ctx context.Context, e *Env, x *encoder, feed *inputs, n int) (geometry.Rows, error) {
	s := e.Device.Scope()
	defer s.Close()
	rows, err := x.embed(ctx, e, s, n, feed)
	if err != nil {
		return geometry.Rows{}, err
	}
	list, err := rows.Floats()
	return unitRows(n, x.width, list, err)
}

// fig1Trained embeds pairs by the CLIP of --weights or the program's own model.
func fig1Trained(ctx context.Context, e *Env, n int) (*featureSet, error) {
	s := e.Device.Scope()
	defer s.Close()
	m, err := openDual(e, s)
	if err != nil {
		return nil, err
	}
	e.Progress.Start("fig1: a trained model", 0, "inputs")
	set := &featureSet{FeatureFile: FeatureFile{Model: "clip-weights", Init: Pretrained, First: "image"}, Note: m.says}
	if m.own {
		set.Model, set.Note = "own", "surrogate: "+m.says
	}
	if set.A, set.B, err = trainedPairs(ctx, e, m, n, set); err != nil {
		return nil, err
	}
	set.N, set.D = set.A.N, set.A.D
	return set, nil
}

// trainedPairs are those of --data for a CLIP, else drawn scenes.
func trainedPairs(ctx context.Context, e *Env, m *dual, n int, set *featureSet) (images, texts geometry.Rows, err error) {
	if !m.own {
		spec, data, err := e.captioned()
		if err != nil {
			return images, texts, err
		}
		if data != nil {
			set.Note += " on " + placeName(spec)
			return pairsOf(ctx, e, m, data, n)
		}
		set.Note = "surrogate: " + set.Note
	}
	set.Note += ", on held-out drawn scenes"
	return embedDrawn(ctx, e, m, n)
}
