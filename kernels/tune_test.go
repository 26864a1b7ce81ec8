package kernels

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Devices as tuning meets them: a processor's shaders with a loop budget, and a GPU.
var tunedCaps = []engine.Caps{
	{Kind: "gl", Software: true, Cores: 2, LoopBudget: 65535, MaxShared: 32 << 10, MaxInvocations: 1024, MaxTexels: 1 << 27},
	{Kind: "gl", Cores: 1, MaxShared: 48 << 10, MaxInvocations: 1024, MaxTexels: 1 << 27},
}

// Shapes to tune are shapes: sizes that Size takes, one of each bucket, in buckets of their own
// names, and some variant can run each.
func TestTuneShapes(t *testing.T) {
	tuned := 0
	for _, s := range Table {
		name := s.Info().Name
		for _, c := range tunedCaps {
			cases := s.TuneCases(&c)
			if len(cases) > 0 {
				tuned++
			}
			seen := map[string]bool{}
			for _, p := range cases {
				b := s.BucketOf(p)
				require.False(t, seen[b], "%s: %s twice", name, b)
				seen[b] = true
				words := strings.Fields(b)
				require.NotEmpty(t, words, name)
				names := map[string]bool{}
				for _, w := range words {
					size, value, ok := strings.Cut(w, "=")
					require.True(t, ok && value != "" && !names[size], "%s: %q", name, b)
					names[size] = true
				}
				require.Len(t, s.SizeOf(p), len(s.Info().Bufs))
				require.True(t, slices.ContainsFunc(s.Info().Variants, func(v engine.VariantInfo) bool { return s.CanRun(v.Name, p, &c) }), "%s %s", name, b)
			}
		}
	}
	require.GreaterOrEqual(t, tuned, 2*12, "the kernels that take most time are tuned")
}

// What decides the choice tells buckets apart; what does not, does not.
func TestBuckets(t *testing.T) {
	l := layout{name: "matmul"}
	same := func(a, b MatMulParams) { require.Equal(t, l.bucket(a), l.bucket(b)) }
	other := func(a, b MatMulParams) { require.NotEqual(t, l.bucket(a), l.bucket(b)) }
	p := l.product(512, 512, 512)
	same(p, l.product(400, 700, 508))
	other(p, l.product(256, 512, 512))
	other(p, l.product(511, 511, 511)) // no row but the first begins at a multiple of four
	fused := p
	fused.Act, fused.HasBias, fused.Beta = ActReLU, 1, 1
	same(p, fused)
	batch := p
	batch.Batch, batch.StepA, batch.StepB, batch.StepC = 8, 1<<18, 1<<18, 1<<18
	other(p, batch)

	c := conv(1, 30, 30, 8, 8, 3, 3, 1, 0)
	inside := c.shape().bucket()
	c.Padding = 1
	require.NotEqual(t, inside, c.shape().bucket())

	h := CosineHistogramParams{Rows: 64, Cols: 64, D: 4, LdX: 4, LdY: 4, UnitRows: 8, UnitCols: 16, Bins: 10, Upper: 1}
	require.Equal(t, "rows=64 cols=64 d=4 row_block=8 col_block=16 fours=2 bins=8 upper=1", h.bucket().String())
}

// What is tuned is what programs launch: with a table that chooses the last variant at the tuned
// shapes, the loss, its gradient, the histogram and a product of such shapes run that.
func TestGLTunedShapesAreWhatIsLaunched(t *testing.T) {
	c := openGL(t).Caps()
	table, last := &engine.Tuning{Schema: engine.TuningSchema}, map[string]string{}
	for _, s := range Table {
		in := s.Info()
		for _, p := range s.TuneCases(&c) {
			last[in.Name] = in.Variants[len(in.Variants)-1].Name
			table.Put(c.Renderer, c.Version, []engine.Pick{{Kernel: in.Name, Bucket: s.BucketOf(p), Variant: last[in.Name]}})
		}
	}
	d, err := engine.Open("gl", engine.WithTuning(nil, table))
	require.NoError(t, err)
	defer d.Close()
	s := d.Scope()
	defer s.Close()
	expect := func(f func(), kernels ...string) {
		records, err := d.Trace(f)
		require.NoError(t, err)
		for _, name := range kernels {
			i := slices.IndexFunc(records, func(r engine.Record) bool { return r.Kernel == name })
			require.GreaterOrEqual(t, i, 0, name)
			require.Equal(t, last[name], records[i].Variant, "%s: %s", name, records[i].Params)
		}
	}
	n, width := 256, 32 // of tunedPairs
	q, k := s.Upload(normals(1, n*width, 0), n, width), s.Upload(normals(2, n*width, 0), n, width)
	scale, loss, lseRow, lseCol := s.Upload([]float32{1}, 1), s.Floats(1), s.Floats(n), s.Floats(n)
	expect(func() { InfoNCE(loss, lseRow, lseCol, q, k, scale, InfoNCESymmetric) }, "infonce_partial")
	expect(func() {
		InfoNCEBack(s.Floats(n, width), s.Floats(n, width), s.Floats(1), loss, q, k, scale, lseRow, lseCol, InfoNCESymmetric, false)
	}, "infonce_grad")
	x := s.Upload(normals(3, 1024*64, 0), 1024, 64)
	expect(func() { CosineHistogram(x, -1, 1, 200) }, "all_pairs_cosine_histogram")
	expect(func() { MatMul(s.Floats(64, 64), x.SliceRows(0, 64), x.SliceRows(64, 128)) }, "matmul")
}

// Seeds name kernels and variants that there are, and shapes that tuning measures. They are the
// same at every start.
func TestSeeds(t *testing.T) {
	seeds := Seeds()
	require.Equal(t, engine.TuningSchema, seeds.Schema)
	require.Same(t, seeds, Seeds())
	known := map[string]engine.Spec{}
	for _, s := range Table {
		known[s.Info().Name] = s
	}
	for _, d := range seeds.Devices {
		require.NotEmpty(t, d.Renderer)
		require.NotEmpty(t, d.Version)
		require.NotEmpty(t, d.Picks, d.Renderer)
		current := seeds.Current(Table).Find(d.Renderer, d.Version)
		t.Logf("%s: %d of %d seeds are of the shaders as they are now, and count", d.Renderer, len(current.Picks), len(d.Picks))
		for _, p := range d.Picks {
			s := known[p.Kernel]
			require.NotNil(t, s, "%s: no kernel is called %q", d.Renderer, p.Kernel)
			has := func(name string) bool {
				return slices.ContainsFunc(s.Info().Variants, func(v engine.VariantInfo) bool { return v.Name == name })
			}
			require.True(t, has(p.Variant), "%s has no variant %q: tune anew", p.Kernel, p.Variant)
			require.True(t, has(p.Default), "%s has no variant %q: tune anew", p.Kernel, p.Default)
			require.True(t, slices.ContainsFunc(tunedCaps, func(c engine.Caps) bool {
				return slices.ContainsFunc(s.TuneCases(&c), func(q any) bool { return s.BucketOf(q) == p.Bucket })
			}), "%s: no shape falls into %q: tune anew", p.Kernel, p.Bucket)
		}
	}
}
