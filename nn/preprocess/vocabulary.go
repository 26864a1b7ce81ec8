package preprocess

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// OpenBPE reads CLIP's vocabulary as it is published, and gives the tokenizer of rows of context
// ids. A file is recognised by its content:
//
//	tokenizer.json                   of Hugging Face's tokenizers
//	vocab.json, merges.txt           either; the other one lies beside it. Without a vocab.json
//	                                 the merges alone say all
//	bpe_simple_vocab_16e6.txt(.gz)   as OpenAI ships it
//
// A folder stands for the first of these that is in it. All may be packed by gzip. A vocabulary
// of fewer merges is as good. The error names the file and what is wrong in it.
func OpenBPE(path string, context int) (*BPE, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return openFolder(path, context)
	}
	data, err := readPacked(path)
	if err != nil {
		return nil, err
	}
	var v vocabulary
	if isJSON(data) {
		v, err = parseJSON(path, data)
	} else {
		v, err = parseText(path, data)
	}
	if err != nil {
		return nil, err
	}
	return newBPE(path, v, context)
}

// folderFiles are the names that OpenBPE looks for in a folder.
var folderFiles = []string{"tokenizer.json", "vocab.json", "bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt", "merges.txt"}

func openFolder(path string, context int) (*BPE, error) {
	for _, name := range folderFiles {
		file := filepath.Join(path, name)
		if _, err := os.Stat(file); err == nil {
			return OpenBPE(file, context)
		}
	}
	return nil, fmt.Errorf("%s: none of %s is in this folder", path, strings.Join(folderFiles, ", "))
}

// vocabulary is what the files say, before it is checked.
type vocabulary struct {
	ids     map[string]int32
	merges  [][2]string
	at      string // what a merge's number counts, for messages: "line", "merge"
	first   int    // the number of the first merge
	unknown string // the symbol for bytes that have none
}

// parseText reads a list of merges: one line of two symbols each, below a line that gives the
// version. If a vocab.json lies beside, it has the ids.
func parseText(path string, data []byte) (vocabulary, error) {
	v, err := parseMerges(path, data)
	if err != nil {
		return vocabulary{}, err
	}
	beside := sibling(path, "merges.txt", "vocab.json")
	raw, err := readPacked(beside)
	switch {
	case beside == path || errors.Is(err, fs.ErrNotExist) || published(data):
		v.ids, err = idsByPlace(path, &v)
	case err == nil:
		v.ids, err = parseIDs(beside, raw)
	}
	return v, err
}

// parseJSON reads a tokenizer.json, or a vocab.json with the merges beside.
func parseJSON(path string, data []byte) (vocabulary, error) {
	if v, ok, err := parseTokenizer(path, data); ok || err != nil {
		return v, err
	}
	ids, err := parseIDs(path, data)
	if err != nil {
		return vocabulary{}, err
	}
	beside := sibling(path, "vocab.json", "merges.txt")
	raw, err := readPacked(beside)
	if errors.Is(err, fs.ErrNotExist) || beside == path {
		return vocabulary{}, fmt.Errorf("%s: symbols without their merges; %s has to lie beside it", path, filepath.Base(beside))
	}
	if err != nil {
		return vocabulary{}, err
	}
	v, err := parseMerges(beside, raw)
	v.ids = ids
	return v, err
}

// sibling is the file beside path that is called to where path is called from: x-vocab.json
// goes with x-merges.txt.
func sibling(path, from, to string) string {
	dir, base := filepath.Split(strings.TrimSuffix(path, ".gz"))
	before, ok := strings.CutSuffix(base, from)
	if !ok {
		before = ""
	}
	return filepath.Join(dir, before+to)
}

// publishedMerges is how many merges CLIP takes from the list, which has more.
const publishedMerges = 49152 - 256 - 2

// published reports whether a list of merges is the one that OpenAI ships.
func published(data []byte) bool {
	return strings.HasPrefix(strings.TrimPrefix(string(data[:min(len(data), 64)]), `"`), "bpe_simple_vocab")
}

// parseMerges reads the merges of a list, without ids.
func parseMerges(path string, data []byte) (vocabulary, error) {
	head, rest, _ := strings.Cut(string(data), "\n")
	if !strings.Contains(head, "#version") {
		return vocabulary{}, fmt.Errorf("%s: no vocabulary of CLIP: a list of merges begins with a line with #version; tokenizer.json and vocab.json are JSON objects", path)
	}
	v := vocabulary{at: "line", first: 2}
	rest = strings.TrimRight(rest, "\r\n")
	for i := 0; rest != "" && i < publishedMerges; i++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		symbols := strings.Fields(line)
		if len(symbols) != 2 {
			return vocabulary{}, fmt.Errorf("%s: line %d: want two symbols to merge, not %s", path, i+v.first, shortened(line))
		}
		v.merges = append(v.merges, [2]string(symbols))
	}
	return v, nil
}

// idsByPlace numbers symbols as CLIP does: the bytes, the bytes at the end of a word, what each
// merge makes, the two marks.
func idsByPlace(path string, v *vocabulary) (map[string]int32, error) {
	ids := make(map[string]int32, 2*256+len(v.merges)+2)
	next := int32(0)
	add := func(symbol string) { ids[symbol] = next; next++ }
	for _, suffix := range []string{"", endOfWord} {
		for _, b := range bytesInOrder {
			add(byteSymbols[b] + suffix)
		}
	}
	for i, m := range v.merges {
		for _, symbol := range m {
			if _, ok := ids[symbol]; !ok {
				return nil, fmt.Errorf("%s: line %d: %s is neither a byte nor made by an earlier line", path, i+v.first, shortened(symbol))
			}
		}
		add(m[0] + m[1])
	}
	add(startMark)
	add(endMark)
	return ids, nil
}

// shortened quotes text from a file for a message.
func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return strconv.Quote(string(r[:most])) + "..."
	}
	return strconv.Quote(s)
}
