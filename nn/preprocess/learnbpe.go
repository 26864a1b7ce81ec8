package preprocess

import (
	"maps"
	"slices"
	"strings"
)

// LearnMerges makes a vocabulary of byte pairs from texts (Sennrich, Haddow and Birch 2016), as
// a file merges.txt that OpenBPE reads and other readers of CLIP's vocabulary do. Texts are
// cleaned and cut into words as CLIP's are. Again and again the pair of neighbouring symbols
// that occurs most often in all words becomes one symbol, the first in the order of bytes where
// several do, until there are most merges, or no pair occurs twice. The same texts, in any
// order, give the same bytes.
func LearnMerges(texts []string, most int) []byte {
	l := newLearner(texts)
	var out strings.Builder
	out.WriteString("#version: 0.2\n")
	for range most {
		best, count := symbolPair{}, 1
		for p, n := range l.counts {
			if n > count || n == count && count > 1 && p.before(best) {
				best, count = p, n
			}
		}
		if count < 2 {
			break
		}
		out.WriteString(best.left + " " + best.right + "\n")
		l.merge(best)
	}
	return []byte(out.String())
}

// BPEOfMerges is the tokenizer of a list of merges, such as LearnMerges makes, for rows of context
// ids.
func BPEOfMerges(data []byte, context int) (*BPE, error) {
	const name = "the merges"
	v, err := parseMerges(name, data)
	if err != nil {
		return nil, err
	}
	if v.ids, err = idsByPlace(name, &v); err != nil {
		return nil, err
	}
	return newBPE(name, v, context)
}

type symbolPair struct{ left, right string }

func (p symbolPair) before(q symbolPair) bool {
	return p.left < q.left || p.left == q.left && p.right < q.right
}

// learner keeps the different words as symbols, and of each pair of neighbours how often it
// occurs, and in which words it did at some time.
type learner struct {
	words  [][]string
	times  []int // how often each word occurs
	counts map[symbolPair]int
	in     map[symbolPair]map[int]bool
}

func newLearner(texts []string) *learner {
	times := map[string]int{}
	for _, text := range texts {
		for word, rest := nextWord(cleanText(text)); word != ""; word, rest = nextWord(rest) {
			if word != startMark && word != endMark {
				times[word]++
			}
		}
	}
	l := &learner{counts: map[symbolPair]int{}, in: map[symbolPair]map[int]bool{}}
	for i, word := range slices.Sorted(maps.Keys(times)) {
		symbols := make([]string, len(word))
		for j := range len(word) {
			symbols[j] = byteSymbols[word[j]]
		}
		symbols[len(symbols)-1] += endOfWord
		l.words, l.times = append(l.words, symbols), append(l.times, times[word])
		l.count(i, 1)
	}
	return l
}

// count adds the pairs of a word, or takes them away with sign -1.
func (l *learner) count(word, sign int) {
	symbols := l.words[word]
	for i := range len(symbols) - 1 {
		p := symbolPair{symbols[i], symbols[i+1]}
		if l.counts[p] += sign * l.times[word]; l.counts[p] == 0 {
			delete(l.counts, p)
		}
		if l.in[p] == nil {
			l.in[p] = map[int]bool{}
		}
		l.in[p][word] = true
	}
}

// merge makes a pair one symbol in all words, from left to right.
func (l *learner) merge(p symbolPair) {
	for word := range l.in[p] {
		l.count(word, -1)
		var out []string
		for symbols := l.words[word]; len(symbols) > 0; {
			if len(symbols) > 1 && symbols[0] == p.left && symbols[1] == p.right {
				out, symbols = append(out, p.left+p.right), symbols[2:]
				continue
			}
			out, symbols = append(out, symbols[0]), symbols[1:]
		}
		l.words[word] = out
		l.count(word, 1)
	}
	delete(l.in, p)
}
