package sceneclip

import (
	"mindgap/contrastive/scenes"
)

// Lessons are n scenes to be trained on in order, each with one of its captions. Colours are
// learned from some ten thousand pairs; shapes and places did not show after a hundred thousand
// when everything varied from the beginning. So the first three eighths show single objects, with the
// short captions that nothing but shape, colour and place tells apart: at first large in the
// centre, flat on a plain ground, then more and more of them anyhow. The rest shows everything,
// and every third time a single object again, mostly with the shortest of its captions, worded
// as zero-shot prompts are.
func Lessons(seed uint64, n int) Examples {
	one, any := scenes.Source{Seed: seed, Content: scenes.OneObject}, scenes.Source{Seed: seed}
	first := 3 * n / 8
	at := func(i int) scenes.Spec {
		switch {
		case i >= first && i%3 == 0:
			return one.At(i)
		case i >= first:
			return any.At(i)
		}
		s := one.At(i)
		if easy := easier(s, float64(i)/float64(first)); easy.Split() == scenes.Train {
			return easy
		}
		return s
	}
	return Examples{at, func(i int) string {
		switch {
		case i < first:
			return someCaption(at(i), firstShares)
		case i%3 == 0:
			return someCaption(at(i), againShares)
		}
		return someCaption(at(i), anyShares)
	}}
}

// Varied are the scenes of a source with one of their captions each.
func Varied(source scenes.Source) Examples {
	return Examples{source.At, func(i int) string { return someCaption(source.At(i), anyShares) }}
}

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

// shares say how often each of a scene's captions is taken, from the fullest on. The shortest one
// fits many pictures of a batch, which teaches little but its words.
type shares [scenes.CaptionsPerScene]float64

var (
	firstShares = shares{.05, .05, .05, .75, .1}
	againShares = shares{.1, .1, .1, .2, .5}
	anyShares   = shares{.35, .2, .15, .2, .1}
)

// someCaption is one of a scene's captions, chosen by the scene's seed.
func someCaption(s scenes.Spec, of shares) string {
	x, list := dice(s.Seed, 3), s.Captions()
	for i, share := range of {
		if x < share {
			return list[i]
		}
		x -= share
	}
	return list[0]
}

// dice is a number in [0, 1) that depends on a scene's seed and the throw: the mixing function
// of SplitMix64 (Steele, Lea, Flood 2014).
func dice(seed, throw uint64) float64 {
	z := seed + throw*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}
