package bench

import (
	"context"
	"fmt"

	"mindgap/engine"
)

// Fig2bWork is Figure 2(b): random networks on random inputs, layer by layer, and after each layer
// the mean cosine of all pairs. Our side is the experiment itself, which is not of this package.
type Fig2bWork struct {
	N, Width, Depth int
	Networks        []Fig2bNetwork
	Run             func(context.Context, *engine.Device) error `json:"-"` // one pass through all networks
}

// Fig2bNetwork is a network of layers, each of some steps: "linear", "maxout" or an activation.
type Fig2bNetwork struct {
	Bias  string // normal, uniform or none
	Steps []string
}

func (w *Fig2bWork) kind() string    { return "fig2b" }
func (w *Fig2bWork) python() string  { return "fig2b" }
func (w *Fig2bWork) plan() workPlan  { return workPlan{slow: true} }
func (w *Fig2bWork) inputs() []array { return nil }

func (w *Fig2bWork) label() string {
	return fmt.Sprintf("Figure 2(b), %d networks of %d layers, %d x %d", len(w.Networks), w.Depth, w.N, w.Width)
}

// cost is that of the layers alone.
func (w *Fig2bWork) cost() engine.Cost {
	maps := 0
	for _, n := range w.Networks {
		for _, s := range n.Steps {
			switch s {
			case "linear":
				maps++
			case "maxout":
				maps += 2
			}
		}
	}
	return engine.Cost{Flops: 2 * float64(maps) * float64(w.Depth) * float64(w.N) * float64(w.Width) * float64(w.Width)}
}

func (w *Fig2bWork) attach(s *engine.Scope, _ map[string]*engine.Tensor) ours {
	return ours{run: func(ctx context.Context) error { return w.Run(ctx, s.Device()) }}
}

// reference is none: each side draws weights of its own, which is a part of the work.
func (w *Fig2bWork) reference(context.Context, map[string]array) (results, error) { return nil, nil }
