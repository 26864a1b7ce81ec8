package paper

import (
	"math"

	"mindgap/cmd/mindgap/internal/report"
)

// shiftNames are the temperatures of geometry.LogitScales as the paper writes them.
var shiftNames = []string{"1/100", "1/50", "1/30", "1/20", "1/10", "1"}

// What the curves of Figure 3 are, by source.
const (
	shiftOurs  = "this run"
	shiftPaper = "paper: 5000 pairs, ViT-B/32"
	shiftStart = "gap before the shift"
)

// shiftPublished are points of the published curves (5000 pairs of CLIP ViT-B/32), read off
// the figures (E8): distance and loss, for each temperature; the first is the unshifted gap.
var shiftPublished = [][][2]float64{
	{{.822, .332}, {.600, .363}, {.084, .919}, {-.904, 2.389}, {-1.65, 1.19}, {-1.81, 1.573}, {1.91, 2.445}},
	{{.822, .425}, {.600, .409}, {-.904, 1.631}, {-1.353, 1.561}, {-1.81, 2.518}, {1.91, 3.137}},
	{{.822, .859}, {.600, .772}, {-1.08, 1.77}, {-1.81, 3.036}, {1.91, 3.439}},
	{{.822, 1.477}, {.350, 1.316}, {-1.81, 3.32}, {1.91, 3.593}},
	{{.822, 2.526}, {.350, 2.3606}, {.084, 2.3606}, {-1.81, 3.60}, {1.91, 3.753}},
	{{.822, 3.763}, {.084, 3.7346}, {-1.81, 3.88}, {1.91, 3.896}},
}

func (r *shiftRun) tables() map[string]*report.Table {
	land := &report.Table{
		Doc:     "A row per temperature and shift: x - delta/2 u and y + delta/2 u, u the unit gap direction; lambda = delta/(2 |gap|) is the paper's factor; distance is the remaining gap, positive on the original side; loss is the mean over batches of 50 pairs, as the device computed it.",
		Columns: []string{"tau", "delta", "lambda", "distance", "loss"},
	}
	minima := &report.Table{
		Doc:     "The smallest loss on the grid of shifts at each temperature, and how many local maxima and other local minima the curve has inside the grid.",
		Columns: []string{"tau", "delta", "distance", "loss", "local_maxima", "local_minima"},
	}
	turns := &report.Table{
		Doc:     "The local maxima and the local minima (the smallest loss left out) inside the grid.",
		Columns: []string{"tau", "kind", "delta", "distance", "loss"},
	}
	optima := &report.Table{
		Doc:     "The bottom of each curve between the points of the grid, in float64.",
		Columns: []string{"tau", "delta", "distance", "loss"},
	}
	for i, c := range r.curves {
		tau := 1 / c.LogitScale
		for k := range c.Delta {
			land.Add(tau, c.Delta[k], c.Lambda[k], c.Distance[k], c.Loss[k])
		}
		m, high, low := c.Minimum(), c.LocalMaxima(), c.LocalMinima()
		minima.Add(tau, c.Delta[m], c.Distance[m], c.Loss[m], len(high), len(low))
		for _, k := range high {
			turns.Add(tau, "maximum", c.Delta[k], c.Distance[k], c.Loss[k])
		}
		for _, k := range low {
			turns.Add(tau, "minimum", c.Delta[k], c.Distance[k], c.Loss[k])
		}
		o := r.optima[i]
		optima.Add(tau, o.Delta, o.Distance, o.Loss)
	}
	return map[string]*report.Table{
		"landscape": land, "minima": minima, "turns": turns, "optimum": optima,
		"curves": r.drawn(), "pca": r.scatter(), "spectrum": r.spectrum(),
	}
}

// drawn is what Figure 3b-d shows: our curves, what is known of the published ones, and
// a line at the gap before the shift.
func (r *shiftRun) drawn() *report.Table {
	t := &report.Table{
		Doc:     "The curves as drawn: ours; points of the published ones, read off the paper's figure; and the gap before the shift.",
		Columns: []string{"tau", "source", "distance", "loss"},
	}
	for i, c := range r.curves {
		tau, lo, hi := 1/c.LogitScale, math.Inf(1), math.Inf(-1)
		for k := range c.Delta {
			t.Add(tau, shiftOurs, c.Distance[k], c.Loss[k])
			lo, hi = min(lo, c.Loss[k]), max(hi, c.Loss[k])
		}
		for _, p := range shiftPublished[i] {
			t.Add(tau, shiftPaper, p[0], p[1])
			lo, hi = min(lo, p[1]), max(hi, p[1])
		}
		t.Add(tau, shiftStart, r.gap, lo)
		t.Add(tau, shiftStart, r.gap, hi)
	}
	return t
}

func (r *shiftRun) scatter() *report.Table {
	t := &report.Table{Doc: "Figure 3a: each embedding on the first two principal components of all.", Columns: []string{"modality", "row", "pc1", "pc2"}}
	for k, name := range []string{"text", "image"} {
		p := r.points[1-k]
		for i := range p.N {
			t.Add(name, i, p.Row(i)[0], p.Row(i)[1])
		}
	}
	return t
}

func (r *shiftRun) spectrum() *report.Table {
	t := &report.Table{Doc: "The principal components of Figure 3a: explained variance ratio and singular value.", Columns: []string{"component", "ratio", "singular"}}
	for i, ratio := range r.pca.Ratio {
		t.Add(i+1, ratio, r.pca.Singular[i])
	}
	return t
}

func (r *shiftRun) figures() []report.Figure {
	return []report.Figure{
		{
			Name: "pca", Table: "pca", Title: "Figure 3a: images and texts on two principal components",
			Caption: "Each point is an embedding. Two clouds that do not touch are the modality gap: it lies along the first component. " + r.mark(),
			X:       report.Axis{Column: "pc1", Label: "first component"}, Y: report.Axis{Column: "pc2", Label: "second component"},
			Series: report.Group{Column: "modality"}, Points: []string{"text", "image"}, LegendAbove: true,
		}, {
			Name: "landscape", Table: "curves", Title: "Figure 3b-d: the loss over the gap, at six temperatures",
			Caption: "The loss when both modalities are moved along the gap. From right to left: gap widened, gap as it is (dashed), closed (0), and crossed. The paper's curves come from other embeddings (5000 pairs of ViT-B/32), so their shape compares and their numbers do not. " + r.mark(),
			X:       report.Axis{Column: "distance", Label: "remaining gap, signed"}, Y: report.Axis{Column: "loss", Label: "contrastive loss"},
			Series: report.Group{Column: "source"}, Panel: report.Group{Column: "tau", Label: "temperature", Names: shiftNames},
			Points: []string{shiftPaper}, Marks: []string{shiftStart}, FreeY: true, Across: 3, LegendAbove: true,
		},
	}
}

// mark says in a caption what the embeddings are, where they are not CLIP's.
func (r *shiftRun) mark() string {
	if r.Authors {
		return "Embeddings: the authors' features_clip.npy, 500 pairs of ViT-B/16."
	}
	return "Embeddings: " + r.source + "."
}
