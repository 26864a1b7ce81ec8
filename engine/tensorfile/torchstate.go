package tensorfile

import (
	"slices"
	"strings"

	"mindgap/engine/tensorfile/internal/pickle"
)

// wrappers are what checkpoints of training call the entry that has the model's weights.
var wrappers = []string{"state_dict", "model_state_dict", "model", "module", "net"}

// statePrefix is the beginning of the names of the state dict in a checkpoint: down
// through dicts that are called as wrappers are, or that are the only ones with tensors.
// It looks at how dicts are nested, not at dots: the entry "model.head" of a state dict is
// not within a wrapper.
func statePrefix(v any, names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	prefix := ""
	for {
		d, ok := v.(*pickle.Dict)
		if !ok || len(prefix) > 1000 {
			return prefix
		}
		key := wrapped(d, func(key string) bool {
			i, _ := slices.BinarySearch(sorted, prefix+key+".")
			return i < len(sorted) && strings.HasPrefix(sorted[i], prefix+key+".")
		})
		if key == "" {
			return prefix
		}
		v, _ = d.Get(key)
		prefix += key + "."
	}
}

// wrapped is the key of the dict within d that has the weights; "" where d itself has them.
func wrapped(d *pickle.Dict, hasTensors func(key string) bool) string {
	for _, w := range wrappers {
		if v, _ := d.Get(w); isDict(v) && hasTensors(w) {
			return w
		}
	}
	only := ""
	for i, k := range d.Keys {
		if _, ok := d.Values[i].(*torchTensor); ok {
			return ""
		}
		key := keyName(k, i)
		if !hasTensors(key) {
			continue
		}
		if _, text := k.(string); only != "" || !text || !isDict(d.Values[i]) {
			return ""
		}
		only = key
	}
	return only
}

func isDict(v any) bool {
	_, ok := v.(*pickle.Dict)
	return ok
}
