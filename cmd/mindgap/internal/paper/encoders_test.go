package paper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// tiny are networks of the architectures of Figure 2(a), small enough for a test.
var tiny = []*network{
	{name: "resnet18", title: "tiny ResNet", random: func(s *engine.Scope, r *kernels.Random) *encoder {
		x := ofResNet(models.NewResNet(nn.NewBuilder(nn.NewParams(s), r), models.ResNetConfig{Blocks: [4]int{1, 1, 1, 1}, Width: 8}))
		x.side = 32
		return x
	}},
	{name: "vit", title: "tiny ViT", random: func(s *engine.Scope, r *kernels.Random) *encoder {
		return ofViT(models.NewViT(nn.NewBuilder(nn.NewParams(s), r), models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 2, Heads: 1, Out: 32}))
	}},
	{name: "text", title: "tiny text tower", random: func(s *engine.Scope, r *kernels.Random) *encoder {
		return ofText(models.NewText(nn.NewBuilder(nn.NewParams(s), r), models.TextConfig{Context: 24, Vocab: clipVocabulary, Width: 64, Layers: 2, Heads: 1, Out: 32}))
	}},
}

// The whole of Figure 2(a) at a small size: every cell, the same bytes on a second run.
func TestFig2aInSmall(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	e := &Env{Device: d, Seed: 1, Scale: Quick}
	r, err := fig2aAt(t.Context(), e, 24, tiny)
	require.NoError(t, err)
	require.Zero(t, d.Memory().Live)
	cosine := r.Tables["cosine"]
	require.Len(t, cosine.Rows, 9)
	for _, row := range cosine.Rows {
		if row[0] == rowPretrained && row[1] == "resnet18" {
			require.Nil(t, row[3])
			require.Contains(t, row[11], "waits for --weights")
			continue
		}
		if row[0] == rowPretrained {
			require.Contains(t, row[11], "surrogate: the project's own dual encoder")
		}
		for i := 5; i < 9; i++ { // min <= q25 <= median <= q75 <= max
			require.LessOrEqual(t, row[i].(float64), row[i+1].(float64)+1e-6)
		}
		require.InDelta(t, row[7], row[3], 3*row[4].(float64), "mean and median")
	}
	again, err := fig2aAt(t.Context(), e, 24, tiny)
	require.NoError(t, err)
	one, err := r.Encode()
	require.NoError(t, err)
	two, err := again.Encode()
	require.NoError(t, err)
	require.Equal(t, string(one), string(two))
	e.Data = []string{"no such folder"}
	_, err = fig2aAt(t.Context(), e, 24, tiny)
	require.ErrorContains(t, err, "no such folder")
}

// Inputs do not depend on how they are cut into batches.
func TestInputsAreTheSameInAnyBatch(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	for _, in := range []*inputs{noise(3), drawnScenes(&Env{Seed: 3})} {
		s := d.Scope()
		all, err := in.images(t.Context(), s, 20, 0, 5)
		require.NoError(t, err)
		part, err := in.images(t.Context(), s, 20, 3, 5)
		require.NoError(t, err)
		a, err := all.SliceRows(3, 5).Floats()
		require.NoError(t, err)
		b, err := part.Floats()
		require.NoError(t, err)
		require.Equal(t, a, b, in.says)
		ids, err := in.texts(s, 24, 0, 5)
		require.NoError(t, err)
		some, err := in.texts(s, 24, 3, 5)
		require.NoError(t, err)
		require.Equal(t, ids[3*24:], some, in.says)
		s.Close()
	}
}

// Cones of tiny networks: of k of them, k - 1 directions.
func TestFig2cOfNetworksInSmall(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	size := fig2cSize{seeds: 4, n: 20, width: 64, depths: []int{2, 4}, inputs: 16}
	r, err := fig2cAt(t.Context(), &Env{Device: d, Seed: 1, Scale: Quick}, size, tiny[:2])
	require.NoError(t, err)
	rows := r.Tables["cones"].Rows
	require.Len(t, rows, 4)
	for i, name := range []string{"resnet18", "vit"} {
		require.Equal(t, name, rows[i][0])
		require.Equal(t, "noise", rows[i][1])
		require.EqualValues(t, 3, rows[i][6], "directions of %s", name)
	}
	require.Greater(t, rows[0][5], 0.2, "ReLU's features are not negative")
	require.Equal(t, "synthetic noise", r.Inputs)
	r, err = fig2cAt(t.Context(), &Env{Device: d, Seed: 2, Scale: Paper}, size, tiny[1:])
	require.NoError(t, err)
	require.Equal(t, "synthetic noise; surrogate: drawn scenes in place of COCO, seed 2", r.Inputs)
	require.Zero(t, d.Memory().Live)
}

// Networks that are trained from seeds of their own: rows of the table, marked as a surrogate.
func TestFig2cOfTrainedNetworks(t *testing.T) {
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			size := fig2cSize{seeds: 2, n: 20, width: 64, depths: []int{2}, inputs: 16, trained: 3, steps: 4}
			e := &Env{Device: open(t, name), Seed: 1, Scale: Quick}
			run := func() string {
				r, err := fig2cAt(t.Context(), e, size, nil)
				require.NoError(t, err)
				row := r.Tables["cones"].Rows[1]
				require.Equal(t, []any{"trained", "held-out drawn scenes", 3, 20}, row[:4])
				require.Contains(t, r.Inputs, "surrogate: 3 small dual encoders")
				require.Contains(t, r.Figures[0].Caption, "surrogate: 3 small dual encoders")
				require.Equal(t, report.Observation, claimOf(t, r, "purity-trained").Kind)
				data, err := r.Encode()
				require.NoError(t, err)
				return string(data)
			}
			require.Equal(t, run(), run())
		})
	}
}

// Norms on and off on a tiny CLIP: two rows, different numbers, nothing left behind.
func TestNormOffInSmall(t *testing.T) {
	d, err := engine.Open("host")
	require.NoError(t, err)
	defer d.Close()
	config := models.CLIPConfig{
		Image: models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 2, Heads: 1, Out: 32},
		Text:  models.TextConfig{Context: 24, Vocab: clipVocabulary, Width: 64, Layers: 2, Heads: 1, Out: 32},
	}
	r, err := normOffAt(t.Context(), &Env{Device: d, Seed: 1, Scale: Quick}, 16, config)
	require.NoError(t, err)
	require.Zero(t, d.Memory().Live)
	rows := r.Tables["norm"].Rows
	require.Len(t, rows, 4, "a random CLIP and the program's own model")
	require.NotEqual(t, rows[2][2], rows[3][2])
	require.Equal(t, "on", rows[0][1])
	require.Equal(t, "off", rows[1][1])
	require.NotEqual(t, rows[0][2], rows[1][2])
	require.Contains(t, r.Inputs, "surrogate")
	_, err = normOffAt(t.Context(), &Env{Device: d, Seed: 1, Scale: Quick, Weights: []string{"absent.pt"}}, 16, config)
	require.ErrorContains(t, err, "absent.pt")
}
