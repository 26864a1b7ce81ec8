package preprocess

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func pack(data string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(data))
	w.Close()
	return b.String()
}

func encodeJSON(t testing.TB, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// folder writes files, given as name, content, name, content, ..., and gives their folder.
func folder(t testing.TB, files ...string) string {
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o644))
	}
	return dir
}

// tinyFiles is the tiny vocabulary in the forms that are published.
func tinyFiles(t testing.TB) (merges, vocab, tokenizer, tokenizerPairs string) {
	data, err := os.ReadFile("testdata/bpe_tiny.txt")
	require.NoError(t, err)
	v, err := parseMerges("tiny", data)
	require.NoError(t, err)
	ids, err := idsByPlace("tiny", &v)
	require.NoError(t, err)
	lines := []string{}
	for _, m := range v.merges {
		lines = append(lines, m[0]+" "+m[1])
	}
	model := map[string]any{"type": "BPE", "unk_token": endMark, "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "vocab": ids, "merges": lines}
	whole := map[string]any{"version": "1.0", "model": model, "added_tokens": []any{map[string]any{"id": ids[endMark], "content": endMark, "special": true}}}
	vocab, tokenizer = encodeJSON(t, ids), encodeJSON(t, whole)
	model["merges"] = v.merges
	return string(data), vocab, tokenizer, encodeJSON(t, whole)
}

// Every published form of one vocabulary, packed or not, named by file or by folder.
func TestVocabularyForms(t *testing.T) {
	merges, vocab, tokenizer, pairs := tinyFiles(t)
	list := strings.Replace(merges, "#version", `"bpe_simple_vocab_16e6.txt#version`, 1)
	for name, path := range map[string]string{
		"tokenizer.json":            filepath.Join(folder(t, "any.name", tokenizer), "any.name"),
		"tokenizer.json, new":       filepath.Join(folder(t, "tokenizer.json", pairs), "tokenizer.json"),
		"tokenizer.json, folder":    folder(t, "tokenizer.json", tokenizer, "vocab.json", "{}"),
		"vocab.json":                filepath.Join(folder(t, "vocab.json", vocab, "merges.txt", merges), "vocab.json"),
		"merges.txt":                filepath.Join(folder(t, "vocab.json", vocab, "merges.txt", merges), "merges.txt"),
		"merges.txt, alone":         filepath.Join(folder(t, "merges.txt", merges), "merges.txt"),
		"merges.txt, no last break": filepath.Join(folder(t, "merges.txt", strings.TrimSpace(merges)), "merges.txt"),
		"merges.txt, of Windows":    filepath.Join(folder(t, "merges.txt", strings.ReplaceAll(merges, "\n", "\r\n")), "merges.txt"),
		"x-vocab.json":              filepath.Join(folder(t, "x-vocab.json", vocab, "x-merges.txt", merges, "merges.txt", "#version\n"), "x-vocab.json"),
		"x-merges.txt":              filepath.Join(folder(t, "x-vocab.json", vocab, "x-merges.txt", merges, "vocab.json", "{}"), "x-merges.txt"),
		"vocab.json, folder":        folder(t, "vocab.json", vocab, "merges.txt", merges),
		"merges.txt, folder":        folder(t, "merges.txt", merges),
		"bpe_simple, packed":        folder(t, "bpe_simple_vocab_16e6.txt.gz", pack(list)),
		"bpe_simple, other vocab":   filepath.Join(folder(t, "bpe_simple_vocab_16e6.txt", list, "vocab.json", "{}"), "bpe_simple_vocab_16e6.txt"),
		"packed under another name": filepath.Join(folder(t, "v", pack(tokenizer)), "v"),
	} {
		bpe, err := OpenBPE(path, CLIPContext)
		require.NoError(t, err, name)
		want := tiny(t)
		require.Equal(t, want.Size(), bpe.Size(), name)
		text := "It's the painter's Picture &amp; 12 naïve bananas <|endoftext|>!"
		require.Equal(t, want.Encode(text), bpe.Encode(text), name)
	}
}

// A list is cut where CLIP cuts it, whatever stands below.
func TestPublishedListIsCut(t *testing.T) {
	var b strings.Builder
	b.WriteString("\"bpe_simple_vocab_16e6.txt#version: 0.2\n")
	for range publishedMerges + 5 {
		b.WriteString("a b\n")
	}
	b.WriteString("no merge at all\n")
	v, err := parseMerges("x", []byte(b.String()))
	require.NoError(t, err)
	require.Len(t, v.merges, 48894) // simple_tokenizer.py of openai/CLIP: merges[1:49152-256-2+1]
}

// Bytes that a vocabulary lacks become its unknown token, or the end mark.
func TestVocabularyWithoutAllBytes(t *testing.T) {
	ids := map[string]int32{"<unk>": 0, "l": 1, "o": 2, "w</w>": 3, "lo": 4, startMark: 5, endMark: 6}
	merges := "#version: 0.2\nl o\n"
	bpe, err := OpenBPE(folder(t, "vocab.json", encodeJSON(t, ids), "merges.txt", merges), 8)
	require.NoError(t, err)
	require.Equal(t, []int32{5, 4, 3, 6, 6, 2, 3, 6}, bpe.Encode("LOW x? ow"))
	model := map[string]any{"type": "BPE", "unk_token": "<unk>", "end_of_word_suffix": "</w>", "vocab": ids, "merges": []string{"l o"}}
	bpe, err = OpenBPE(folder(t, "tokenizer.json", encodeJSON(t, map[string]any{"model": model})), 8)
	require.NoError(t, err)
	require.Equal(t, []int32{5, 4, 3, 0, 0, 2, 3, 6}, bpe.Encode("LOW x? ow"))
}

func TestBadVocabulary(t *testing.T) {
	merges, vocab, tokenizer, _ := tinyFiles(t)
	marked := `{"a":0,"b":1,"<|startoftext|>":2,"<|endoftext|>":3`
	for says, path := range map[string]string{
		"none of tokenizer.json, vocab.json":                                folder(t),
		"nothing.json: no such file":                                        filepath.Join(folder(t), "nothing.json"),
		"no vocabulary of CLIP: a list of merges begins":                    filepath.Join(folder(t, "x", "one\ntwo\n"), "x"),
		"e: no vocabulary of CLIP":                                          filepath.Join(folder(t, "e", ""), "e"),
		"a.json: no vocabulary of CLIP":                                     filepath.Join(folder(t, "a.json", `["a"]`), "a.json"),
		"gzip data are broken or end early":                                 filepath.Join(folder(t, "x.gz", pack(merges)[:900]), "x.gz"),
		"h.gz: gzip data are broken":                                        filepath.Join(folder(t, "h.gz", pack(merges)[:5]), "h.gz"),
		"line 3: want two symbols to merge, not \"th\"":                     filepath.Join(folder(t, "x", "#version\na n\nth"), "x"),
		"line 3: want two symbols to merge, not \"a b c\"":                  filepath.Join(folder(t, "x", "#version\na n\na b c\n"), "x"),
		"line 2: \"zz\" is neither a byte nor made by an earlier line":      filepath.Join(folder(t, "x", "#version\nzz n\n"), "x"),
		"tokenizer.json: no vocabulary: unexpected end of JSON input":       folder(t, "tokenizer.json", tokenizer[:strings.Index(tokenizer, `,"vocab"`)]),
		"symbols without their merges; merges.txt has to lie beside it":     folder(t, "vocab.json", vocab),
		"want {\"symbol\": id, ...}: json: cannot unmarshal number 1.5":     folder(t, "vocab.json", `{"a":1.5}`, "merges.txt", merges),
		"the mark <|startoftext|> is missing":                               folder(t, "vocab.json", `{"a":0,"<|endoftext|>":1}`, "merges.txt", "#version\n"),
		`symbols "b" and "c" have the same id 1`:                            folder(t, "vocab.json", marked+`,"c":1}`, "merges.txt", "#version\n"),
		`symbol "c" has the id -1`:                                          folder(t, "vocab.json", marked+`,"c":-1}`, "merges.txt", "#version\n"),
		`symbol "c" has the id 1000000000`:                                  folder(t, "vocab.json", marked+`,"c":1000000000}`, "merges.txt", "#version\n"),
		`line 3 of its merges, "a" and "b": the vocabulary lacks one`:       folder(t, "vocab.json", marked+`,"aa":4}`, "merges.txt", "#version\na a\na b\n"),
		`merge 1 of its merges, "a" and "c"`:                                folder(t, "tokenizer.json", `{"model":{"end_of_word_suffix":"</w>","vocab":`+marked+`},"merges":["a c"]}}`),
		"a tokenizer of type \"WordPiece\"; CLIP's is BPE":                  folder(t, "tokenizer.json", `{"model":{"type":"WordPiece","vocab":{}}}`),
		"byte pairs of another kind: end_of_word_suffix is \"\"":            folder(t, "tokenizer.json", `{"model":{"type":"BPE","vocab":{},"merges":[]}}`),
		"a merge has two symbols, not \"\\\"a\\\"\"":                        folder(t, "tokenizer.json", `{"model":{"end_of_word_suffix":"</w>","vocab":{},"merges":["a"]}}`),
		"tokenizer.json: model: json: cannot unmarshal":                     folder(t, "tokenizer.json", `{"model":{"vocab":[]}}`),
		"tokenizer.json: added_tokens: json: cannot unmarshal":              folder(t, "tokenizer.json", `{"model":{"end_of_word_suffix":"</w>"},"added_tokens":3}`),
		"v.json: no vocabulary of CLIP: the mark":                           filepath.Join(folder(t, "v.json", `{"model":{"end_of_word_suffix":"</w>"}}`), "v.json"),
		"merges.txt: no vocabulary of CLIP: a list of merges begins with a": folder(t, "vocab.json", marked+"}", "merges.txt", "a b\n"),
	} {
		_, err := OpenBPE(path, CLIPContext)
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "\n", says)
	}
	_, err := OpenBPE("testdata/bpe_tiny.txt", 2)
	require.ErrorContains(t, err, "3 is the least")
	_, err = readPacked(filepath.Join(folder(t, "zeros.gz", pack(strings.Repeat("\x00", largestFile+1))), "zeros.gz"))
	require.ErrorContains(t, err, "zeros.gz: no vocabulary: more than 64 MB")
}

