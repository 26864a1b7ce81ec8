package paper

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/nn/models"
)

// The rows that the program computes itself: a CLIP before training and the own model, marked.
func TestFig1OwnRows(t *testing.T) {
	runs := fig1Runs{pairs: 18, trainedN: 24, random: models.CLIPConfig{
		Image: models.ViTConfig{Image: 32, Patch: 16, Width: 64, Layers: 2, Heads: 1, Out: 32},
		Text:  models.TextConfig{Context: 24, Vocab: clipVocabulary, Width: 64, Layers: 2, Heads: 1, Out: 32},
	}}
	for _, name := range []string{"host", "gl"} {
		t.Run(name, func(t *testing.T) {
			x := *fig1
			x.Run = func(ctx context.Context, e *Env) (*report.Result, error) {
				sets, says, err := fig1Own(ctx, e, runs)
				require.NoError(t, err)
				require.Zero(t, e.Device.Memory().Live)
				return fig1Of(ctx, e, sets, says)
			}
			e := &Env{Device: open(t, name), Seed: 1, Scale: Quick}
			var first []byte
			for range 2 {
				r, err := x.Do(t.Context(), e)
				require.NoError(t, err)
				rows := r.Tables["gap"].Rows
				require.Len(t, rows, 2)
				require.Equal(t, []any{"own", Pretrained}, rows[0][:2])
				require.Equal(t, []any{24, 64}, rows[0][3:5])
				require.Equal(t, []any{"clip-random", Random}, rows[1][:2])
				require.Equal(t, []any{18, 32}, rows[1][3:5])
				for _, row := range rows {
					require.Contains(t, row[2], "surrogate: ")
				}
				require.Contains(t, r.Figures[0].Caption, "surrogate: own model")
				require.True(t, claimOf(t, r, "device").Holds)
				data, err := r.Encode()
				require.NoError(t, err)
				require.True(t, first == nil || bytes.Equal(first, data))
				first = data
			}
		})
	}
}
