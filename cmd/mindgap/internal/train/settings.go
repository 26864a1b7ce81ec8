package train

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Settings are what a run was begun with, run.json: all that its results depend on.
type Settings struct {
	Schema  int               `json:"schema"`
	Command string            `json:"command"` // the same as a command line, without folder and device
	Kind    string            `json:"kind"`    // embeddings, pairs, scenes
	Data    []string          `json:"data"`
	Flags   map[string]string `json:"flags"`  // by name, as they are written
	Inputs  map[string]string `json:"inputs"` // Job.Inputs
	Device  string            `json:"device"`
	On      string            `json:"renderer"`
	Program string            `json:"program"`
}

// settingsSchema rises when a field changes its meaning.
const settingsSchema = 1

func (s *Settings) encode() []byte {
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		panic(err) // of texts and maps of texts
	}
	return append(data, '\n')
}

func decodeSettings(data []byte) (*Settings, error) {
	s := &Settings{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, err
	}
	if s.Schema != settingsSchema {
		return nil, fmt.Errorf("schema %d, want %d", s.Schema, settingsSchema)
	}
	return s, nil
}

// Where is the device with its renderer.
func (s *Settings) Where() string { return fmt.Sprintf("%s (%s)", s.Device, s.On) }

// Kinds of runs.
const (
	KindEmbeddings = "embeddings"
	KindPairs      = "pairs"
	KindScenes     = "scenes"
)

// Differ names the settings in which a run that is to go on differs from the one that was begun;
// neither device nor program is one of them.
func (s *Settings) Differ(now *Settings) []string {
	var out []string
	add := func(name, was, is string) {
		if was != is {
			out = append(out, fmt.Sprintf("%s (%s in the run, %s now)", name, was, is))
		}
	}
	add("kind of data", s.Kind, now.Kind)
	for _, name := range keys(s.Flags, now.Flags) {
		add("--"+name, s.Flags[name], now.Flags[name])
	}
	if len(out) > 0 {
		return out
	}
	for _, name := range keys(s.Inputs, now.Inputs) {
		if s.Inputs[name] != now.Inputs[name] {
			out = append(out, name+" (the content has changed)")
		}
	}
	return out
}

func keys(a, b map[string]string) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