// Whatever a file holds: an error of one line, or a tokenizer that keeps its promise.
func FuzzVocabulary(f *testing.F) {
	const merges = "#version\na b\nab c</w>\n"
	const ids = `{"a":0,"b":1,"c</w>":2,"ab":3,"abc</w>":4,"<|startoftext|>":5,"<|endoftext|>":6}`
	const whole = `{"model":{"type":"BPE","unk_token":"a","end_of_word_suffix":"</w>","vocab":` + ids + `,"merges":["a b",["ab","c</w>"]]},"added_tokens":[{"id":7,"content":"x"}]}`
	for _, s := range []string{merges, ids, whole, "", "{", `{"model":{}}`, pack(merges), pack(merges)[:20]} {
		f.Add([]byte(s), []byte(merges))
	}
	f.Fuzz(func(t *testing.T, data, beside []byte) {
		dir := folder(t, "vocab.json", string(data), "merges.txt", string(beside))
		for _, name := range []string{"vocab.json", "merges.txt"} {
			bpe, err := OpenBPE(filepath.Join(dir, name), 5)
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				continue
			}
			row := bpe.Encode("a the banana")
			require.Len(t, row, 5)
			require.Equal(t, bpe.start, row[0])
			for _, id := range row {
				require.Less(t, int(id), bpe.Size())
				require.GreaterOrEqual(t, id, int32(0))
			}
		}
	})
}
