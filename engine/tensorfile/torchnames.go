package tensorfile

import (
	"errors"
	"fmt"
	"strconv"

	"mindgap/engine/tensorfile/internal/pickle"
)

const (
	maxNested       = 100      // dicts within dicts; a model's modules nest about ten deep
	maxWalk         = 32 << 20 // see namer.left; room for 300,000 tensors
	constantsPrefix = "CONSTANTS.c"
)

// root is a value whose tensors get names that begin with prefix.
type root struct {
	prefix string
	value  any
}

// namer finds the tensors among the values of a pickle. Values may be shared, or hold
// themselves: depth and work are limited.
type namer struct {
	names   []string
	tensors map[string]*torchTensor
	left    int // of maxWalk: a value costs 1, a tensor or a container 32 and its name more
	err     error
}

func (n *namer) walk(path string, v any, depth int) {
	n.left -= 32 + len(path)
	switch {
	case n.err != nil:
		return
	case depth > maxNested:
		n.err = fmt.Errorf("values are nested deeper than %d near %s; save the weights alone: torch.save(model.state_dict(), name)", maxNested, clip(path))
		return
	case n.left < 0:
		n.err = errors.New("more values than a checkpoint has, some of them shared; save the weights alone: torch.save(model.state_dict(), name)")
		return
	}
	switch v := v.(type) {
	case *torchTensor:
		if n.tensors[path] != nil {
			n.err = fmt.Errorf("two tensors have the name %s; save the weights alone: torch.save(model.state_dict(), name)", clip(path))
			return
		}
		n.left -= 32
		n.tensors[path] = v
		n.names = append(n.names, path)
	case *pickle.Dict:
		n.items(path, v.Values, func(i int) string { return keyName(v.Keys[i], i) }, depth)
	case *pickle.Object:
		n.walk(path, v.State, depth+1)
	case *pickle.List:
		n.items(path, v.Items, strconv.Itoa, depth)
	case pickle.Tuple:
		n.items(path, v, strconv.Itoa, depth)
	}
}

func (n *namer) items(path string, items []any, name func(i int) string, depth int) {
	n.left -= len(items)
	for i, v := range items {
		switch v.(type) {
		case *torchTensor, *pickle.Dict, *pickle.Object, *pickle.List, pickle.Tuple:
			n.walk(join(path, name(i)), v, depth+1)
		}
	}
}

// join appends a name to a path; to the prefix of constants their number.
func join(path, name string) string {
	if path == "" || path == constantsPrefix {
		return path + name
	}
	return path + "." + name
}

// keyName is a key as part of a name: texts and numbers as they are, others (and the empty
// text) by their place.
func keyName(key any, place int) string {
	switch k := key.(type) {
	case string:
		if k != "" {
			return k
		}
	case int64, float64, bool:
		return fmt.Sprint(k)
	}
	return "#" + strconv.Itoa(place)
}
