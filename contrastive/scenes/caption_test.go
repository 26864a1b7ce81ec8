package scenes

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCaptionsRoundTrip(t *testing.T) {
	for i := range 5000 {
		s := Source{Seed: 7, Split: Split(i % 2)}.At(i)
		got, err := Parse(s.Caption())
		require.NoError(t, err)
		require.Equal(t, s.Attributes, got)
	}
}

// Captions have few words, all of the vocabulary, and name nothing that is not there.
func TestCaptionsAreTrue(t *testing.T) {
	known := map[string]bool{}
	for _, w := range Vocabulary() {
		known[w] = true
	}
	longest := 0
	said := map[string]bool{}
	for i := range 4000 {
		s := Source{Seed: 8}.At(i)
		captions := s.Captions()
		require.Len(t, captions, CaptionsPerScene)
		require.Equal(t, s.Caption(), captions[0])
		require.NotEqual(t, captions[0], captions[1])
		words := strings.Fields(strings.Join(captions, " "))
		for _, w := range words {
			require.True(t, known[w], w)
			said[w] = true
		}
		for shape, nouns := range shapeWords {
			for _, n := range nouns {
				mentioned := slices.Contains(words, n.one) || slices.Contains(words, n.many)
				require.False(t, mentioned && !slices.ContainsFunc(s.All(), func(k Kind) bool { return k.Shape == Shape(shape) }), captions)
			}
		}
		for color, names := range colorWords {
			mentioned := slices.ContainsFunc(names, func(n string) bool { return slices.Contains(words, n) })
			require.False(t, mentioned && !slices.ContainsFunc(s.All(), func(k Kind) bool { return k.Color == Color(color) }), captions)
		}
		for _, c := range captions {
			longest = max(longest, len(strings.Fields(c)))
			require.NotRegexp(t, `\ba [aeiou]|\ban [^aeiou]`, c)
		}
	}
	require.Equal(t, ContextLength-2, longest, "start and end stand around it")
	require.Len(t, said, len(known), "every word is used")
	require.Len(t, known, 87, "as the package's comment says")
}

func TestCaptionWording(t *testing.T) {
	a := Attributes{Hatched, Sky, Stripes, [2]Kind{{Star, Red, Small, 2, Left}, {Ring, Orange, Large, 1, Right}}}
	require.Equal(t, "a hatched drawing of two small red stars on the left and a large orange ring on the right on sky stripes", a.Caption())
	a = Attributes{Outlined, Navy, Fading, [2]Kind{{Shape: Cross, Color: White, Count: 4, Place: Centre}}}
	require.Equal(t, "an outlined drawing of four small white crosses in the centre on fading navy", a.Caption())
}

func TestParseRefuses(t *testing.T) {
	for caption, says := range map[string]string{
		"": "word 1 is \"\": want a or an",
		"a flat drawing of a small red star on the left":                                                         "word 12 is \"\": want on",
		"a flat drawing of a small mauve star on the left on plain sky":                                          "word 7 is \"mauve\": want a colour: red, orange",
		"a flat drawing of five small red stars on the left on plain sky":                                        "word 5 is \"five\": want a number: one, two",
		"a flat drawing of two small red star on the left on plain sky":                                          "word 8 is \"star\": want a shape: circles",
		"a flat drawing of a small red star under the left on plain sky":                                         "want a place, such as on the left",
		"a flat drawing of a small red star on the left on sky plain":                                            "word 14 is \"plain\": want a texture: stripes",
		"a flat drawing of a small red star on the left on plain sky today":                                      "want the end",
		"a simple drawing of a small red star on the left on plain sky":                                          "want a style: flat",
		"a flat drawing of a small yellow star on the left on plain cream":                                       "yellow objects do not stand out from a cream ground",
		"an flat drawing of a small red star on the left on plain sky":                                           "want \"a flat drawing",
		"a flat drawing of one small red star on the left on plain sky":                                          "want \"a flat drawing of a small",
		"a flat  drawing of a small red star on the left on plain sky":                                           "want \"a flat drawing of a small",
		"a flat drawing of a small red star on the left and":                                                     "word 13 is \"\": want a number",
		"a flat drawing of a small red star on the right and a small blue ring on the left on plain sky":         "opposite sides or two corners, in reading order",
		"a flat drawing of a small red star on the left and a small red ring on the right on plain sky":          "one shape or colour",
		"a flat drawing of three small red stars on the left and two small blue rings on the right on plain sky": "at most 4 together",
	} {
		_, err := Parse(caption)
		require.ErrorContains(t, err, says, caption)
		require.NotContains(t, err.Error(), "\n")
	}
}

func FuzzParse(f *testing.F) {
	for i := range 20 {
		f.Add(Source{}.At(i).Caption())
	}
	f.Add("a flat drawing of and on")
	f.Fuzz(func(t *testing.T, caption string) {
		if a, err := Parse(caption); err == nil {
			require.Equal(t, caption, a.Caption())
		}
	})
}

func TestValidRefuses(t *testing.T) {
	good := Source{Content: OneKind}.At(0).Attributes
	for says, spoil := range map[string]func(*Attributes){
		"style 4":                func(a *Attributes) { a.Style = 4 },
		"shape 8":                func(a *Attributes) { a.Kinds[0].Shape = 8 },
		"5 objects":              func(a *Attributes) { a.Kinds[0].Count = 5 },
		"0 objects":              func(a *Attributes) { a.Kinds[0].Count = 0 },
		"the second kind has no": func(a *Attributes) { a.Kinds[1].Shape = Star },
	} {
		a := good
		spoil(&a)
		require.ErrorContains(t, a.Valid(), says)
		require.Panics(t, func() { Spec{Attributes: a}.Render(64) })
	}
}

// Prompts and captions are encoded without a word that the tokenizer does not know, id n+1.
func TestTokens(t *testing.T) {
	words := Vocabulary()
	n := int32(len(words))
	name := func(id int32) string {
		switch id {
		case 0:
			return "-"
		case n + 2:
			return "start"
		case n + 3:
			return "end"
		}
		return words[id-1]
	}
	ids := Tokenizer().Encode("a photo of a star")
	require.Len(t, ids, ContextLength)
	require.Equal(t, n+3, slices.Max(ids), "the end is found as the largest id")
	var back []string
	for _, id := range ids[:8] {
		back = append(back, name(id))
	}
	require.Equal(t, "start a photo of a star end -", strings.Join(back, " "))
	require.Contains(t, Tokenizer().Encode("a photo of a dog"), n+1)
	for i := range 200 {
		s := Source{Seed: 2}.At(i)
		require.Equal(t, Tokenizer().Encode(s.Caption()), s.Tokens())
		for _, c := range s.Captions() {
			ids := Tokenizer().Encode(c)
			require.NotContains(t, ids, n+1)
			require.Contains(t, ids, n+3, "nothing was cut")
		}
	}
}
