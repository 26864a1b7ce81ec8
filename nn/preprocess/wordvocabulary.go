package preprocess

import "fmt"

// WordVocabulary is a tokenizer for few words, such as those of a small grammar: one id a word.
// It cleans and cuts texts as CLIP's does.
//
//	0              nothing: what is behind the end
//	1 .. n         the words, in order
//	n+1            any other word
//	n+2, n+3       start and end. As in CLIP the end mark has the largest id, by which a text
//	               encoder finds it
type WordVocabulary struct {
	marks
	ids map[string]int32
}

// NewWordVocabulary makes the tokenizer of rows of context ids. Words are lower case; what CLIP's
// pattern cuts in two, such as "t-shirt", is no word.
func NewWordVocabulary(words []string, context int) (*WordVocabulary, error) {
	if context < 3 {
		return nil, fmt.Errorf("rows of %d ids have no room for the marks and a word; 3 is the least", context)
	}
	n := int32(len(words))
	v := &WordVocabulary{marks{start: n + 2, end: n + 3, context: context}, make(map[string]int32, n)}
	for i, w := range words {
		clean := cleanText(w)
		if word, rest := nextWord(clean); word != w || rest != "" || w == "" {
			return nil, fmt.Errorf("word %d (the first is 0), %s: want one word in lower case; texts are cut into runs of letters, single digits and runs of other signs", i, shortened(w))
		}
		if twin, ok := v.ids[w]; ok {
			return nil, fmt.Errorf("words %d and %d (the first is 0) are both %s", twin-1, i, shortened(w))
		}
		v.ids[w] = int32(i + 1)
	}
	return v, nil
}

// Size is the number of ids: that of the words, and four.
func (v *WordVocabulary) Size() int { return len(v.ids) + 4 }

// Encode gives the row of a text: start mark, ids, end mark, zeros.
func (v *WordVocabulary) Encode(text string) []int32 {
	ids := make([]int32, 0, v.context)
	word, rest := nextWord(cleanText(text))
	for word != "" && len(ids) < v.room() {
		id, ok := v.ids[word]
		if !ok {
			id = int32(len(v.ids)) + 1
		}
		ids = append(ids, id)
		word, rest = nextWord(rest)
	}
	return v.frame(ids)
}
