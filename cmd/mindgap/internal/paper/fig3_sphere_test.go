package paper

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/geometry"
)

func TestFig3SphereHolds(t *testing.T) {
	for _, device := range []string{"host", "gl"} {
		t.Run(device, func(t *testing.T) {
			r := holds(t, fig3Sphere, &Env{Device: open(t, device), Seed: 1})
			s := r.Tables["sphere"]
			require.Equal(t, []string{"spacing", "matched", "logit_scale", "dtheta", "loss", "distance"}, s.Columns)
			require.Len(t, s.Rows, 2*2*5*181)
			require.Equal(t, []any{20.0, false, 1.0, -90}, s.Rows[0][:4])
			require.InDelta(t, math.Log(6), s.Rows[0][4], 1e-12)
			require.Equal(t, []string{"spacing", "matched", "logit_scale", "argmin_deg", "loss", "exact_deg"}, r.Tables["minima"].Columns)
			require.Len(t, r.Tables["minima"].Rows, 20)
			require.Equal(t, 78, r.Tables["minima"].Rows[4][3])
		})
	}
}

// Losses that are off by 2e-5, and a device beyond its bound, are seen.
func TestFig3SphereClaimsCanFail(t *testing.T) {
	var curves []sphereCurve
	for _, matched := range []bool{false, true} {
		c := sphereCurve{Sphere: geometry.Sphere{Spacing: 20, Matched: matched}, scale: 100, share: 1.5}
		for d := -sphereDegrees; d <= sphereDegrees; d++ {
			c.loss = append(c.loss, c.Loss(100, float64(d))+2e-5*float64(d))
		}
		curves = append(curves, c)
	}
	failed := map[string]bool{}
	for _, c := range sphereClaims(curves) {
		failed[c.ID] = !c.Holds
	}
	for _, id := range []string{"engine", "losses", "poles", "even", "argmin", "matched-at-zero"} {
		require.True(t, failed[id], id)
	}
}

// The widget fetches nothing, and its root is where its style and script look for it.
func TestSphereWidgetIsOffline(t *testing.T) {
	for _, text := range []string{sphereWidget.HTML, sphereWidget.Script} {
		for _, outside := range []string{"http", "fetch(", "import", "</script", "url("} {
			require.NotContains(t, text, outside)
		}
	}
	require.Contains(t, sphereWidget.HTML, "#"+fig3Sphere.Name+"-widget")
	require.True(t, strings.HasPrefix(sphereWidget.Script, `"use strict"`))
}
