package scenes

import (
	"slices"
	"strings"

	"mindgap/nn/preprocess"
)

// ContextLength is how many ids a caption is encoded in: the longest has 22 words, and each
// is set between a start and an end.
const ContextLength = 24

// noun is a noun in both numbers.
type noun struct{ one, many string }

// Synonyms, the canonical word first.
var (
	styleWords = [...][]string{
		Flat: {"flat", "simple"}, Outlined: {"outlined", "inked"}, Hatched: {"hatched", "sketched"}, Shaded: {"shaded", "glossy"},
	}
	sizeWords  = [...][]string{Small: {"small", "little"}, Large: {"large", "big"}}
	colorWords = [...][]string{
		Red: {"red"}, Orange: {"orange"}, Yellow: {"yellow"}, Green: {"green"}, Blue: {"blue"},
		Purple: {"purple", "violet"}, Black: {"black"}, White: {"white"},
	}
	shapeWords = [...][]noun{
		Circle: {{"circle", "circles"}, {"disc", "discs"}}, Square: {{"square", "squares"}, {"box", "boxes"}},
		Triangle: {{"triangle", "triangles"}}, Star: {{"star", "stars"}}, Heart: {{"heart", "hearts"}},
		Cross: {{"cross", "crosses"}}, Ring: {{"ring", "rings"}, {"hoop", "hoops"}}, Diamond: {{"diamond", "diamonds"}},
	}
	placeWords = [...][]string{
		TopLeft: {"at top left", "at upper left"}, Top: {"at the top", "on the top"}, TopRight: {"at top right", "at upper right"},
		Left: {"on the left", "at the left"}, Centre: {"in the centre", "in the middle"}, Right: {"on the right", "at the right"},
		BottomLeft: {"at bottom left", "at lower left"}, Bottom: {"at the bottom", "on the bottom"}, BottomRight: {"at bottom right", "at lower right"},
	}
	// textured are the textures as adjectives. Plain and Fading have no noun: they stand before
	// the ground's name ("plain sky"), the others' nouns after it ("sky stripes").
	textured      = [...]string{Plain: "plain", Fading: "fading", Stripes: "striped", Dots: "dotted", Checks: "checked", Clouds: "cloudy"}
	pictureWords  = []string{"photo", "picture", "image", "drawing"}
	anything      = noun{"shape", "shapes"}
	functionWords = []string{"a", "an", "of", "and", "on", "with", "background"}
)

// vocabulary is all words of the grammar; tokenizer gives their ids.
var (
	vocabulary = makeVocabulary()
	tokenizer  = makeTokenizer(vocabulary)
)

func makeVocabulary() []string {
	texts := slices.Concat(functionWords, pictureWords, []string{anything.one, anything.many}, Counts, Grounds, textured[:], Textures)
	for _, lists := range [][][]string{styleWords[:], sizeWords[:], colorWords[:], placeWords[:]} {
		texts = append(texts, slices.Concat(lists...)...)
	}
	for _, nouns := range shapeWords {
		for _, n := range nouns {
			texts = append(texts, n.one, n.many)
		}
	}
	var words []string
	for _, w := range strings.Fields(strings.Join(texts, " ")) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

func makeTokenizer(words []string) *preprocess.WordVocabulary {
	v, err := preprocess.NewWordVocabulary(words, ContextLength)
	if err != nil {
		panic(err) // the grammar has a word that is none
	}
	return v
}

// Vocabulary gives every word of every caption and prompt.
func Vocabulary() []string { return slices.Clone(vocabulary) }

// Tokenizer turns captions, and prompts in words of the vocabulary, into ContextLength ids.
func Tokenizer() *preprocess.WordVocabulary { return tokenizer }

// Tokens gives the ids of the canonical caption.
func (a Attributes) Tokens() []int32 { return tokenizer.Encode(a.Caption()) }
