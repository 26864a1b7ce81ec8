package train

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive"
	"mindgap/contrastive/sceneclip"
)

// `mindgap train scenes` is the run that the weights in the program come from: its first steps
// have the losses that the file says. Another BLAS adds in another order.
func TestSceneRecipeGaveTheWeights(t *testing.T) {
	card, err := sceneclip.PretrainedCard()
	require.NoError(t, err)
	require.Equal(t, "mindgap train scenes", card.Command)
	d := openDevice(t, "host")
	s := d.Scope()
	defer s.Close()
	j, err := OpenScenes(s, SceneRecipe())
	require.NoError(t, err)
	r, err := j.run(d, nil, SceneRecipe())
	require.NoError(t, err)
	tr, err := contrastive.NewTrainer(d, j.Model, j.Pairs, r.config)
	require.NoError(t, err)
	defer tr.Close()
	const steps = 4
	for range steps {
		require.NoError(t, tr.Step())
	}
	losses, err := tr.Losses()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(card.First), steps)
	require.InDeltaSlice(t, card.First[:steps], losses, 2e-3)
	require.InDelta(t, card.First[0], losses[0], 2e-5, "before anything is learned")
}
