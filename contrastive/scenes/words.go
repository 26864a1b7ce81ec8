package scenes

import (
	"fmt"
	"slices"
	"strings"
)

// ContextLength is how many ids a caption is encoded in: the longest has 22 words, and each
// is set between a start and an end.
const ContextLength = 24

// Marks in the vocabulary. Padding has id 0 and the end of text the largest id, as in CLIP, so
// that the end can be found as the largest id of a row.
const (
	PadWord   = "<pad>"
	StartWord = "<start>"
	EndWord   = "<end>"
)

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

// vocabulary is all words in the order of their ids.
var vocabulary, wordIDs = makeVocabulary()

func makeVocabulary() ([]string, map[string]int32) {
	texts := slices.Concat(functionWords, pictureWords, []string{anything.one, anything.many}, Counts, Grounds, textured[:], Textures)
	for _, lists := range [][][]string{styleWords[:], sizeWords[:], colorWords[:], placeWords[:]} {
		texts = append(texts, slices.Concat(lists...)...)
	}
	for _, nouns := range shapeWords {
		for _, n := range nouns {
			texts = append(texts, n.one, n.many)
		}
	}
	words := []string{PadWord}
	ids := map[string]int32{}
	for _, w := range strings.Fields(strings.Join(texts, " ")) {
		if _, seen := ids[w]; !seen {
			ids[w] = int32(len(words))
			words = append(words, w)
		}
	}
	return append(words, StartWord, EndWord), ids
}

// Vocabulary gives every word of every caption and prompt, and the three marks: word i has id i.
func Vocabulary() []string { return slices.Clone(vocabulary) }

// Encode gives the ContextLength ids of a text: start, words, end, padding. The error names a
// word that the vocabulary lacks, or says that the text is too long.
func Encode(text string) ([]int32, error) {
	ids := make([]int32, ContextLength)
	words := strings.Fields(text)
	if len(words) > ContextLength-2 {
		return nil, fmt.Errorf("scenes: %d words in %q: want at most %d", len(words), text, ContextLength-2)
	}
	ids[0] = int32(len(vocabulary) - 2)
	for i, w := range words {
		id, ok := wordIDs[w]
		if !ok {
			return nil, fmt.Errorf("scenes: no scene's caption has the word %q of %q; Vocabulary lists all", w, text)
		}
		ids[1+i] = id
	}
	ids[1+len(words)] = int32(len(vocabulary) - 1)
	return ids, nil
}

// Tokens gives the ids of the canonical caption.
func (a Attributes) Tokens() []int32 {
	ids, err := Encode(a.Caption())
	if err != nil {
		panic(err) // the vocabulary is made of the grammar's words
	}
	return ids
}
