package paper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/geometry"
)

func TestFig3PointsHolds(t *testing.T) {
	for _, device := range []string{"host", "gl"} {
		t.Run(device, func(t *testing.T) {
			r := holds(t, fig3Points, &Env{Device: open(t, device), Seed: 1, AsPublished: device == "gl"})
			p := r.Tables["points"]
			require.Equal(t, []string{"labels", "logit_scale", "z", "loss"}, p.Columns)
			require.Len(t, p.Rows, 3*7*101)
			require.Equal(t, []any{"matched", 1.0, 0.0}, p.Rows[50][:3])
			require.InDelta(t, 1.444198, p.Rows[50][3], 1e-6)
			require.Equal(t, "as_published", p.Rows[2*7*101][0])
		})
	}
}

func TestFig3PointsClaimsCanFail(t *testing.T) {
	var curves []pointCurve
	for _, l := range labellings {
		c := pointCurve{labels: l, scale: 100, z: pointHeights(), share: 1.5}
		for _, z := range c.z {
			c.loss = append(c.loss, geometry.NinePointLoss(100, z, l)+2e-5*float64(l))
		}
		curves = append(curves, c)
	}
	failed := map[string]bool{}
	for _, c := range pointClaims(curves) {
		failed[c.ID] = !c.Holds
	}
	for _, id := range []string{"engine", "zero", "poles", "matched-at-centre", "half-a-swap"} {
		require.True(t, failed[id], id)
	}
}
