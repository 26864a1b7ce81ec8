package scenes

import "strings"

// CaptionsPerScene is how many captions each scene has, from the fullest to the shortest.
const CaptionsPerScene = 5

// Caption is the canonical caption. It says all attributes, each in one way:
//
//	a STYLE drawing of KIND [and KIND] on GROUND
//	KIND    a|two|three|four SIZE COLOR SHAPE PLACE     "two small red stars on the left"
//	GROUND  plain|fading COLOR, or COLOR TEXTURE        "plain sky", "navy stripes"
//
// [Parse] reads it back.
func (a Attributes) Caption() string { return a.caption(newVoice(nil), "drawing") }

func (a *Attributes) caption(v voice, picture string) string {
	v.add("a", v.say(styleWords[a.Style]), picture, "of")
	v.kinds(v.order(a.All()), true, true)
	v.add("on")
	v.ground(a)
	return v.text()
}

// Captions are the canonical caption and four paraphrases of it, with synonyms and in other
// orders, that say less and less:
//
//	1  everything, or everything but the style
//	2  the kinds without sizes or without places, and perhaps the ground
//	3  number, colour and shape
//	4  one attribute of one kind, worded as the prompts of [Tasks] are
//
// They are true of the scene, have at most 22 words, and depend on the spec alone.
func (s Spec) Captions() []string {
	d := newDraws(keyWords, s.Seed)
	all := s.All()
	texts := make([]string, 0, CaptionsPerScene)
	texts = append(texts, s.Caption(), s.retold(&d, all))

	v := newVoice(&d)
	v.add("a", pick(&d, pictureWords), "of")
	sizes := d.below(2) == 0
	v.kinds(v.order(all), sizes, !sizes)
	if d.below(2) == 0 {
		v.add("on")
		v.ground(&s.Attributes)
	}
	texts = append(texts, v.text())

	v = newVoice(&d)
	v.add("a", pick(&d, pictureWords), "of")
	v.kinds(v.order(all), false, false)
	texts = append(texts, v.text())

	v = newVoice(&d)
	v.add("a", pick(&d, pictureWords), "of")
	v.aspect(all)
	return append(texts, v.text())
}

// retold says everything in one of three orders.
func (s *Spec) retold(d *draws, all []Kind) string {
	v := newVoice(d)
	switch d.below(3) {
	case 0:
		v.ground(&s.Attributes)
		v.add("with")
		v.kinds(v.order(all), true, true)
	case 1:
		v.kinds(v.order(all), true, true)
		v.add("on a", textured[s.Texture], Grounds[s.Ground], "background")
	default:
		return s.caption(v, "picture")
	}
	return v.text()
}

// voice puts a caption's words together. With random numbers it chooses among synonyms,
// without it takes the canonical word.
type voice struct {
	d     *draws
	words []string
}

func newVoice(d *draws) voice { return voice{d, make([]string, 0, ContextLength)} }

func (v *voice) add(words ...string) { v.words = append(v.words, words...) }

// text joins the words; "a" before a vowel becomes "an".
func (v *voice) text() string {
	words := strings.Fields(strings.Join(v.words, " "))
	for i, w := range words[:len(words)-1] {
		if w == "a" && strings.ContainsRune("aeiou", rune(words[i+1][0])) {
			words[i] = "an"
		}
	}
	return strings.Join(words, " ")
}

func (v *voice) say(synonyms []string) string { return synonyms[v.choose(len(synonyms))] }

func (v *voice) choose(n int) int {
	if v.d == nil {
		return 0
	}
	return v.d.below(n)
}

// order may swap two kinds.
func (v *voice) order(kinds []Kind) []Kind {
	if len(kinds) == 2 && v.choose(2) == 1 {
		return []Kind{kinds[1], kinds[0]}
	}
	return kinds
}

func (v *voice) kinds(kinds []Kind, sizes, places bool) {
	for i, k := range kinds {
		if i > 0 {
			v.add("and")
		}
		v.number(k.Count)
		if sizes {
			v.add(v.say(sizeWords[k.Size]))
		}
		v.add(v.say(colorWords[k.Color]))
		nouns := shapeWords[k.Shape]
		v.noun(k.Count, nouns[v.choose(len(nouns))])
		if places {
			v.add(v.say(placeWords[k.Place]))
		}
	}
}

func (v *voice) number(count int) {
	if count == 1 {
		v.add("a")
	} else {
		v.add(Counts[count-1])
	}
}

func (v *voice) noun(count int, n noun) {
	if count == 1 {
		v.add(n.one)
	} else {
		v.add(n.many)
	}
}

func (v *voice) ground(a *Attributes) {
	if a.Texture <= Fading {
		v.add(Textures[a.Texture], Grounds[a.Ground])
	} else {
		v.add(Grounds[a.Ground], Textures[a.Texture])
	}
}

// aspect says the shape, the colour, the place or, of an only kind, the number.
func (v *voice) aspect(kinds []Kind) {
	k := kinds[v.choose(len(kinds))]
	what := v.choose(5 - len(kinds))
	if what == 3 {
		v.add(Counts[k.Count-1])
		v.noun(k.Count, anything)
		return
	}
	if k.Count == 1 {
		v.add("a")
	}
	switch what {
	case 0:
		v.noun(k.Count, shapeWords[k.Shape][0])
	case 1:
		v.add(colorWords[k.Color][0])
		v.noun(k.Count, anything)
	case 2:
		v.noun(k.Count, anything)
		v.add(placeWords[k.Place][0])
	}
}
