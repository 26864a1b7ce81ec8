package tensorfile

import (
	"archive/zip"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"mindgap/engine/tensorfile/internal/pickle"
)

// Torch is a checkpoint of PyTorch: what torch.save writes (a zip archive, or the older
// form without one) or torch.jit.save (TorchScript). Its pickle is read by a machine that
// executes nothing and refuses, by name, whatever a checkpoint of tensors has no need of.
//
// A tensor is named by the keys and attributes that lead to it, joined by dots, and by its
// number in a list: {"model": {"a.b": T}, "more": [T, T]} holds model.a.b, more.0 and
// more.1. Constants of TorchScript are called CONSTANTS.c0 and so on, as in its code.
// Tensors may share storages and lie in any strides; numbers that are none of a tensor's
// (the step of an optimiser, the epoch) are left out.
type Torch struct {
	name    string
	kind    string // "torch zip", "torch legacy" or "torchscript"
	b       archive
	big     bool // numbers with the most significant byte first
	names   []string
	tensors map[string]*torchTensor
	state   string // names of the state dict begin so
	limit   int64  // of bytes of Python values

	source func(*storage) (source, error) // the bytes of a storage
	open   []closer
}

// OpenTorch opens a .pt, .pth, .ckpt or .bin file of PyTorch. The pickle is read whole,
// and every tensor has been checked against its storage when it returns.
func OpenTorch(name string) (*Torch, error) {
	b, err := openBlob(name)
	if err != nil {
		return nil, err
	}
	t, err := newTorch(name, b, pickle.Limit)
	if err != nil {
		b.close()
		return nil, err
	}
	return t, nil
}

// newTorch reads a checkpoint whose pickle makes at most limit bytes of values.
func newTorch(name string, b archive, limit int64) (*Torch, error) {
	head := make([]byte, min(b.size(), 4))
	if err := b.read(head, 0); err != nil {
		return nil, because(name, "read", err)
	}
	if string(head) == "PK\x03\x04" {
		r, err := readZip(name, b)
		if err != nil {
			return nil, err
		}
		return newTorchZip(name, b, r, limit)
	}
	t := &Torch{name: name, b: b, limit: limit}
	return t, t.readLegacy()
}

func newTorchZip(name string, b archive, r *zip.Reader, limit int64) (*Torch, error) {
	t := &Torch{name: name, b: b, limit: limit}
	return t, t.readArchive(r)
}

// unpickler makes the machine that reads from r.
func (t *Torch) unpickler(r io.Reader, size int64, persistent func(id any) (any, error)) *pickle.Unpickler {
	u := pickle.New(r, size, t.limit)
	u.Find, u.Persistent = findGlobal, persistent
	return u
}

// finish names the tensors and checks that the file has their numbers.
func (t *Torch) finish(roots ...root) error {
	n := namer{tensors: map[string]*torchTensor{}, left: maxWalk}
	for _, r := range roots {
		n.walk(r.prefix, r.value, 0)
	}
	if n.err != nil {
		return &Error{File: t.name, Msg: n.err.Error()}
	}
	if x, ok := n.tensors[""]; ok { // the file is a tensor
		stem := strings.TrimSuffix(filepath.Base(t.name), filepath.Ext(t.name))
		n.names, n.tensors = []string{stem}, map[string]*torchTensor{stem: x}
	}
	t.names, t.tensors, t.state = n.names, n.tensors, statePrefix(roots[0].value, n.names)
	checked := map[storage]bool{}
	for _, name := range t.names {
		st := t.tensors[name].st
		if checked[*st] {
			continue
		}
		checked[*st] = true
		src, err := t.source(st)
		if err != nil {
			return because(t.name+":"+name, "storage "+clip(st.key), err)
		}
		if err := src.close(); err != nil {
			return because(t.name, "close", err)
		}
	}
	return nil
}

// Names lists the tensors in the order of the file.
func (t *Torch) Names() []string { return slices.Clone(t.names) }

// Array opens a tensor. It ends with the file. "" is the only one of a file that has one.
func (t *Torch) Array(name string) (*Reader, error) {
	if name == "" && len(t.names) == 1 {
		name = t.names[0]
	}
	x := t.tensors[name]
	if x == nil {
		return nil, missing(t.name, name, t.names)
	}
	full, l := t.name+":"+name, layout{x.dtype, t.big}
	size := int64(l.Size())
	count, err := numbers(x.shape, x.dtype)
	if err != nil {
		return nil, because(full, "open", err)
	}
	src, err := t.source(x.st)
	if err != nil {
		return nil, because(full, "storage "+clip(x.st.key), err)
	}
	_, packed := src.(*stream)
	var r *Reader
	switch base := x.st.first*x.st.size() + x.offset*size; {
	case count == 0:
		r = openTensor(full, x.shape, l, part{src, 0, 0})
	case x.inOrder() || !l.Readable():
		r = openTensor(full, x.shape, l, part{src, base, count * size})
	default:
		if src, err = unstream(full, src); err != nil {
			return nil, err
		}
		r = newReader(full, x.shape, l.DType, newStrided(src, base, l, x.shape, x.stride))
	}
	r.claimed, r.owner = packed, src
	if packed {
		t.open = append(t.open, src)
	}
	return r, nil
}

// Close closes the file and every tensor of it.
func (t *Torch) Close() error {
	var first error
	for _, c := range append(t.open, closer(t.b)) {
		if err := c.close(); err != nil && first == nil {
			first = err
		}
	}
	t.open = nil
	return because(t.name, "close", first)
}
