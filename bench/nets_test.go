package bench

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/nn"
	"mindgap/nn/models"
)

var tinyNet = forward("tiny", 2, nil, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
	return onImages(s, models.NewViT(b, models.ViTConfig{Image: 224, Patch: 112, Width: 64, Layers: 1, Heads: 1}).Forward, batch, 224)
})

// A network without a peer: a rate and its memory, no ratio.
func TestNetsAlone(t *testing.T) {
	r, err := timeNets(t.Context(), "networks forward", "host", "none", []net{tinyNet}, Limits{Rounds: 2}, func(string) {})
	require.NoError(t, err)
	require.Len(t, r.Rows, 1)
	require.Equal(t, "tiny", r.Rows[0].Network)
	require.Positive(t, r.Rows[0].Ours.Median)
	require.Positive(t, r.Rows[0].Bytes)
	require.Zero(t, r.Rows[0].Ratio)
	require.Positive(t, r.Rows[0].Launches)
	require.Positive(t, r.Rows[0].Percent)
	require.Greater(t, r.Rows[0].Flops, 2*2*4*64*112*112*3., "two pictures of four patches go through one matrix at least")
	require.InEpsilon(t, r.Rows[0].Flops/1e9*r.Rows[0].Ours.Median/2, r.Rows[0].GFlops, 1e-12)
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	require.Contains(t, text.String(), "beside nothing")
	require.Contains(t, md.String(), "| tiny | 2 |")
}

// Sides take turns, the first round is not counted, and an error ends it.
func TestInterleave(t *testing.T) {
	var order []int
	side := func(k int, rate float64) func() (float64, error) {
		return func() (float64, error) { order = append(order, k); return rate, nil }
	}
	row, err := interleave(t.Context(), Limits{Rounds: 3}, side(0, 6), side(1, 3))
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 1, 0, 0, 1, 1, 0}, order)
	require.Equal(t, 3, row.Ratio.Rounds)
	require.InDelta(t, 2, row.Ratio.Median, 0)
	_, err = interleave(t.Context(), Limits{Rounds: 3}, side(0, 6), func() (float64, error) { return 0, errors.New("gone") })
	require.ErrorContains(t, err, "gone")
}

// Steps of training without a peer.
func TestTrainAlone(t *testing.T) {
	list := []net{trainingStep("tiny", 4, models.CLIPConfig{
		Image: models.ViTConfig{Image: 16, Patch: 8, Width: 32, Layers: 1, Heads: 2, Out: 16},
		Text:  models.TextConfig{Context: 6, Vocab: 20, Width: 16, Layers: 1, Heads: 2, Out: 16},
	})}
	r, err := timeNets(t.Context(), "training steps", "host", "none", list, Limits{Rounds: 2}, func(string) {})
	require.NoError(t, err)
	require.Positive(t, r.Rows[0].Ours.Median)
	require.Positive(t, r.Rows[0].Bytes)
	var text, md bytes.Buffer
	require.NoError(t, r.WriteText(&text))
	require.NoError(t, r.WriteMarkdown(&md))
	require.Contains(t, text.String(), "training steps on ")
	require.Contains(t, md.String(), "Training steps on ")
}

// What the process grows by is seen, also when it is given back.
func TestResidentGrowth(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system does not say what a process has in memory")
	}
	grown := residentGrowth()
	list := make([]byte, 64<<20)
	for i := 0; i < len(list); i += 4096 { // a page of memory is there once it is touched
		list[i] = 1
	}
	require.EqualValues(t, 1, list[len(list)/2])
	require.GreaterOrEqual(t, grown(), int64(60<<20))
}

func TestNetsWithoutPython(t *testing.T) {
	_, err := Nets(t.Context(), "host", "no-such-python", Quick, func(string) {})
	require.ErrorContains(t, err, "no-such-python is not there: install Python 3")
}
