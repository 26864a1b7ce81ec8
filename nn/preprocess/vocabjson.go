package preprocess

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// isJSON reports whether data is an object of JSON, which a list of merges never is.
func isJSON(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{"))
}

// parseIDs reads {"symbol": id, ...}.
func parseIDs(path string, data []byte) (map[string]int32, error) {
	var ids map[string]int32
	if err := json.Unmarshal(data, &ids); err != nil {
		return nil, fmt.Errorf(`%s: no vocabulary: want {"symbol": id, ...}: %w`, path, err)
	}
	return ids, nil
}

// tokenizerModel is the part of tokenizer.json that says what CLIP's tokenizer has to know.
type tokenizerModel struct {
	Type    string           `json:"type"`
	Vocab   map[string]int32 `json:"vocab"`
	Merges  []mergeJSON      `json:"merges"`
	Unknown string           `json:"unk_token"`
	Suffix  string           `json:"end_of_word_suffix"`
	Prefix  string           `json:"continuing_subword_prefix"`
}

// mergeJSON is a merge as either version of the format writes it: "a b" or ["a", "b"].
type mergeJSON [2]string

func (m *mergeJSON) UnmarshalJSON(data []byte) error {
	var symbols []string
	if data[0] == '[' {
		if err := json.Unmarshal(data, &symbols); err != nil {
			return err
		}
	} else {
		var line string
		if err := json.Unmarshal(data, &line); err != nil {
			return err
		}
		for _, s := range bytes.Fields([]byte(line)) {
			symbols = append(symbols, string(s))
		}
	}
	if len(symbols) != 2 || slices.Contains(symbols, "") {
		return fmt.Errorf("a merge has two symbols, not %s", shortened(string(data)))
	}
	*m = mergeJSON(symbols)
	return nil
}

// parseTokenizer reads a tokenizer.json; ok is false where the object is none.
func parseTokenizer(path string, data []byte) (v vocabulary, ok bool, err error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return v, false, fmt.Errorf("%s: no vocabulary: %w", path, err)
	}
	if !isJSON(top["model"]) { // of a vocab.json it may be the word "model"
		return v, false, nil
	}
	var m tokenizerModel
	if err := json.Unmarshal(top["model"], &m); err != nil {
		return v, true, fmt.Errorf("%s: model: %w", path, err)
	}
	if m.Type != "" && m.Type != "BPE" {
		return v, true, fmt.Errorf("%s: a tokenizer of type %s; CLIP's is BPE", path, shortened(m.Type))
	}
	if m.Suffix != endOfWord || m.Prefix != "" {
		return v, true, fmt.Errorf("%s: byte pairs of another kind: end_of_word_suffix is %s and continuing_subword_prefix %s, where CLIP has %q and \"\"", path, shortened(m.Suffix), shortened(m.Prefix), endOfWord)
	}
	var added []struct {
		ID      int32  `json:"id"`
		Content string `json:"content"`
	}
	if raw := top["added_tokens"]; raw != nil {
		if err := json.Unmarshal(raw, &added); err != nil {
			return v, true, fmt.Errorf("%s: added_tokens: %w", path, err)
		}
	}
	v = vocabulary{ids: m.Vocab, at: "merge", first: 1, unknown: m.Unknown}
	if v.ids == nil {
		v.ids = map[string]int32{}
	}
	for _, a := range added {
		v.ids[a.Content] = a.ID
	}
	for _, pair := range m.Merges {
		v.merges = append(v.merges, pair)
	}
	return v, true, nil
}
