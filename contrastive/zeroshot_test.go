package contrastive

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/geometry"
)

func TestPredict(t *testing.T) {
	texts, err := geometry.NewRows(2, 2, []float64{1, 0, 0, 1})
	require.NoError(t, err)
	images, err := geometry.NewRows(3, 2, []float64{0.8, 0.6, 0.6, 0.8, -1, 0})
	require.NoError(t, err)
	p := Predict(images, texts)
	require.Equal(t, []int{0, 1, 1}, p)
	require.InDelta(t, 2.0/3, Accuracy(p, []int{0, 1, 0}), 1e-15)
}

func TestAUC(t *testing.T) {
	yes := []bool{false, false, true, true}
	require.InDelta(t, 0.75, AUC([]float64{0.1, 0.4, 0.35, 0.8}, yes), 1e-15) // the example of scikit-learn's roc_auc_score
	require.InDelta(t, 0.5, AUC([]float64{1, 1, 1, 1}, yes), 1e-15)
	require.InDelta(t, 0, AUC([]float64{4, 3, 2, 1}, yes), 1e-15)
	require.InDelta(t, 0.5, AUC([]float64{1, 2}, []bool{true, true}), 0)
}
