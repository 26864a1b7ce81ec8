package preprocess

import (
	"slices"
	"sync"
)

// BPE is CLIP's byte-pair tokenizer (Radford et al. 2021; Sennrich, Haddow and Birch 2016). A
// text is cleaned and cut into words; a word is a sequence of symbols, at first one for each
// byte of its UTF-8, the last one marked as the end of the word; then the pair of
// neighbours that stands first in the list of merges becomes one symbol, until no pair of
// neighbours is in the list. Every symbol has an id.
//
// Ids equal those of the published tokenizer, its repair of mojibake (ftfy) left out; the
// exceptions are texts that Python cannot write as UTF-8, whose faults become U+FFFD.
type BPE struct {
	marks
	size        int
	inner, last [256]int32 // symbols of a byte within a word, and at its end
	merges      map[pair]merge

	mu    sync.RWMutex
	cache map[string][]int32 // ids of words
}

// pair is two neighbouring symbols, merge the one that they become; a low rank goes first.
type pair struct{ left, right int32 }
type merge struct{ rank, symbol int32 }

// What the cache keeps: words that come again are short, and a language has so many.
const (
	cachedWords = 1 << 17
	cachedBytes = 64
)

// Size is the number of ids.
func (t *BPE) Size() int { return t.size }

// Encode gives the row of a text: start mark, ids, end mark, zeros.
func (t *BPE) Encode(text string) []int32 { return t.frame(t.ids(text, t.room())) }

// IDs gives all ids of a text, without marks, however many.
func (t *BPE) IDs(text string) []int32 { return t.ids(text, -1) }

// ids gives the ids of a text; it stops at a word's end when there are at least most, if that
// is not negative.
func (t *BPE) ids(text string, most int) []int32 {
	ids := make([]int32, 0, 16)
	word, rest := nextWord(cleanText(text))
	for word != "" && (most < 0 || len(ids) < most) {
		ids = append(ids, t.word(word)...)
		word, rest = nextWord(rest)
	}
	return ids
}

// word gives the ids of one word. The caller must not change them.
func (t *BPE) word(word string) []int32 {
	switch word {
	case startMark:
		return []int32{t.start}
	case endMark:
		return []int32{t.end}
	}
	t.mu.RLock()
	ids, ok := t.cache[word]
	t.mu.RUnlock()
	if ok {
		return ids
	}
	ids = t.apply(word)
	if len(word) <= cachedBytes {
		t.mu.Lock()
		if len(t.cache) < cachedWords {
			t.cache[string([]byte(word))] = ids // not a part of the text, which would stay in memory
		}
		t.mu.Unlock()
	}
	return ids
}

// apply merges the symbols of a word. All pairs of one rank are merged from left to right
// before pairs that come to be by that are looked at. A queue gives the next pair, so that
// a word of n bytes costs n log n, whatever is in it.
func (t *BPE) apply(word string) []int32 {
	l := newSymbols(t, word)
	var q rankQueue
	for i := range len(word) - 1 {
		l.enqueue(&q, int32(i))
	}
	var fresh []int32
	for len(q) > 0 {
		rank := q[0].rank()
		fresh = fresh[:0]
		for len(q) > 0 && q[0].rank() == rank {
			i := q.pop().at()
			if m, ok := l.pairAt(i); ok && m.rank == rank {
				l.join(i, m.symbol)
				fresh = append(fresh, l.prev[i], i)
			}
		}
		for _, i := range fresh {
			l.enqueue(&q, i)
		}
	}
	return slices.DeleteFunc(l.id, func(id int32) bool { return id == gone })
}

// gone is the id of a symbol that has become part of the one on its left.
const gone = -1

// symbols is a word's sequence: a list linked by positions, -1 and len(id) being its ends.
type symbols struct {
	t              *BPE
	id, prev, next []int32
}

func newSymbols(t *BPE, word string) symbols {
	n := len(word)
	all := make([]int32, 2*n)
	l := symbols{t, make([]int32, n), all[:n], all[n:]}
	for i := range n {
		l.id[i], l.prev[i], l.next[i] = t.inner[word[i]], int32(i-1), int32(i+1)
	}
	l.id[n-1] = t.last[word[n-1]]
	return l
}

// pairAt gives the merge of the symbol at i with the one on its right.
func (l symbols) pairAt(i int32) (m merge, ok bool) {
	if i < 0 || l.id[i] == gone || int(l.next[i]) >= len(l.id) {
		return merge{}, false
	}
	m, ok = l.t.merges[pair{l.id[i], l.id[l.next[i]]}]
	return m, ok
}

// join makes the symbol at i and its right neighbour one.
func (l symbols) join(i, symbol int32) {
	right := l.next[i]
	l.id[i], l.id[right] = symbol, gone
	l.next[i] = l.next[right]
	if after := l.next[i]; int(after) < len(l.id) {
		l.prev[after] = i
	}
}

func (l symbols) enqueue(q *rankQueue, i int32) {
	if m, ok := l.pairAt(i); ok {
		q.push(ranked(m.rank)<<32 | ranked(i))
	}
}
