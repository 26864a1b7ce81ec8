package sceneclip

import (
	"mindgap/contrastive/scenes"
)

// Lessons are n scenes to be trained on in order, each with one of its captions. Colours and
// grounds are learned within minutes; shapes, numbers and places hide behind them for hours when
// everything varies from the beginning. So the first quarter shows single objects, with the short
// captions that nothing but shape, colour and place tells apart: at first large in the centre,
// flat on a plain ground, then more and more of them anyhow. The rest shows everything.
func Lessons(seed uint64, n int) Examples {
	one, any := scenes.Source{Seed: seed, Content: scenes.OneObject}, scenes.Source{Seed: seed}
	first := n / 4
	at := func(i int) scenes.Spec {
		if i >= first {
			return any.At(i)
		}
		s := one.At(i)
		if easy := easier(s, float64(i)/float64(first)); easy.Split() == scenes.Train {
			return easy
		}
		return s
	}
	return Examples{at, someCaption}
}

// Varied are the scenes of a source with one of their captions each.
func Varied(source scenes.Source) Examples { return Examples{source.At, someCaption} }

func someCaption(s scenes.Spec) string { return s.Captions()[captionOf(s)] }

// easier makes a scene of one object easier to see, the more often the earlier t is between 0
// and 1.
func easier(s scenes.Spec, t float64) scenes.Spec {
	if dice(s.Seed, 1) > (t-.25)/.5 {
		s.Kinds[0].Size, s.Kinds[0].Place = scenes.Large, scenes.Centre
	}
	if dice(s.Seed, 2) > (t-.4)/.6 {
		s.Texture, s.Style = scenes.Plain, scenes.Flat
	}
	return s
}

// Of a hundred scenes so many are trained with each of their captions, from the fullest on: of
// those with a single object, and of the others. The last caption, worded as zero-shot prompts
// are, fits many pictures of a batch.
var (
	oneShares = [scenes.CaptionsPerScene]float64{.05, .05, .05, .75, .1}
	anyShares = [scenes.CaptionsPerScene]float64{.35, .2, .15, .2, .1}
)

// captionOf says by chance which caption a scene is trained with.
func captionOf(s scenes.Spec) int {
	shares := anyShares
	if all := s.All(); len(all) == 1 && all[0].Count == 1 {
		shares = oneShares
	}
	x := dice(s.Seed, 3)
	for i, share := range shares {
		if x < share {
			return i
		}
		x -= share
	}
	return 0
}

// dice is a number in [0, 1) that depends on a scene's seed and the throw: the mixing function
// of SplitMix64 (Steele, Lea, Flood 2014).
func dice(seed, throw uint64) float64 {
	z := seed + throw*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}
