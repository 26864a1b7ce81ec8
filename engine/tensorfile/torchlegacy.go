package tensorfile

import (
	"encoding/binary"
	"fmt"
	"io"

	"mindgap/engine/tensorfile/internal/pickle"
)

// What torch.save wrote before 1.6, and writes with _use_new_zipfile_serialization=False,
// is pickles one after the other: a magic number, the version 1001, facts of the system
// that wrote it, the object, the keys of its storages. Then come the storages in the order
// of the keys: 8 bytes that count the numbers, and the numbers. All is little-endian.
const (
	legacyMagic   = pickle.Big("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")
	legacyVersion = int64(1001)
)

// legacyStorage is a storage that the pickle refers to, by its key.
type legacyStorage struct {
	size, count int64 // of a number in bytes; of numbers
	base        int64 // where they lie in the file
}

func (t *Torch) readLegacy() error {
	t.kind = "torch legacy"
	size := t.b.size()
	if size == 0 {
		return fail(t.name, "the file is empty (0 bytes); write or copy it again")
	}
	storages := map[string]*legacyStorage{}
	u := t.unpickler(io.NewSectionReader(t.b, 0, size), size, func(id any) (any, error) {
		return legacyID(storages, id)
	})
	magic, err := u.Load()
	if err != nil {
		return because(t.name, "not a checkpoint of PyTorch, or a damaged one", err)
	}
	if magic != legacyMagic {
		return fail(t.name, "not a checkpoint of PyTorch: a pickle of %s, not torch.save's magic number; save the weights with torch.save", pickle.Kind(magic))
	}
	parts := [4]any{} // version, system, object, keys
	for i := range parts {
		if parts[i], err = u.Load(); err != nil {
			return because(t.name, "read", err)
		}
	}
	if parts[0] != legacyVersion {
		return fail(t.name, "a version of PyTorch's old format that is unknown (%d is read); save it again with torch.save", legacyVersion)
	}
	keys, ok := parts[3].(*pickle.List)
	if !ok {
		return fail(t.name, "the keys of the storages are %s, not a list; the file is damaged", pickle.Kind(parts[3]))
	}
	at := u.Pos()
	for _, k := range keys.Items {
		key, _ := k.(string)
		s := storages[key]
		if s == nil || s.base != 0 {
			return fail(t.name, "storage %s is listed, but nothing refers to it, or twice; the file is damaged", clip(key))
		}
		var count [8]byte
		if at > size-8 {
			return fail(t.name, "truncated: the file ends before storage %s; copy it again", clip(key))
		}
		if err := t.b.read(count[:], at); err != nil {
			return because(t.name, "read", err)
		}
		at += 8
		switch n := binary.LittleEndian.Uint64(count[:]); {
		case n != uint64(s.count):
			return fail(t.name, "storage %s has %d numbers, the pickle says %d; the file is damaged", clip(key), n, s.count)
		case s.count*s.size > size-at:
			return fail(t.name, "truncated: storage %s needs %d bytes, %d are left; copy it again", clip(key), s.count*s.size, size-at)
		}
		s.base = at
		at += s.count * s.size
	}
	if at < size {
		return fail(t.name, "%d bytes follow the last storage; a file holds one checkpoint: save it again", size-at)
	}
	t.source = func(s *storage) (source, error) {
		l := storages[s.key]
		if l.base == 0 {
			return nil, fail(t.name, "storage %s is not in the file; copy it again", clip(s.key))
		}
		return part{t.b, l.base, l.count * l.size}, nil
	}
	return t.finish(root{"", parts[2]})
}

// legacyID reads a persistent id, which may be a view of a storage, and notes the storage.
func legacyID(storages map[string]*legacyStorage, id any) (*storage, error) {
	s, err := newStorage("", id)
	if err != nil {
		return nil, err
	}
	root := &legacyStorage{size: s.size(), count: s.count}
	if old := storages[s.key]; old != nil && *old != *root {
		return nil, fmt.Errorf("storage %s is referred to in two sizes; the file is damaged", clip(s.key))
	}
	storages[s.key] = root
	t := id.(pickle.Tuple)
	if len(t) < 6 || t[5] == nil {
		return s, nil
	}
	view, ok := t[5].(pickle.Tuple)
	if ok && len(view) == 3 {
		var ok1, ok2 bool
		s.first, ok1 = view[1].(int64)
		s.count, ok2 = view[2].(int64)
		ok = ok1 && ok2
	}
	if !ok || s.first < 0 || s.count < 0 || s.first > root.count-s.count {
		return nil, fmt.Errorf("a view of storage %s is not within it; the file is damaged", clip(s.key))
	}
	return s, nil
}
