package sceneclip

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/contrastive/scenes"
)

// Lessons begin with large single objects in the centre of plain grounds, grow harder, and show
// nothing that is held out.
func TestLessons(t *testing.T) {
	const n = 8000
	x := Lessons(5, n)
	count := func(from, to int, is func(s scenes.Spec) bool) float64 {
		yes := 0
		for i := from; i < to; i++ {
			s := x.At(i)
			require.NoError(t, s.Valid())
			require.Equal(t, scenes.Train, s.Split(), "scene %d", i)
			if is(s) {
				yes++
			}
		}
		return float64(yes) / float64(to-from)
	}
	single := func(s scenes.Spec) bool { return len(s.All()) == 1 && s.Kinds[0].Count == 1 }
	centred := func(s scenes.Spec) bool { return s.Kinds[0].Place == scenes.Centre && s.Kinds[0].Size == scenes.Large }
	plain := func(s scenes.Spec) bool { return s.Texture == scenes.Plain && s.Style == scenes.Flat }
	require.Equal(t, 1.0, count(0, 3*n/8, single))
	// Where an easy scene would be one that is held out, it is left as it was: one in sixteen.
	require.Greater(t, count(0, 3*n/32, centred), .9)
	require.Greater(t, count(0, 3*n/32, plain), .9)
	require.InDelta(t, .5, count(3*n/16-200, 3*n/16+200, centred), .1)
	require.InDelta(t, 1.0/18, count(3*n/8-400, 3*n/8, centred), .04)
	require.InDelta(t, 1.0/24, count(3*n/8, n, plain), .02)
	require.InDelta(t, 1.0/3+2.0/3/8, count(3*n/8, n, single), .02)

	require.Equal(t, x.At(77), Lessons(5, n).At(77))
	require.NotEqual(t, x.At(77), Lessons(6, n).At(77))
}

// Captions are a scene's own, in the shares that are said.
func TestCaptionShares(t *testing.T) {
	const n = 6000
	source := scenes.Source{Seed: 3}
	var got shares
	for i := range n {
		s := source.At(i)
		at := slices.Index(s.Captions(), someCaption(s, againShares))
		require.GreaterOrEqual(t, at, 0)
		got[at] += 1.0 / n
	}
	require.InDeltaSlice(t, againShares[:], got[:], .03) // two captions of a scene may read the same
	require.Contains(t, source.At(9).Captions(), Varied(source).Caption(9))
}
