package paper

import (
	"context"
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

var thm1 = &Experiment{
	Name: "thm1", Where: "Theorem 1", Title: "A ReLU layer brings vectors nearer",
	Doc: "Two vectors go through one layer with random weights and ReLU. Unless their lengths or directions are extreme, the angle between them shrinks: the cosine after the layer is larger than before, with a probability that nears 1 as the layer gets wider. This is the seed of the cone effect. The experiment draws many layers, counts how often the statement is violated, and compares the average cosine with its exact value for an infinitely wide layer.",
	Run: runThm1,
}

// thm1Pair is a pair of inputs, |u| = R |v| and cos(u, v) = Rho, with the violation rates
// of EXPERIMENTS.md, E6, at thm1Widths; nil: none given.
type thm1Pair struct {
	R, Rho    float64
	Reference []float64
}

var thm1Pairs = []thm1Pair{
	{1, .5, []float64{.048, .0008, 0, 0}},
	{1, .9, []float64{.107, .008, 0, 0}},
	{1, .97, []float64{.120, .016, 0, 0}},
	{1.5, .8308, nil}, // 0.90 of the bound 2r/(1+r^2)
	{1.5, .8954, nil}, // 0.97 of it
	{2, .4, []float64{.097, .0055, 0, 0}},
	{2, .72, []float64{.22, .088, .004, 0}},
	{2, .776, []float64{.27, .146, .024, 0}},
}

// thm1Width is a layer's width, and how many layers are drawn.
type thm1Width struct{ DOut, Draws int }

var thm1Widths = []thm1Width{{16, 20000}, {64, 20000}, {256, 6000}, {1024, 2000}}

// thm1In is the dimension of the inputs. The law of the outputs does not depend on it: only
// the coordinates of W in the plane of u and v matter.
const thm1In = 4

// thm1Chunk is how many weights are held at once.
const thm1Chunk = 1 << 21

// thm1Cell is what was measured for one pair at one width.
type thm1Cell struct {
	pair       thm1Pair
	width      thm1Width
	violations int
	mean, se   float64 // of the cosine, and its standard error
}

func (c thm1Cell) rate() float64 { return float64(c.violations) / float64(c.width.Draws) }

func runThm1(ctx context.Context, e *Env) (*report.Result, error) { return thm1At(ctx, e, thm1Widths) }

// thm1At is the experiment at four widths.
func thm1At(ctx context.Context, e *Env, widths []thm1Width) (*report.Result, error) {
	cells, err := measureThm1(ctx, e, widths)
	if err != nil {
		return nil, err
	}
	return &report.Result{
		Inputs: "synthetic", Claims: thm1Claims(cells), Tables: thm1Tables(cells), Figures: thm1Figures(),
	}, nil
}

func measureThm1(ctx context.Context, e *Env, widths []thm1Width) ([]thm1Cell, error) {
	total := 0
	for _, w := range widths {
		total += w.Draws * w.DOut * len(thm1Pairs)
	}
	e.Progress.Start("thm1", float64(total), "neurons")
	var cells []thm1Cell
	for i, pair := range thm1Pairs {
		for j, width := range widths {
			c, err := drawThm1(ctx, e, pair, width, uint32(i*len(widths)+j))
			if err != nil {
				return nil, err
			}
			cells = append(cells, c)
		}
	}
	return cells, nil
}

// drawThm1 draws layers W ~ N(0, 1/d_out), b ~ N(0, 1/d_out) and counts how often
// cos(phi(Wu+b), phi(Wv+b)) <= cos(u, v). Many layers are one wide layer: its output, a row
// for u and a row for v, is seen as a matrix with a row per layer. A layer that sends u or v
// to the zero vector has cosine 0: a violation.
func drawThm1(ctx context.Context, e *Env, pair thm1Pair, width thm1Width, stream uint32) (thm1Cell, error) {
	cell := thm1Cell{pair: pair, width: width}
	random := kernels.NewRandom(e.Seed, stream)
	sd := float32(1 / math.Sqrt(float64(width.DOut)))
	each := max(1, min(width.Draws, thm1Chunk/(width.DOut*thm1In)))
	var sum, squares float64
	for lo := 0; lo < width.Draws; lo += each {
		if err := ctx.Err(); err != nil {
			return cell, err
		}
		draws := min(each, width.Draws-lo)
		cosines, err := thm1Cosines(e.Device, pair, draws, width.DOut, func(w, b *engine.Tensor) {
			random.Normal(w, 0, sd)
			random.Normal(b, 0, sd)
		})
		if err != nil {
			return cell, err
		}
		for _, c32 := range cosines {
			c := float64(c32)
			if !(c > pair.Rho) {
				cell.violations++
			}
			sum, squares = sum+c, squares+c*c
		}
		e.Progress.Add(float64(draws * width.DOut))
	}
	n := float64(width.Draws)
	cell.mean = sum / n
	cell.se = math.Sqrt(max(squares-sum*cell.mean, 0) / (n - 1) / n)
	return cell, nil
}

// thm1Cosines gives the cosine after the layer for each of many layers, whose weights and
// biases fill draws.
func thm1Cosines(d *engine.Device, pair thm1Pair, draws, dOut int, fill func(w, b *engine.Tensor)) ([]float32, error) {
	s := d.Scope()
	defer s.Close()
	x := s.Upload(pair.inputs(), 2, thm1In)
	w, b := s.Floats(draws*dOut, thm1In), s.Floats(draws*dOut)
	fill(w, b)
	y := s.Floats(2, draws*dOut)
	layer(y, x, w, b)
	c := s.Floats(draws)
	kernels.MatchedPairCosine(c, y.Slice(0, 0, 1).Reshape(draws, dOut), y.Slice(0, 1, 2).Reshape(draws, dOut))
	return c.Floats()
}

// inputs gives u = r e1 and v = rho e1 + sqrt(1-rho^2) e2, one row each.
func (p thm1Pair) inputs() []float32 {
	x := make([]float32, 2*thm1In)
	x[0] = float32(p.R)
	x[thm1In], x[thm1In+1] = float32(p.Rho), float32(math.Sqrt(1-p.Rho*p.Rho))
	return x
}

func (p thm1Pair) String() string { return fmt.Sprintf("r=%g rho=%g", p.R, p.Rho) }

func (p thm1Pair) exact() float64 { return geometry.LayerCosine(p.R, p.Rho) }
