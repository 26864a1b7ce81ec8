package preprocess

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// textCase is a text with the ids that another implementation gives it.
type textCase struct {
	Text    string  `json:"text"`
	IDs     []int32 `json:"ids"`
	Context []int32 `json:"context"`
}

func readCases(t *testing.T, path string) []textCase {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var cases []textCase
	require.NoError(t, json.Unmarshal(data, &cases))
	require.NotEmpty(t, cases)
	return cases
}

func tiny(t testing.TB) *BPE {
	bpe, err := OpenBPE("testdata/bpe_tiny.txt", CLIPContext)
	require.NoError(t, err)
	return bpe
}

// The definition, as testdata/bpe.py runs it on Python's html, str and regex.
func TestBPEEqualsDefinition(t *testing.T) {
	bpe := tiny(t)
	require.Equal(t, 512+300+2, bpe.Size()) // bytes, the script's merges, marks
	for _, c := range readCases(t, "testdata/bpe_cases.json") {
		require.Equal(t, c.IDs, append([]int32{}, bpe.IDs(c.Text)...), "%q", c.Text)
		requireRow(t, bpe, c.Text, c.IDs)
	}
}

// requireRow holds a row to its definition: start, ids, end, zeros; the end stays in the row.
func requireRow(t *testing.T, bpe *BPE, text string, ids []int32) {
	row := bpe.Encode(text)
	require.Len(t, row, bpe.Context())
	want := append(append([]int32{bpe.start}, ids...), bpe.end)
	if len(want) > len(row) {
		want = append(want[:len(row)-1], bpe.end)
	}
	require.Equal(t, append(want, make([]int32, len(row)-len(want))...), row, "%q", text)
}

// The published vocabulary and the ids that the published tokenizer gives: data/clip.
func TestPublishedTokenizer(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "clip")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("CLIP's vocabulary is absent (shared/data/clip lies beside the repository where it is)")
	}
	bpe, err := OpenBPE(dir, CLIPContext) // the folder; the list is packed
	require.NoError(t, err)
	require.Equal(t, 49408, bpe.Size())
	cases := readCases(t, filepath.Join(dir, "tokens.json"))
	require.Len(t, cases, 297)
	texts := make([]string, len(cases))
	for i, c := range cases {
		texts[i] = c.Text
		require.Equal(t, c.IDs, append([]int32{}, bpe.IDs(c.Text)...), "%q", c.Text)
		require.Equal(t, c.Context, bpe.Encode(c.Text), "%q", c.Text)
	}
	rows := EncodeAll(bpe, texts) // from the cache, on all cores
	for i, c := range cases {
		require.Equal(t, c.Context, rows[i*CLIPContext:(i+1)*CLIPContext], "%q", c.Text)
	}
}

// naive merges as the definition says: the best pair everywhere, from left to right, again.
func naive(bpe *BPE, word string) []int32 {
	var ids []int32
	for _, b := range []byte(word) {
		ids = append(ids, bpe.inner[b])
	}
	ids[len(ids)-1] = bpe.last[word[len(word)-1]]
	for {
		best, found := merge{}, false
		for i := range len(ids) - 1 {
			if m, ok := bpe.merges[pair{ids[i], ids[i+1]}]; ok && (!found || m.rank < best.rank) {
				best, found = m, true
			}
		}
		if !found {
			return ids
		}
		var next []int32
		for i := 0; i < len(ids); i++ {
			if i+1 < len(ids) && bpe.merges[pair{ids[i], ids[i+1]}] == best {
				next = append(next, best.symbol)
				i++
			} else {
				next = append(next, ids[i])
			}
		}
		ids = next
	}
}

