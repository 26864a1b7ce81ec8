package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"mindgap/cmd/mindgap/internal/embed"
)

// readCaptions reads lines, or the strings of a JSON array, which ".json" or an array says.
func (a *app) readCaptions(file string) ([]string, error) {
	name, data, err := a.readInput(file)
	if err != nil {
		return nil, err
	}
	asJSON := strings.HasSuffix(strings.ToLower(file), ".json")
	if trimmed := bytes.TrimSpace(data); bytes.HasPrefix(trimmed, []byte("[")) {
		asJSON = asJSON || json.Valid(trimmed)
	}
	texts, err := parseTexts(name, data, asJSON)
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s: no captions; want one a line, or a JSON array of strings", name)
	}
	empty, named := 0, 0
	for i, text := range texts {
		texts[i] = strings.TrimSuffix(text, "\r")
		if strings.TrimSpace(text) == "" {
			empty++
		}
		if before, _, tab := strings.Cut(text, "\t"); tab && embed.IsPicture(before) {
			named++
		}
	}
	if empty > 0 {
		a.log.Warn(fmt.Sprintf("%s: %d of %d captions are empty; their rows are all the same", name, empty, len(texts)))
	}
	if named == len(texts) {
		a.log.Warn(name + ": every line begins with the name of an image and a tab, which are embedded, too; to embed the captions alone: cut -f 2- FILE | mindgap embed --captions - ...")
	}
	return texts, nil
}
