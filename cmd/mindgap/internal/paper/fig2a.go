package paper

import (
	"context"
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
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
	return &report.Result{
		Inputs: fig2aSays(e, seen), Claims: fig2aClaims(cells, seen), Tables: fig2aTables(cells), Figures: fig2aFigures(cells),
	}, nil
}

func fig2aSays(e *Env, seen *inputs) string {
	says := "synthetic noise (third row); "
	if seen.own {
		return says + fmt.Sprintf("surrogate in the second row: %s, seed %d; the first row waits for --weights and --data", seen.says, e.Seed)
	}
	return says + seen.says
}

func (c *coneStats) measure(ctx context.Context, e *Env, feed *inputs, stream uint32) error {
	s := e.Device.Scope()
	defer s.Close()
	x, err := c.encoder(e, s, stream)
	if err != nil || x == nil {
		c.missing = true
		e.Progress.Add(float64(c.n))
		return err
	}
	rows, err := x.embed(ctx, e, s, c.n, feed)
	if err != nil {
		return err
	}
	if feed.own {
		c.note = "surrogate: drawn scenes"
	}
	return c.cosines(rows)
}

func (c *coneStats) encoder(e *Env, s *engine.Scope, stream uint32) (*encoder, error) {
	if c.row != rowPretrained {
		return c.net.random(s, kernels.NewRandom(e.Seed, stream)), nil
	}
	x, err := c.net.loadEncoder(s, e.Weights)
	if x == nil && err == nil {
		c.note = "waits for --weights with " + c.net.title + " and --data with COCO's val2017"
	}
	return x, err
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
