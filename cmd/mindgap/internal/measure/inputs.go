package measure

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"mindgap/engine/tensorfile"
)

// modality is one set of rows in a file.
type modality struct {
	name string // for people: short, and different from the others
	file string // as the caller named it, with the section or entry
	r    *tensorfile.Reader
}

// inputs are the modalities; row i of each belongs to row i of the others.
type inputs struct {
	modalities []modality
	n, d       int
	files      []tensorfile.File
}

func (in *inputs) close() {
	for _, f := range in.files {
		f.Close()
	}
}

// openInputs opens two or more files of one array each, one file of several sections
// (k, n, d), or one npz with several arrays.
func openInputs(names []string) (*inputs, error) {
	in := &inputs{}
	if err := in.open(names); err != nil {
		in.close()
		return nil, plain(err)
	}
	in.shortNames()
	return in, nil
}

func (in *inputs) open(names []string) error {
	for _, name := range names {
		if err := in.add(name, len(names) == 1); err != nil {
			return err
		}
	}
	if len(in.modalities) < 2 {
		return fmt.Errorf("%s: one modality; give a file for each, or one of shape (2, n, d)", in.modalities[0].file)
	}
	first := in.modalities[0]
	in.n, in.d = first.r.Rows(), first.r.Cols()
	for _, m := range in.modalities {
		n, d := m.r.Rows(), m.r.Cols()
		switch {
		case d != in.d:
			return fmt.Errorf("%s: rows of %d numbers, but those of %s have %d", m.file, d, first.file, in.d)
		case n != in.n:
			return fmt.Errorf("%s: %d rows, but %s has %d; row i of one must belong to row i of the other", m.file, n, first.file, in.n)
		case d < 2:
			return fmt.Errorf("%s: rows of %d number; a direction needs at least 2", m.file, d)
		case n < 2:
			return fmt.Errorf("%s: %d row; pairs to compare need at least 2", m.file, n)
		}
	}
	return nil
}

// add opens a file: a lone one may hold several modalities.
func (in *inputs) add(name string, lone bool) error {
	if base, entry, ok := tensorfile.CutName(name); ok {
		f, err := tensorfile.Open(base)
		if err != nil {
			return err
		}
		in.files = append(in.files, f)
		return in.addArray(f, entry, name, lone)
	}
	f, err := tensorfile.Open(name)
	if err != nil {
		return err
	}
	in.files = append(in.files, f)
	entries := f.Names()
	if len(entries) == 1 {
		return in.addArray(f, entries[0], name, lone)
	}
	if !lone {
		some := entries[:min(10, len(entries))]
		return fmt.Errorf("%s: %d arrays (%s); name one of them, as in %s:%s", name, len(entries), strings.Join(some, ", "), name, entries[0])
	}
	for _, e := range entries {
		if err := in.addArray(f, e, name+":"+e, false); err != nil {
			return err
		}
	}
	return nil
}

func (in *inputs) addArray(f tensorfile.File, entry, name string, sections bool) error {
	r, err := f.Array(entry)
	if err != nil {
		return err
	}
	if r.DType() == tensorfile.Bool {
		return fmt.Errorf("%s: the numbers are bool; want embeddings", name)
	}
	shape := r.Shape()
	switch {
	case len(shape) == 2:
		in.modalities = append(in.modalities, modality{file: name, r: r})
	case len(shape) == 3 && sections:
		for i := range shape[0] {
			s, err := r.Section(i)
			if err != nil {
				return err
			}
			in.modalities = append(in.modalities, modality{file: fmt.Sprintf("%s[%d]", name, i), r: s})
		}
		if shape[0] == 0 {
			return fmt.Errorf("%s: shape %v holds no rows", name, shape)
		}
	case len(shape) == 1:
		return fmt.Errorf("%s: shape %v, one number per row; want (n, d) with d of at least 2", name, shape)
	default:
		return fmt.Errorf("%s: shape %v; want (n, d), or one file of shape (2, n, d)", name, shape)
	}
	return nil
}

// shortNames names modalities by their files without folder and ending, unless two of them
// would be called the same.
func (in *inputs) shortNames() {
	seen := map[string]int{}
	for i := range in.modalities {
		m := &in.modalities[i]
		m.name = filepath.Base(m.file)
		for _, ext := range []string{".npy", ".npz", ".csv", ".safetensors"} {
			m.name = strings.Replace(m.name, ext, "", 1)
		}
		seen[m.name]++
	}
	for i := range in.modalities {
		if m := &in.modalities[i]; seen[m.name] > 1 {
			m.name = m.file
		}
	}
}

// plain writes a fault of a file as "FILE: what", without the name of the package.
func plain(err error) error {
	if e, ok := errors.AsType[*tensorfile.Error](err); ok {
		return &fileError{e}
	}
	return err
}

type fileError struct{ err *tensorfile.Error }

func (e *fileError) Error() string { return strings.TrimPrefix(e.err.Error(), "tensorfile: ") }

func (e *fileError) Unwrap() error { return e.err }
