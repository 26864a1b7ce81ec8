package paper

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/nn/models"
)

// The experiments on random networks at sizes that take no time: for shapes and bytes, not
// for claims.
var (
	smallFig2b = fig2bSize{n: 32, width: 64, depth: 25, seeds: 2}
	smallFig2c = fig2cSize{seeds: 4, n: 20, width: 64, depths: []int{2, 4}}
	smallThm2  = thm2Size{inits: 12, data: 10, width: 32, depth: 15}
)

func smallMLPs(asPublished bool) []*Experiment {
	size := smallFig2b
	if asPublished {
		size.seeds = 1
	}
	var out []*Experiment
	for _, x := range []struct {
		of  *Experiment
		run func(context.Context, *Env) (*report.Result, error)
	}{
		{fig2b, func(ctx context.Context, e *Env) (*report.Result, error) { return fig2bAt(ctx, e, size) }},
		{fig2c, func(ctx context.Context, e *Env) (*report.Result, error) { return fig2cAt(ctx, e, smallFig2c, nil) }},
		{thm2, func(ctx context.Context, e *Env) (*report.Result, error) { return thm2At(ctx, e, smallThm2) }},
	} {
		small := *x.of
		small.Run = x.run
		out = append(out, &small)
	}
	return out
}

func TestMLPTablesAreTheContract(t *testing.T) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			d := open(t, name)
			tables := map[string]*report.Table{}
			for _, x := range smallMLPs(false) {
				r, err := x.Do(t.Context(), &Env{Device: d, Seed: 3, Scale: Quick})
				require.NoError(t, err)
				for name, table := range r.Tables {
					tables[x.Name+"/"+name] = table
				}
				_, err = r.Encode()
				require.NoError(t, err)
			}
			for name, want := range map[string]struct {
				columns []string
				rows    int
			}{
				"fig2b/cone":    {[]string{"bias", "activation", "seed", "layer", "mean_cosine", "mean_cosine_full"}, 27 * 2 * 26},
				"fig2b/theory":  {[]string{"bias", "activation", "layer", "mean_cosine", "mean_cosine_full"}, 27 * 26},
				"fig2c/cones":   {[]string{"network", "input", "seeds", "n", "purity", "cross_seed_cosine", "dominant_directions", "s24", "s25"}, 2},
				"thm2/variance": {[]string{"layer", "ratio", "beta", "closed_form", "tighter_bound"}, 15},
			} {
				require.Equal(t, want.columns, tables[name].Columns)
				require.Len(t, tables[name].Rows, want.rows, name)
			}
			row := tables["fig2b/cone"].Rows[0]
			require.Equal(t, []any{"normal", "linear", 0, 0}, row[:4])
		})
	}
}

func TestMLPsAreDeterministic(t *testing.T) {
	d := open(t, "host")
	for i, x := range smallMLPs(false) {
		run := func(seed uint64) string {
			r, err := smallMLPs(false)[i].Do(t.Context(), &Env{Device: d, Seed: seed, Scale: Quick})
			require.NoError(t, err)
			data, err := r.Encode()
			require.NoError(t, err)
			return string(data)
		}
		first := run(7)
		require.Equal(t, first, run(7), x.Name)
		require.NotEqual(t, first, run(8), x.Name)
	}
}

// Quirks D4 and D14: one network of each kind, default biases and a second ReLU in the "no
// bias" figures, and the diagonal in what is drawn. D16: the stated bound alone.
func TestMLPsAsPublished(t *testing.T) {
	d := open(t, "host")
	list := smallMLPs(true)
	run := func(i int) *report.Result {
		r, err := list[i].Do(t.Context(), &Env{Device: d, Seed: 1, Scale: Quick, AsPublished: true})
		require.NoError(t, err)
		return r
	}
	r := run(0)
	require.Contains(t, r.Inputs, "as published")
	require.Len(t, r.Tables["cone"].Rows, 27*26)
	require.Equal(t, "uniform", find(r.Tables["stackings"], "relu+linear")[2])
	require.Equal(t, "none", find(r.Tables["stackings"], "linear")[2])
	require.Equal(t, "linear+relu+linear+relu", find(r.Tables["stackings"], "linear+relu+linear")[1])
	require.InDelta(t, 1./32, find(r.Tables["figure_normal"], "ReLU")[2], .02, "the diagonal is drawn at layer 0")
	require.Equal(t, 1, fig2bScale(&Env{Scale: Paper, AsPublished: true}).seeds)
	for _, c := range run(2).Claims {
		require.NotEqual(t, "tighter", c.ID)
	}
}

// find gives the first row that begins so.
func find(t *report.Table, first string) []any {
	for _, row := range t.Rows {
		if row[0] == first {
			return row
		}
	}
	return nil
}

