package train

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
)

// Heads are what can be trained on embeddings of frozen encoders: a matrix, or a network with one
// hidden layer as wide as the rows and GELU.
var Heads = []string{"linear", "mlp"}

// widestHead is the width of the common space where --dim does not say: that of CLIP ViT-B.
const widestHead = 512

// OpenEmbeddings makes the job of training heads on embeddings in files (readPair).
func OpenEmbeddings(s *engine.Scope, files []string, o Options) (*Job, error) {
	if err := oneOf("head", o.Head, Heads); err != nil {
		return nil, err
	}
	a, b, err := readPair(files)
	if err != nil {
		return nil, err
	}
	held, err := o.held(a.rows)
	if err != nil {
		return nil, err
	}
	dim := o.Dim
	if dim == 0 {
		dim = min(a.cols, b.cols, widestHead)
	}
	p, build := newBuilder(s, o.Seed)
	m := &contrastive.Dual{Params: p}
	order := shuffled(o.Seed, a.rows)
	m.Image = a.tower(order, newHead(build.In("a"), o.Head, a.cols, dim))
	m.Text = b.tower(order, newHead(build.In("b"), o.Head, b.cols, dim))
	m.LogScale = build.Param("logit_scale", nn.Zero, 1)
	if o.Init == "shared" {
		if a.cols != b.cols {
			return nil, fmt.Errorf("--init shared: rows of %d numbers in %s and of %d in %s: their heads have other shapes and cannot begin the same", a.cols, a.name, b.cols, b.name)
		}
		share(p, func(name string) string {
			if part, ok := strings.CutPrefix(name, "b."); ok {
				return "a." + part
			}
			return ""
		})
	}
	j := &Job{
		What: short(a.name) + " and " + short(b.name), A: short(a.name), B: short(b.name), Model: m, Pairs: a.rows - held, Held: held, Dim: dim, Chunk: 1024,
		Inputs:     map[string]string{"the first modality": a.digest(), "the second modality": b.digest()},
		projection: "b.weight", rate: 1e-3,
		Facts: [][2]string{
			{"rows", fmt.Sprintf("%d pairs, of %d and %d numbers", a.rows, a.cols, b.cols)},
			{"heads", fmt.Sprintf("%s, to %d numbers; %d parameters", o.Head, dim, p.Count())},
		},
	}
	if o.Head == "mlp" {
		j.projection = "b.down.weight"
	}
	return j, nil
}

// short is a file's name without folder and ending.
func short(name string) string {
	base := filepath.Base(name)
	for _, ext := range []string{".npy", ".npz", ".csv", ".safetensors"} {
		base = strings.Replace(base, ext, "", 1)
	}
	return base
}

// head is y = x W^T, or y = gelu(x U^T + b) W^T.
type head struct{ up, down *nn.Dense }

// newHead draws the last matrix from N(0, 1/inputs), as CLIP does its projections.
func newHead(b *nn.Builder, kind string, in, out int) head {
	last := nn.Normal(1 / math.Sqrt(float64(in)))
	if kind == "linear" {
		return head{down: nn.NewDense(b, out, in, last, nil)}
	}
	return head{nn.NewDense(b.In("up"), in, in, nn.FanIn(in), nn.FanIn(in)), nn.NewDense(b.In("down"), out, in, last, nil)}
}

func (h head) apply(tp *nn.Tape, x *nn.Value) *nn.Value {
	if h.up != nil {
		x = h.up.Apply(tp, x, kernels.ActGELU)
	}
	return h.down.Apply(tp, x, kernels.NoActivation)
}

// tower embeds rows by way of a head; example i is row order[i].
func (m *matrix) tower(order []int, h head) contrastive.Tower {
	return contrastive.TowerFunc(func(tp *nn.Tape, examples []int) (*nn.Value, error) {
		rows := make([]float32, 0, len(examples)*m.cols)
		for _, e := range examples {
			rows = append(rows, m.row(order[e])...)
		}
		return h.apply(tp, nn.Const(tp.Scope().Upload(rows, len(examples), m.cols))), nil
	})
}
