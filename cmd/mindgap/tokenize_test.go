package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/nn/preprocess"
)

// tinyVocabulary is the one that testdata/bpe.py beside it learned.
const tinyVocabulary = "../../nn/preprocess/testdata/bpe_tiny.txt"

// tokenize runs the command with texts on standard input.
func tokenize(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	a := newApp(&out, &errs)
	a.stdin = strings.NewReader(stdin)
	code = a.run(t.Context(), append([]string{"tokenize"}, args...))
	return code, out.String(), errs.String()
}

func TestTokenize(t *testing.T) {
	bpe, err := preprocess.OpenBPE(tinyVocabulary, preprocess.CLIPContext)
	require.NoError(t, err)
	texts := []string{"", "A red circle", "it's\u00a0<b>&amp;", strings.Repeat("banana ", 90)}
	for range 5000 { // more than one block
		texts = append(texts, "the star")
	}
	var want [][]int32
	var lines strings.Builder
	for _, text := range texts {
		want = append(want, bpe.Encode(text))
		lines.WriteString(strings.Trim(fmt.Sprint(bpe.Encode(text)), "[]") + "\n")
	}
	array, err := json.Marshal(texts)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "texts")
	require.NoError(t, os.WriteFile(file, array, 0o644))
	for _, args := range [][]string{{"--in", file}, {"--in", "-"}, {}} {
		code, stdout, stderr := tokenize(t, string(array), append(args, "--json", "--vocab", tinyVocabulary)...)
		require.Zero(t, code, stderr)
		require.Empty(t, stderr)
		var got [][]int32
		require.NoError(t, json.Unmarshal([]byte(stdout), &got))
		require.Equal(t, want, got)
	}
	plain := strings.Join(texts, "\n")
	for _, stdin := range []string{plain, plain + "\n", "\ufeff" + plain, strings.ReplaceAll(plain, "\n", "\r\n")} {
		code, stdout, _ := tokenize(t, stdin, "--vocab", tinyVocabulary)
		require.Zero(t, code)
		require.Equal(t, lines.String(), stdout)
	}
	code, stdout, _ := tokenize(t, "[]", "--json", "--vocab", tinyVocabulary)
	require.Zero(t, code)
	require.Equal(t, "[]\n", stdout)
	code, stdout, _ = tokenize(t, "", "--vocab", tinyVocabulary)
	require.Zero(t, code)
	require.Empty(t, stdout)
	_, stdout, _ = tokenize(t, "\n", "--vocab", tinyVocabulary)
	require.Equal(t, 1, strings.Count(stdout, "\n"))
}

// Bad input is one line on stderr that says where, nothing on stdout, and status 2.
func TestTokenizeBadInput(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "vocab.gz")
	require.NoError(t, os.WriteFile(broken, []byte("\x1f\x8b\x08\x00\x00"), 0o644))
	vocab := []string{"--vocab", tinyVocabulary}
	for _, c := range []struct {
		stdin, says string
		args        []string
	}{
		{"a", "--vocab FILE", nil},
		{"a", "nothing: no such file", []string{"--vocab", "nothing"}},
		{"a", "tokenize_test.go: no vocabulary of CLIP", []string{"--vocab", "tokenize_test.go"}},
		{"a", "vocab.gz: gzip data are broken or end early", []string{"--vocab", broken}},
		{"a", "none of tokenizer.json", []string{"--vocab", t.TempDir()}},
		{"a", "nothing: cannot be read: no such file", append(vocab, "--in", "nothing")},
		{"a", "is a directory", append(vocab, "--in", t.TempDir())},
		{"a\n\xff\n", "standard input: line 2 is no UTF-8", vocab},
		{"[\"\xff\"]", "standard input: no UTF-8", append(vocab, "--json")},
		{"", "standard input: want a JSON array of strings", append(vocab, "--json")},
		{"[\"a\"", "want a JSON array of strings, [\"a cat\", \"a dog\"]: unexpected end", append(vocab, "--json")},
		{"[\"a\"] b", "want a JSON array of strings", append(vocab, "--json")},
		{"{\"a\": 1}", "want a JSON array of strings, [\"a cat\", \"a dog\"]: it holds something else", append(vocab, "--json")},
		{"null", "it holds something else", append(vocab, "--json")},
		{"[\"a\", [\"b\"]]", "element 1 (the first is 0) is [\"b\"]; want a string", append(vocab, "--json")},
		{"[\"a\", null]", "element 1 (the first is 0) is null; want a string", append(vocab, "--json")},
	} {
		code, stdout, stderr := tokenize(t, c.stdin, slices.Clone(c.args)...)
		require.Equal(t, 2, code, "%v: %s", c.args, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.says)
		require.True(t, strings.HasPrefix(stderr, "mindgap: "), stderr)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}
