package bench

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/nn"
	"mindgap/nn/models"
)

var tinyNet = net{"tiny", 2, func(s *engine.Scope, b *nn.Builder, batch int) func(*nn.Tape) {
	return onImages(s, models.NewViT(b, models.ViTConfig{Image: 224, Patch: 112, Width: 64, Layers: 1, Heads: 1}).Forward, batch)
}}

// A network without a peer: a rate and its memory, no ratio.
func TestNetsAlone(t *testing.T) {
	r, err := timeNets(t.Context(), "host", "none", []net{tinyNet}, Limits{Rounds: 2}, func(string) {})
	require.NoError(t, err)
	require.Len(t, r.Rows, 1)
	require.Equal(t, "tiny", r.Rows[0].Network)
	require.Positive(t, r.Rows[0].Ours.Median)
	require.Positive(t, r.Rows[0].Bytes)
	require.Zero(t, r.Rows[0].Ratio)
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

func TestNetsWithoutPython(t *testing.T) {
	_, err := Nets(t.Context(), "host", "no-such-python", Quick, func(string) {})
	require.ErrorContains(t, err, "no-such-python is not there: install Python 3")
}
