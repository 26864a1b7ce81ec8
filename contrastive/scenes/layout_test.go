package scenes

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// bodies gives all objects of a scene.
func (s *Spec) bodies() []body {
	var all []body
	for which := range s.All() {
		all = s.layout(all, which)
	}
	return all
}

// Objects are in the frame, apart from each other, and where the caption says.
func TestObjectsStandWhereTheyShould(t *testing.T) {
	for i := range 20_000 {
		s := Source{Seed: 3}.At(i)
		all := s.bodies()
		for j, b := range all {
			edge := min(b.x, b.y, 1-b.x, 1-b.y) - b.radius
			require.Greater(t, edge, .02, s.Caption())
			for _, c := range all[:j] {
				require.Greater(t, math.Hypot(b.x-c.x, b.y-c.y), b.radius+c.radius, s.Caption())
			}
			require.InDelta(t, 1, b.cos*b.cos+b.sin*b.sin, 1e-12)
		}
		at := 0
		for _, k := range s.All() {
			group := all[at : at+k.Count]
			x, y := middleOf(group, func(b body) float64 { return b.x }), middleOf(group, func(b body) float64 { return b.y })
			requireSide(t, int(k.Place%3)-1, x, s)
			requireSide(t, int(k.Place/3)-1, y, s)
			at += k.Count
		}
		require.Len(t, all, at)
	}
}

func middleOf(group []body, coordinate func(body) float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, b := range group {
		lo, hi = min(lo, coordinate(b)), max(hi, coordinate(b))
	}
	return (lo + hi) / 2
}

// requireSide wants a group's middle on its side of an axis: a group at a side reaches at most
// .33 from there and moves at most .05 from the margin of .04, one in the middle moves at most
// .05. Objects waver by .05 radii.
func requireSide(t *testing.T, side int, c float64, s Spec) {
	t.Helper()
	waver := .05 * soloRadius[Large][0]
	switch side {
	case -1:
		require.Less(t, c, .42+waver, s.Caption())
	case 0:
		require.InDelta(t, .5, c, .05+waver, s.Caption())
	case 1:
		require.Greater(t, c, .58-waver, s.Caption())
	}
}

// Whatever its radius, every kind that a source may draw has an arrangement that fits; and
// arrangements are balanced around their centre.
func TestArrangementsFit(t *testing.T) {
	for count, list := range arrangements {
		for _, at := range list {
			require.Len(t, at, 2*(count+1))
			lo, hi := [2]float64{}, [2]float64{}
			for i, c := range at {
				lo[i%2], hi[i%2] = min(lo[i%2], c), max(hi[i%2], c)
			}
			require.InDelta(t, -lo[0], hi[0], 1e-15)
			require.InDelta(t, -lo[1], hi[1], 1e-15)
			for i := 0; i < len(at); i += 2 {
				for j := 0; j < i; j += 2 {
					// Neighbours' circles keep apart also when each wavers by .05 radii on both axes.
					require.Greater(t, spread*math.Hypot(at[i]-at[j], at[i+1]-at[j+1]), 2+2*math.Sqrt2*.05)
				}
			}
		}
	}
	for i := range 20_000 {
		s := Source{Seed: 4}.At(i)
		require.NotPanics(t, func() { s.bodies() }, s.Caption())
	}
}

func TestLargeIsLarger(t *testing.T) {
	for i := range soloRadius[Small] {
		require.GreaterOrEqual(t, soloRadius[Large][i], 1.4*soloRadius[Small][i])
	}
	for i := range duoRadius[Small] {
		require.GreaterOrEqual(t, duoRadius[Large][i], 1.4*duoRadius[Small][i])
	}
}
