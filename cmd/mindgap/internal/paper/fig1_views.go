package paper

import (
	"context"

	"mindgap/geometry"
)

// fig1View is a picture of the stacked rows, N x 2, the first modality above the text.
type fig1View struct {
	Name string // umap, svd, pca, tsne
	Rows geometry.Rows
}

const fig1Views = 4

// fig1Iterations of t-SNE at the quick scale, half of its default.
const fig1Iterations = 500

// draw makes the pictures: UMAP (Figure 1), the uncentred SVD (Supplementary Figure 4), and
// what the released code draws beside them, PCA and t-SNE.
func (p *fig1Panel) draw(ctx context.Context, e *Env, nb *geometry.Neighbours) error {
	all := geometry.Stack(p.A, p.B)
	for _, v := range []struct {
		name string
		by   func() (geometry.Rows, error)
	}{
		{"umap", func() (geometry.Rows, error) {
			o := geometry.DefaultUMAP()
			o.Seed, o.Check = e.Seed, unless(ctx)
			return geometry.UMAPFromNeighbours(all, nb, o)
		}},
		{"svd", func() (geometry.Rows, error) { return geometry.Stack(p.Shape.SVD.A, p.Shape.SVD.B), nil }},
		{"pca", func() (geometry.Rows, error) {
			c, err := geometry.FitPCA(all, 2)
			if err != nil {
				return geometry.Rows{}, err
			}
			return c.Transform(all)
		}},
		{"tsne", func() (geometry.Rows, error) {
			o := geometry.DefaultTSNE()
			o.Check = unless(ctx)
			if e.Scale == Quick {
				o.Iterations = fig1Iterations
			}
			return geometry.TSNE(all, o)
		}},
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := v.by()
		if err != nil {
			return err
		}
		p.Views = append(p.Views, fig1View{v.name, rows})
		e.Progress.Add(1)
	}
	near, err := geometry.NearestNeighbours(p.Views[0].Rows, fig1Neighbours)
	if err != nil {
		return err
	}
	p.Islands, err = near.Purity(p.labels())
	return err
}

// unless lets a layout go on unless it is interrupted.
func unless(ctx context.Context) func(int) error { return func(int) error { return ctx.Err() } }

// labels tells the modalities of the stacked rows apart.
func (p *fig1Panel) labels() []int {
	out := make([]int, p.A.N+p.B.N)
	for i := range p.B.N {
		out[p.A.N+i] = 1
	}
	return out
}