// The stackings' theory: after n times linear+relu it is the ReLU network's; as published the
// second ReLU makes two layers of it.
func TestStackingTheory(t *testing.T) {
	named := func(asPublished bool, name string) []float64 {
		for _, k := range stackings(asPublished) {
			if k.name == name {
				return k.theory(512, 25)
			}
		}
		panic(name)
	}
	relu := named(false, "linear+relu")
	require.InDelta(t, .962925, relu[25], 1e-6, "E4: ReLU without biases")
	require.InDelta(t, relu[25], named(false, "linear+relu+linear")[25], 1e-12, "a linear map without bias changes no cosine")
	require.InDelta(t, named(true, "linear+relu")[10], named(true, "linear+relu+linear")[5], 1e-12)
	require.InDelta(t, .016015, named(false, "linear with default bias")[25], 1e-6, "E4")
}

// What decides: on the scale that the noise of many layers has, and at cosines that rounding
// has brought to 1.
func TestDeviation(t *testing.T) {
	require.InDelta(t, 1, deviation(.501, .5, .001), .01)
	require.InDelta(t, math.Log(2)/.2, deviation(1-1e-4, 1-2e-4, .2*2e-4), .01)
	require.InDelta(t, .1, deviation(1, 1-1e-9, 0)*float32Spread/1e-8, .01)
	require.Equal(t, 2., furthest([]float64{1, -2, .5}))
	require.Equal(t, math.Inf(1), furthest([]float64{math.NaN(), 1}), "NaN holds nothing")
}

// Claims must be able to fail: networks that do not narrow anything.
func TestMLPClaimsCanFail(t *testing.T) {
	f := &fig2bData{size: fig2bSize{n: 1024, width: 512, depth: 25, seeds: 1}, layers: oneLayers()}
	flat := make([]float64, 26)
	for i := range flat {
		flat[i] = .1
	}
	for _, b := range models.Biases {
		for _, a := range models.Activations {
			c := f.size.curve(models.MLP{Bias: b, Activation: a})
			c.cosine = [][]float64{flat}
			f.curves = append(f.curves, c)
		}
	}
	// The authors' run, the closed form, and the stackings, of which there are none here.
	still := []string{"published-relu", "one-layer-exact", "stackings"}
	for _, c := range f.claims() {
		require.Equal(t, slices.Contains(still, c.ID), c.Holds, "%s: got %g, want %s", c.ID, c.Got, c.Want)
	}
	theory := geometry.VarianceShare{Layer: 2, Ratio: .75, Beta: .61, Tighter: .71}
	for _, c := range thm2Claims([]share{{VarianceShare: theory, ratio: .5, beta: .7, slack: -.1, slackE: .01}}, false) {
		require.False(t, c.Holds, c.ID)
	}
	for _, c := range fig2cClaims([]*cones{{depth: 25, size: fig2cScale(&Env{}), within: .995, across: 1, spread: .01, purity: .5}}) {
		require.False(t, c.Holds, c.ID)
	}
}

// counted is a context that is cancelled when it has been asked so many times.
type counted struct {
	context.Context
	left atomic.Int64
}

func (c *counted) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// Figure 2c ends wherever it is interrupted: in the networks, the products, the neighbours, the
// start of a picture and its epochs.
func TestFig2cStops(t *testing.T) {
	d := open(t, "host")
	size := fig2cSize{seeds: 3, n: 20, width: 32, depths: []int{1, 2}}
	for k, done := int64(0), false; !done; k += 1 + k/8 {
		ctx := &counted{Context: t.Context()}
		ctx.left.Store(k)
		_, err := fig2cAt(ctx, &Env{Device: d, Seed: 1, Scale: Quick}, size, nil)
		if done = err == nil; !done {
			require.ErrorIs(t, err, context.Canceled)
			require.Zero(t, d.Memory().Live)
		} else {
			require.Greater(t, k, int64(500), "every epoch asks")
		}
	}
}

// The products of narrow sets keep their digits: the Gram matrix of rows that differ by 1e-5
// within a set is that of float64, relative to its small values.
func TestClustersGram(t *testing.T) {
	const sets, size, width = 3, 40, 8
	r := rand.New(rand.NewPCG(1, 2))
	x := geometry.Zeros(sets*size, width)
	for i := range x.N {
		for k := range width {
			x.Row(i)[k] = float64((i/size+1)*(k+1)%5) + 1e-5*r.NormFloat64()
		}
	}
	want, err := geometry.MeasureSpectrum(x)
	require.NoError(t, err)
	for _, name := range []string{"host", "gl"} {
		s := open(t, name).Scope()
		gram, mean, err := newClusters(s, x, size).gram(t.Context())
		s.Close()
		require.NoError(t, err)
		require.InDeltaSlice(t, x.Mean(), mean, 1e-12)
		got, err := geometry.SpectrumFromGram(gram, x.N)
		require.NoError(t, err)
		for k, v := range want.Variance {
			require.InEpsilon(t, v, got.Variance[k], 1e-4, "direction %d on %s", k, name)
		}
	}
}
