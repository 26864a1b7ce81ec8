package preprocess

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// endOfWord ends symbols that end a word.
const endOfWord = "</w>"

// byteSymbols are the characters that stand for bytes: printable ones for themselves, the others
// for those from U+0100 on, in order. bytesInOrder lists the first before the second.
var byteSymbols, bytesInOrder = func() (symbols [256]string, order []byte) {
	var rest []byte
	for b := range 256 {
		if b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE {
			symbols[b] = string(rune(b))
			order = append(order, byte(b))
		} else {
			symbols[b] = string(rune(0x100 + len(rest)))
			rest = append(rest, byte(b))
		}
	}
	return symbols, append(order, rest...)
}()

// largestID keeps tables that are made by it small; the largest vocabularies have 2^18 ids.
const largestID = 1 << 24

// newBPE checks a vocabulary and makes the tokenizer.
func newBPE(path string, v vocabulary, context int) (*BPE, error) {
	if context < 3 {
		return nil, fmt.Errorf("rows of %d ids have no room for the marks and a text; 3 is the least", context)
	}
	t := &BPE{merges: make(map[pair]merge, len(v.merges)), cache: map[string][]int32{}}
	names := make(map[int32]string, len(v.ids))
	for symbol, id := range v.ids {
		if id < 0 || id >= largestID {
			return nil, fmt.Errorf("%s: symbol %s has the id %d; want 0 to %d", path, shortened(symbol), id, largestID-1)
		}
		if twin, ok := names[id]; ok {
			return nil, fmt.Errorf("%s: symbols %s and %s have the same id %d", path, shortened(min(symbol, twin)), shortened(max(symbol, twin)), id)
		}
		names[id] = symbol
		t.size = max(t.size, int(id)+1)
	}
	t.context = context
	for mark, to := range map[string]*int32{startMark: &t.start, endMark: &t.end} {
		id, ok := v.ids[mark]
		if !ok {
			return nil, fmt.Errorf("%s: no vocabulary of CLIP: the mark %s is missing", path, mark)
		}
		*to = id
	}
	unknown, ok := v.ids[v.unknown]
	if !ok {
		unknown = t.end // CLIP's own unknown token
	}
	for b, symbol := range byteSymbols {
		t.inner[b], t.last[b] = unknown, unknown
		if id, ok := v.ids[symbol]; ok {
			t.inner[b] = id
		}
		if id, ok := v.ids[symbol+endOfWord]; ok {
			t.last[b] = id
		}
	}
	for rank, m := range v.merges {
		left, lok := v.ids[m[0]]
		right, rok := v.ids[m[1]]
		both, ok := v.ids[m[0]+m[1]]
		if !lok || !rok || !ok {
			return nil, fmt.Errorf("%s: %s %d of its merges, %s and %s: the vocabulary lacks one of them or what they make", path, v.at, rank+v.first, shortened(m[0]), shortened(m[1]))
		}
		t.merges[pair{left, right}] = merge{int32(rank), both}
	}
	return t, nil
}

// largestFile bounds what a vocabulary may take in memory; the largest that is published has 5 MB.
const largestFile = 64 << 20

// readPacked reads a file, and unpacks it where it is gzip.
func readPacked(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	data, err := readLimited(f)
	if err == nil && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var unpack *gzip.Reader
		if unpack, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, err = readLimited(unpack)
		}
		if err != nil && !errors.Is(err, errLarge) {
			return nil, fmt.Errorf("%s: gzip data are broken or end early (%w); copy the file again", path, err)
		}
	}
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

var errLarge = fmt.Errorf("no vocabulary: more than %d MB", largestFile>>20)

func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, largestFile+1))
	if err == nil && len(data) > largestFile {
		err = errLarge
	}
	return data, err
}
