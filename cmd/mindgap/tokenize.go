package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"mindgap/nn/preprocess"
)

func (a *app) tokenizeCmd() *cobra.Command {
	var vocab, in string
	var asJSON bool
	c := &cobra.Command{
		Use: "tokenize --vocab FILE", Short: "Turn texts into the token ids that CLIP's text encoder reads",
		Long: `tokenize cuts texts into CLIP's byte pairs and prints 77 ids for each: the start mark, the
text, the end mark, zeros. A text that is too long loses its end. Ids are those of the published
tokenizer, without its optional repair of mojibake (ftfy).

The vocabulary is a tokenizer.json, a vocab.json or merges.txt with the other one beside, or
OpenAI's bpe_simple_vocab_16e6.txt.gz; a folder stands for the one that is in it.

Texts are lines; with --json they are one array of strings, and the ids an array of arrays.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if vocab == "" {
				return errors.New("tokenize needs a vocabulary: --vocab FILE, such as the tokenizer.json that lies beside a model's weights")
			}
			t, err := preprocess.OpenBPE(vocab, preprocess.CLIPContext)
			if err != nil {
				return err
			}
			name, data, err := a.readInput(in)
			if err != nil {
				return err
			}
			texts, err := parseTexts(name, data, asJSON)
			if err != nil {
				return err
			}
			return a.writeTokens(c.Context(), t, texts, asJSON)
		},
	}
	c.Flags().StringVar(&vocab, "vocab", "", "vocabulary: a `file`, or a folder that holds one")
	c.Flags().StringVar(&in, "in", "-", "`file` with the texts; - is standard input")
	c.Flags().BoolVar(&asJSON, "json", false, "read a JSON array of strings, print a JSON array of arrays")
	return c
}

// readInput reads a file, or standard input, and gives its name for messages.
func (a *app) readInput(path string) (name string, data []byte, err error) {
	if path == "-" {
		name = "standard input"
		data, err = io.ReadAll(a.stdin)
	} else {
		name = path
		data, err = os.ReadFile(path)
	}
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	if err != nil {
		return name, nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	return name, data, nil
}

// parseTexts reads the lines of a text, or the strings of a JSON array.
func parseTexts(name string, data []byte, asJSON bool) ([]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if asJSON {
		return parseStrings(name, data)
	}
	if len(data) == 0 {
		return nil, nil
	}
	texts := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for i, text := range texts {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("%s: line %d is no UTF-8; convert the file first", name, i+1)
		}
	}
	return texts, nil
}

func parseStrings(name string, data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: no UTF-8; convert the file first", name)
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(data, &rows); err != nil || rows == nil {
		if err == nil || !errors.As(err, new(*json.SyntaxError)) {
			err = errors.New("it holds something else")
		}
		return nil, fmt.Errorf(`%s: want a JSON array of strings, ["a cat", "a dog"]: %w`, name, err)
	}
	texts := make([]string, len(rows))
	for i, row := range rows {
		if row[0] != '"' || json.Unmarshal(row, &texts[i]) != nil {
			return nil, fmt.Errorf("%s: element %d (the first is 0) is %s; want a string", name, i, shorten(string(row), 40))
		}
	}
	return texts, nil
}

// writeTokens prints a row of ids for each text, one a line, so that JSON reads well too.
func (a *app) writeTokens(ctx context.Context, t preprocess.Tokenizer, texts []string, asJSON bool) error {
	const block = 4096
	separator, before, between, after := byte(' '), "", "\n", "\n"
	switch {
	case len(texts) == 0 && asJSON:
		after = "[]\n"
	case len(texts) == 0:
		after = ""
	case asJSON:
		separator, before, between, after = ',', "[[", "],\n [", "]]\n"
	}
	for lo := 0; lo < len(texts); lo += block {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var b []byte
		rows := preprocess.EncodeAll(t, texts[lo:min(lo+block, len(texts))])
		for row := range slices.Chunk(rows, t.Context()) {
			b = append(b, before...)
			for i, id := range row {
				if i > 0 {
					b = append(b, separator)
				}
				b = strconv.AppendInt(b, int64(id), 10)
			}
			before = between
		}
		if _, err := a.stdout.Write(b); err != nil {
			return err
		}
	}
	a.printf("%s", after)
	return nil
}
