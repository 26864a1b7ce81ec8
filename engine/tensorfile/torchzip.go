package tensorfile

import (
	"archive/zip"
	"slices"
	"strings"
)

// torchZip is the archive of a checkpoint: FOLDER/data.pkl, FOLDER/data/0 and so on, and
// in TorchScript FOLDER/constants.pkl and FOLDER/constants/0. Nothing is ever unpacked to a
// path that the archive names.
type torchZip struct {
	t       *Torch
	folder  string
	entries map[string]*zip.File
}

// readArchive reads a checkpoint in a zip archive.
func (t *Torch) readArchive(r *zip.Reader) error {
	z := &torchZip{t: t, entries: map[string]*zip.File{}}
	for _, f := range r.File {
		if z.entries[f.Name] != nil {
			return fail(t.name, "two entries have the name %s; save it again with torch.save", clip(f.Name))
		}
		z.entries[f.Name] = f
		if folder, ok := strings.CutSuffix(f.Name, "data.pkl"); ok && isDataPickle(f.Name) {
			if z.folder != "" {
				return fail(t.name, "two checkpoints, %s and %s; a file holds one", clip(z.folder), clip(folder))
			}
			z.folder = folder
		}
	}
	if z.folder == "" {
		return fail(t.name, "a zip archive without data.pkl, so not a checkpoint of PyTorch (first of %d entries: %s)", len(r.File), firstEntry(r.File))
	}
	t.kind, t.source = "torch zip", z.source
	if err := z.byteOrder(); err != nil {
		return err
	}
	model, err := z.pickle("data.pkl", "data/")
	if err != nil {
		return err
	}
	roots := []root{{"", model}}
	if z.entries[z.folder+"constants.pkl"] != nil {
		t.kind = "torchscript"
		constants, err := z.pickle("constants.pkl", "constants/")
		if err != nil {
			return err
		}
		roots = append(roots, root{constantsPrefix, constants})
	}
	return t.finish(roots...)
}

func firstEntry(files []*zip.File) string {
	if len(files) == 0 {
		return "none"
	}
	return clip(files[0].Name)
}

// byteOrder reads the entry of that name, which newer files have.
func (z *torchZip) byteOrder() error {
	if z.entries[z.folder+"byteorder"] == nil {
		return nil
	}
	src, full, err := z.entry("byteorder")
	if err != nil {
		return err
	}
	defer src.close()
	text := make([]byte, min(src.size(), 8))
	if err := src.read(text, 0); err != nil {
		return because(full, "read", err)
	}
	switch string(text) {
	case "little":
	case "big":
		z.t.big = true
	default:
		return fail(full, "byte order %s is neither little nor big; the file is damaged", clip(string(text)))
	}
	return nil
}

// entry gives the bytes of an entry below the folder.
func (z *torchZip) entry(name string) (source, string, error) {
	full := z.t.name + ":" + z.folder + name
	f := z.entries[z.folder+name]
	if f == nil {
		return nil, full, fail(z.t.name, "the entry %s is missing; copy the file again", clip(z.folder+name))
	}
	if err := possible(full, f, z.t.b, "torch.save"); err != nil {
		return nil, full, err
	}
	src, err := entrySource(full, f, z.t.b)
	return src, full, err
}

func (z *torchZip) pickle(name, storages string) (any, error) {
	src, full, err := z.entry(name)
	if err != nil {
		return nil, err
	}
	defer src.close()
	u := z.t.unpickler(&forward{src: src}, src.size(), func(id any) (any, error) { return newStorage(storages, id) })
	v, err := u.Load()
	return v, because(full, "read", err)
}

// source gives the bytes of a storage.
func (z *torchZip) source(s *storage) (source, error) {
	if strings.ContainsAny(s.key, `/\`) || s.key == "" {
		return nil, fail(z.t.name, "a storage is called %s, which is not a plain name; the file is damaged or hostile", clip(s.key))
	}
	src, full, err := z.entry(s.folder + s.key)
	if err != nil {
		return nil, err
	}
	if need := s.count * s.size(); src.size() < need {
		return nil, fail(full, "truncated: the pickle says %d bytes, the entry has %d; copy the file again", need, src.size())
	}
	return src, nil
}

// isTorch says whether a zip archive is PyTorch's.
func isTorch(r *zip.Reader) bool {
	return slices.ContainsFunc(r.File, func(f *zip.File) bool { return isDataPickle(f.Name) })
}

func isDataPickle(name string) bool {
	folder, ok := strings.CutSuffix(name, "/data.pkl")
	return ok && !strings.Contains(folder, "/")
}
