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
	require.Equal(t, 1.0, count(0, n/4, single))
	// Where an easy scene would be one that is held out, it is left as it was: one in sixteen.
	require.Greater(t, count(0, n/16, centred), .9)
	require.Greater(t, count(0, n/16, plain), .9)
	require.InDelta(t, .5, count(n/8-200, n/8+200, centred), .1)
	require.InDelta(t, 1.0/18, count(n/4-400, n/4, centred), .04)
	require.InDelta(t, 1.0/24, count(n/4, n, plain), .02)
	require.InDelta(t, 1.0/8, count(n/4, n, single), .02)

	require.Equal(t, x.At(77), Lessons(5, n).At(77))
	require.NotEqual(t, x.At(77), Lessons(6, n).At(77))
}

// Every scene is trained with one of its captions, in the shares that are said.
func TestCaptionShares(t *testing.T) {
	const n = 6000
	for _, c := range []struct {
		content scenes.Content
		shares  [scenes.CaptionsPerScene]float64
	}{{scenes.OneObject, oneShares}, {scenes.AnyContent, anyShares}} {
		x := Varied(scenes.Source{Seed: 3, Content: c.content})
		var got [scenes.CaptionsPerScene]float64
		total := 0.0
		for i := range n {
			s := x.At(i)
			if c.content == scenes.AnyContent && len(s.All()) == 1 && s.Kinds[0].Count == 1 {
				continue
			}
			got[captionOf(s)]++
			total++
			require.True(t, slices.Contains(s.Captions(), x.Caption(s)))
		}
		for i, share := range c.shares {
			require.InDelta(t, share, got[i]/total, .02, "caption %d", i)
		}
	}
}
