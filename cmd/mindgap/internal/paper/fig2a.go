package paper

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/contrastive/scenes"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

var fig2a = &Experiment{
	Name: "fig2a", Where: "Figure 2(a); Supplementary Figure 6", Title: "The cone effect",
	Doc:    "The cosine between any two embeddings of one encoder is far above 0: all of them lie in a narrow cone, with real data and with noise, with trained weights and with random ones. The figure is the histogram of the cosines of all pairs, for three encoders (columns) and three kinds of weights and inputs (rows).",
	Needs:  []string{clipData},
	Inputs: weightDigests,
	Run:    runFig2a,
}

// The rows of the figure.
const (
	rowPretrained = "pretrained"
	rowReal       = "random_real"
	rowNoise      = "random_noise"
)

// fig2aStream is the first of the streams of weights: one per row and network.
const fig2aStream = 3100

// coneStats are the cosines of all pairs of one cell.
type coneStats struct {
	row     string
	net     *network
	n       int
	note    string // why there is nothing, or what stands in
	missing bool
	own     bool // by the program's own dual encoder

	mean, std, min, q25, median, q75, max float64
	histogram                             kernels.Histogram
}

// fig2aPaper is the published table: row, model, mean (describe() of 24,995,000 pairs).
var fig2aPaper = map[string]map[string]float64{
	rowPretrained: {"resnet18": 0.555580, "vit": 0.467892, "text": 0.507956},
	rowReal:       {"resnet18": 0.993208, "vit": 0.717232, "text": 0.672070},
	rowNoise:      {"resnet18": 0.999283, "vit": 0.936555, "text": 0.411154},
}

func fig2aInputs(e *Env) int {
	if e.Scale == Paper {
		return 5000
	}
	return 128
}

func runFig2a(ctx context.Context, e *Env) (*report.Result, error) {
	return fig2aAt(ctx, e, fig2aInputs(e), networks)
}

// fig2aAt is the experiment with n inputs on some networks.
func fig2aAt(ctx context.Context, e *Env, n int, nets []*network) (*report.Result, error) {
	seen, err := realInputs(e, n)
	if err != nil {
		return nil, err
	}
	e.Progress.Start("fig2a", float64(n*3*len(nets)), "inputs")
	var cells []*coneStats
	for r, row := range []string{rowPretrained, rowReal, rowNoise} {
		for k, net := range nets {
			feed := seen
			if row == rowNoise {
				feed = noise(e.Seed)
			}
			c := &coneStats{row: row, net: net, n: n}
			if feed.count > 0 {
				c.n = min(n, feed.count)
			}
			if err := c.measure(ctx, e, feed, fig2aStream+uint32(10*r+k)); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", row, net.name, err)
			}
			cells = append(cells, c)
		}
	}
	says := fig2aSays(e, seen, cells)
	return &report.Result{Inputs: says, Claims: fig2aClaims(cells), Tables: fig2aTables(cells), Figures: fig2aFigures(says)}, nil
}

func fig2aSays(e *Env, seen *inputs, cells []*coneStats) string {
	says := "synthetic noise (third row); "
	if seen.own {
		says += fmt.Sprintf("surrogate in the second row: %s, seed %d; ", seen.says, e.Seed)
	} else {
		says += seen.says + "; "
	}
	var first []string
	for _, c := range cells {
		if c.row == rowPretrained {
			first = append(first, c.net.name+" "+c.note)
		}
	}
	return says + "first row: " + strings.Join(first, "; ")
}

func (c *coneStats) measure(ctx context.Context, e *Env, feed *inputs, stream uint32) error {
	s := e.Device.Scope()
	defer s.Close()
	rows, err := c.embed(ctx, e, s, feed, stream)
	if err != nil || rows == nil {
		c.missing = true
		e.Progress.Add(float64(c.n))
		return err
	}
	return c.cosines(rows)
}

// embed gives unit rows in scope s; nil where there is no network for the cell.
func (c *coneStats) embed(ctx context.Context, e *Env, s *engine.Scope, feed *inputs, stream uint32) (*engine.Tensor, error) {
	if feed.own {
		c.note = "surrogate: drawn scenes"
	}
	if c.row != rowPretrained {
		return c.net.random(s, kernels.NewRandom(e.Seed, stream)).embed(ctx, e, s, c.n, feed)
	}
	file, err := weightsOf(e.Weights, c.net)
	if err != nil {
		return nil, err
	}
	var rows *engine.Tensor
	switch {
	case file != "":
		c.note = filepath.Base(file)
		if feed.own {
			c.note = "surrogate: " + c.note + " on drawn scenes"
		}
		rows, err = c.net.pretrained(ctx, e, s, file, c.n, feed)
	case c.net.name == "resnet18":
		c.note = "waits for --weights with " + c.net.title + " and --data with COCO's val2017; the program has no trained network without a text tower that could stand in"
		return nil, nil
	default:
		rows, err = c.ownRows(ctx, e, s)
	}
	if err != nil {
		return nil, err
	}
	kernels.RowNormalise(rows, s.Floats(c.n), rows)
	return rows, nil
}

// ownRows are those of the program's own dual encoder, whose towers stand in for CLIP's.
func (c *coneStats) ownRows(ctx context.Context, e *Env, s *engine.Scope) (*engine.Tensor, error) {
	inner := e.Device.Scope()
	defer inner.Close()
	m, says, err := ownModel(inner)
	if err != nil {
		return nil, err
	}
	c.own, c.note = true, "surrogate: "+says+", drawn scenes"
	list := scenes.Source{Seed: e.Seed, Split: scenes.HeldOut}.Take(0, c.n)
	d := ownDual(e, m, says)
	var rows geometry.Rows
	if c.net.name == "text" {
		rows, err = d.texts(ctx, captionsOf(list))
	} else {
		rows, err = d.scenes(ctx, list)
	}
	if err != nil {
		return nil, err
	}
	return s.Upload(float32s(rows.Data), rows.N, rows.D), nil
}

// cosines measures all ordered pairs of unit rows.
func (c *coneStats) cosines(rows *engine.Tensor) error {
	all, err := kernels.AllPairsCosine(rows)
	if err != nil {
		return err
	}
	pairs := float64(c.n) * float64(c.n-1)
	c.mean, c.std = all.Mean, math.Sqrt(all.Variance*pairs/(pairs-1)) // as pandas' describe: ddof 1
	wide, err := kernels.CosineHistogram(rows, -1.001, 1.001, 4)
	if err != nil {
		return err
	}
	c.min, c.max = wide.Min, wide.Max
	q, err := kernels.CosineQuantiles(rows, []float64{.25, .5, .75}, 1e-6)
	if err != nil {
		return err
	}
	c.q25, c.median, c.q75 = q[0], q[1], q[2]
	lo, hi := float32(c.min), float32(c.max)
	if !(hi > lo) {
		hi = lo + 1e-6
	}
	c.histogram, err = kernels.CosineHistogram(rows, lo, hi, fig2aBins)
	return err
}

// fig2aBins of a histogram, over the cell's own range as in the paper.
const fig2aBins = 50