// Merges in any order, also those in which a pair that comes to be by a merge would go before
// it, give what the definition gives.
func TestBPEMergesAnyVocabulary(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		known := []string{"a", "b", "c", "a</w>", "b</w>", "c</w>"}
		var merges [][2]string
		for len(merges) < 30 {
			left, right := known[r.IntN(len(known))], known[r.IntN(len(known))]
			if strings.HasSuffix(left, endOfWord) || len(left+right) > 14 {
				continue
			}
			merges = append(merges, [2]string{left, right})
			known = append(known, left+right)
		}
		v := vocabulary{merges: merges, at: "merge"}
		ids, err := idsByPlace("x", &v)
		require.NoError(t, err)
		r.Shuffle(len(merges), func(i, j int) { merges[i], merges[j] = merges[j], merges[i] })
		v.ids = ids
		bpe, err := newBPE("x", v, 8)
		if err != nil { // a symbol that was made twice has left its first id
			require.ErrorContains(t, err, "lacks")
			continue
		}
		for range 50 {
			word := make([]byte, 1+r.IntN(40))
			for i := range word {
				word[i] = "abc"[r.IntN(3)]
			}
			require.Equal(t, naive(bpe, string(word)), bpe.apply(string(word)), "seed %d: %s", seed, word)
		}
	}
}

func TestTokenizersAreConcurrent(t *testing.T) {
	bpe := tiny(t)
	r := rand.New(rand.NewPCG(3, 1))
	texts := make([]string, 3000)
	for i := range texts {
		texts[i] = fmt.Sprintf("word %d circle%d", r.IntN(50), r.IntN(200))
	}
	rows := EncodeAll(bpe, texts)
	fresh := tiny(t)
	for i, text := range texts {
		require.Equal(t, fresh.Encode(text), rows[i*CLIPContext:(i+1)*CLIPContext])
	}
	require.Empty(t, EncodeAll(bpe, nil))
}

// What is in the cache does not hang on to the texts, and does not grow for ever.
func TestCacheIsBounded(t *testing.T) {
	bpe := tiny(t)
	long := strings.Repeat("q", cachedBytes+1)
	bpe.Encode(long + " short")
	require.Contains(t, bpe.cache, "short")
	require.NotContains(t, bpe.cache, long)
	for i := range cachedWords {
		bpe.cache[fmt.Sprint(i)] = nil
	}
	n := len(bpe.cache)
	require.Equal(t, tiny(t).Encode("another"), bpe.Encode("another"))
	require.Len(t, bpe.cache, n)
}

func TestWordVocabulary(t *testing.T) {
	v, err := NewWordVocabulary([]string{"a", "red", "circle", ",", "'s", "7"}, 7)
	require.NoError(t, err)
	require.Equal(t, 10, v.Size())
	require.Equal(t, 7, v.Context())
	for text, want := range map[string][]int32{
		"":                       {8, 9, 0, 0, 0, 0, 0},
		"A  red circle":          {8, 1, 2, 3, 9, 0, 0},
		"a blue circle, 7":       {8, 1, 7, 3, 4, 6, 9},
		"circle's red a red red": {8, 3, 5, 2, 1, 2, 9},
	} {
		require.Equal(t, want, v.Encode(text), text)
		require.EqualValues(t, v.Size()-1, slices.Max(v.Encode(text)))
	}
	var _ Tokenizer = v
	for says, words := range map[string][]string{
		`"t-shirt": want one word in lower case`: {"a", "t-shirt"},
		`word 0 (the first is 0), "Red"`:         {"Red"},
		`word 0 (the first is 0), "42"`:          {"42"},
		`word 1 (the first is 0), ""`:            {"a", ""},
		`word 0 (the first is 0), " a"`:          {" a"},
		`words 0 and 2 (the first is 0)`:         {"a", "b", "a"},
	} {
		_, err := NewWordVocabulary(words, 8)
		require.ErrorContains(t, err, says)
	}
	_, err = NewWordVocabulary(nil, 2)
	require.ErrorContains(t, err, "3 is the least")
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", "It's", "&#x3A3;&notit;", "a\u0345\u0130\u03a3 <|endoftext|>", "\xff\xfe", strings.Repeat("banana", 40)} {
		f.Add(s)
	}
	bpe := tiny(f)
	words, err := NewWordVocabulary([]string{"a", "the", "circle"}, 9)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		requireRow(t, bpe, text, bpe.IDs(text))
		row := words.Encode(text)
		require.Len(t, row, 9)
		require.Equal(t, words.start, row[0])
		require.Equal(t, 1, len(slices.DeleteFunc(row, func(id int32) bool { return id != words.end })))
	})
}

func BenchmarkEncode(b *testing.B) {
	bpe := tiny(b)
	for b.Loop() {
		bpe.Encode("A photo of three large yellow hexagons on a striped background.")
	}
}
