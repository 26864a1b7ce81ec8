package tensorfile

import (
	"slices"
	"strings"
)

// StateDict is the tensors of the model in a checkpoint, named as the model names them.
// The dicts around them are taken away ("state_dict", "model" and their like, or whatever
// is the only dict with tensors; their siblings, such as the optimiser's, are left out),
// then "module.", which DataParallel puts before every name, and the constants of
// TorchScript.
//
// want are names that the model has. Where they are not found so, StateDict looks for the
// one beginning that has them all ("teacher.", "model.visual."); none, or several, are an
// error that says what there is. It shares the file of n; closing either closes both.
func (n *Named) StateDict(want ...string) (*Named, error) {
	s := n.Sub(n.state)
	if len(s.names) > 0 && !slices.ContainsFunc(s.names, func(name string) bool { return !strings.HasPrefix(name, "module.") }) {
		s = s.Sub("module.")
	}
	if n.format == "torchscript" {
		s.names = slices.DeleteFunc(s.names, func(name string) bool { return strings.HasPrefix(name, constantsPrefix) })
		s.index()
	}
	if s.hasAll("", want) {
		return s, nil
	}
	var found []string
	for _, name := range n.names {
		if p, ok := strings.CutSuffix(name, want[0]); ok && (p == "" || strings.HasSuffix(p, ".")) && n.hasAll(p, want) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return n.Sub(found[0]), nil
	case 0:
		i := slices.IndexFunc(want, func(w string) bool { return !s.has[w] })
		return nil, missing(n.name, want[i], s.names)
	}
	return nil, fail(n.name, "%d sets of tensors have the names of the model; name one by its beginning: %s", len(found), list(found))
}

func (n *Named) hasAll(prefix string, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !n.has[prefix+w] })
}
